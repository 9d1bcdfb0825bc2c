/** Which edges are drawn at a level of detail, packed for the back ends in drawing order. */
import { type Curve, distanceTo, edgeCurve } from "./curve.ts";
import { ERROR_PART, edgeStyle, isRaised, severityOf, throughput, widthForBytes } from "./edge_style.ts";
import { counter } from "./format.ts";
import type { Group } from "./groups.ts";
import { EDGE_BYTES, InstanceBuffer, readEdge, writeEdge } from "./instances.ts";
import { Level, type LevelId, MOST_EDGES, MOST_GROUP_EDGES } from "./lod.ts";
import type { Scene } from "./scene.ts";
import type { EdgeHandle, StreamEdge } from "./types.ts";

/** All edges between two groups, as one. A node of no group stands for itself. */
interface GroupEdge {
  curve: Curve;
  bytes: number;
  opened: number;
  failed: number;
}

/** `shown` of `all` lines are in the picture; merged ones stand for many edges. */
export interface Shown {
  shown: number;
  all: number;
  merged: boolean;
}

/** More edges than this are drawn fainter, so that a crowd of them does not bury the nodes. */
const FAINTER_FROM = 250;

export class EdgeBatch {
  readonly instances = new InstanceBuffer(EDGE_BYTES, 256);
  count = 0;
  /** The handle at each index; -1 where the instance stands for many edges. */
  handles: EdgeHandle[] = [];
  /** How much of what belongs in the picture there was room for. */
  shown: Shown = { shown: 0, all: 0, merged: false };
  /** Grows whenever the bytes change. */
  version = 0;

  /** Packs anew for this level and these groups in sight. */
  build(scene: Scene, level: LevelId, groups: ReadonlySet<string>): void {
    const edges = candidates(scene, level, groups);
    const drawn = strongest(scene, edges, MOST_EDGES);
    const merged = level <= Level.dots ? groupEdges(scene) : [];
    const all = edges.length + merged.length;
    merged.length = Math.min(merged.length, MOST_GROUP_EDGES);
    this.shown = { shown: drawn.length + merged.length, all, merged: level <= Level.dots };
    this.instances.reset(drawn.length + merged.length);
    this.handles = [];
    // Weakest first, so that the strong ones lie on top; the weak ones are faint.
    for (let i = merged.length - 1; i >= 0; i--) this.#addMerged(scene, merged[i]!, 1 - i / merged.length);
    const crowd = Math.max(0.4, Math.min(1, Math.sqrt(FAINTER_FROM / Math.max(1, drawn.length))));
    for (const edge of drawn) {
      writeEdge(this.instances, this.handles.length, scene.curve(edge), edgeStyle(edge, scene.look, crowd));
      this.handles.push(edge.h);
    }
    this.count = this.handles.length;
    this.version++;
  }

  #addMerged(scene: Scene, edge: GroupEdge, strength: number): void {
    const { rgb } = scene.look.theme;
    const failing = edge.failed > (edge.failed + edge.opened) * ERROR_PART;
    const dimmed = scene.look.bright !== null || scene.look.matched !== null;
    writeEdge(this.instances, this.handles.length, edge.curve, {
      width: widthForBytes(edge.bytes),
      colour: failing ? rgb.error : rgb.edge,
      alpha: dimmed ? 0.1 : 0.1 + 0.45 * strength ** 2,
      dashed: failing,
      refused: false,
      raised: false,
    });
    this.handles.push(-1);
  }

  /** The topmost drawn edge within `reach` of a point of the map. */
  pick(x: number, y: number, reach: number): EdgeHandle | null {
    let best = reach;
    let found: EdgeHandle | null = null;
    for (let i = this.count - 1; i >= 0; i--) {
      if (this.handles[i]! < 0) continue;
      const { curve } = readEdge(this.instances, i);
      if (!near(curve, x, y, reach)) continue;
      const d = distanceTo(curve, x, y);
      if (d < best) {
        best = d;
        found = this.handles[i]!;
      }
    }
    return found;
  }
}

function near(c: Curve, x: number, y: number, reach: number): boolean {
  return (
    x >= Math.min(c[0], c[2], c[4]) - reach &&
    x <= Math.max(c[0], c[2], c[4]) + reach &&
    y >= Math.min(c[1], c[3], c[5]) - reach &&
    y <= Math.max(c[1], c[3], c[5]) + reach
  );
}

/** From far away only what is selected or hovered keeps its own edges. */
function candidates(scene: Scene, level: LevelId, groups: ReadonlySet<string>): StreamEdge[] {
  const found: StreamEdge[] = [];
  for (const edge of scene.graph.edges.values()) {
    const a = scene.marks.get(edge.source)!;
    const b = scene.marks.get(edge.target)!;
    if (!a.shown || !b.shown) continue;
    if (level <= Level.dots ? isRaised(edge, scene.look) : groups.has(a.group) || groups.has(b.group))
      found.push(edge);
  }
  return found;
}

/** The `most` that carry most, raised ones always among them and last, so that they lie on top. */
function strongest(scene: Scene, edges: StreamEdge[], most: number): StreamEdge[] {
  const weight = (e: StreamEdge) => {
    const raised = isRaised(e, scene.look) ? 1e15 : 0;
    return raised + severityOf(e) * 1e12 + throughput(e) + e.active;
  };
  const weighed = edges.map((edge) => ({ edge, weight: weight(edge) })).sort((a, b) => a.weight - b.weight);
  return weighed.slice(Math.max(0, weighed.length - most)).map((w) => w.edge);
}

/** One curve for each pair of groups, strongest first. */
function groupEdges(scene: Scene): GroupEdge[] {
  const pairs = new Map<string, GroupEdge>();
  for (const edge of scene.graph.edges.values()) {
    const from = end(scene, edge.source);
    const to = end(scene, edge.target);
    if (!from || !to || from.key === to.key) continue;
    const key = `${from.key}>${to.key}`;
    let pair = pairs.get(key);
    if (!pair) {
      pair = { curve: edgeCurve(from.x, from.y, to.x, to.y, 0), bytes: 0, opened: 0, failed: 0 };
      pairs.set(key, pair);
    }
    pair.bytes += throughput(edge);
    pair.opened += counter(edge.opened);
    pair.failed += counter(edge.failed);
  }
  return [...pairs.values()].sort((a, b) => b.bytes - a.bytes);
}

function end(scene: Scene, h: number): { key: string; x: number; y: number } | null {
  const mark = scene.marks.get(h)!;
  if (!mark.shown) return null;
  const group: Group | undefined = scene.groups.get(mark.group);
  if (!group?.framed) return { key: `#${h}`, x: mark.x, y: mark.y };
  return { key: group.id, x: (group.box.x0 + group.box.x1) / 2, y: (group.box.y0 + group.box.y1) / 2 };
}
