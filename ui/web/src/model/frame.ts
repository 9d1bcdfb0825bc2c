/** What one picture is made of: the level, the groups in sight, the ranges of nodes and the edges. */
import { type Box, type Camera, overlaps, type Viewport, visibleBox } from "./camera.ts";
import { EdgeBatch } from "./edge_batch.ts";
import type { Group } from "./groups.ts";
import { Level, type LevelId, levelFor } from "./lod.ts";
import type { Mark, Scene } from "./scene.ts";
import { joinRanges } from "./slots.ts";

export interface Frame {
  camera: Camera;
  view: Viewport;
  level: LevelId;
  /** Groups in sight, framed or not. */
  groups: Group[];
  /** Ranges of slots to draw, joined where they touch. */
  ranges: [number, number][];
  edges: EdgeBatch;
  /** Shown nodes in sight. */
  nodes: number;
}

/** Plans frames for one scene; repacks edges only when what is drawn changes, not while panning. */
export class FramePlanner {
  readonly #scene: Scene;
  readonly #edges = new EdgeBatch();
  #key = "";

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  plan(camera: Camera, view: Viewport): Frame {
    const box = visibleBox(camera, view);
    const groups = [...this.#scene.groups.values()].filter((g) => this.#inSight(g, box));
    const nodes = groups.reduce((n, g) => n + this.#visible(g, box), 0);
    const level = levelFor(camera.scale, nodes);
    const key = `${this.#scene.version}|${level <= Level.dots}|${groups.map((g) => g.id).join("\n")}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#edges.build(this.#scene, level, new Set(groups.map((g) => g.id)));
    }
    return { camera, view, level, groups, nodes, edges: this.#edges, ranges: this.#ranges(groups, level) };
  }

  #inSight(group: Group, box: Box): boolean {
    return group.members.size > 0 && overlaps(group.box, box) && this.#scene.isGroupShown(group);
  }

  #visible(group: Group, box: Box): number {
    let n = 0;
    for (const h of group.members) if (isInside(this.#scene.marks.get(h)!, box)) n++;
    return n;
  }

  /** In the overview the members of framed groups are their disc. */
  #ranges(groups: Group[], level: LevelId): [number, number][] {
    const drawn = level === Level.overview ? groups.filter((g) => !g.framed) : groups;
    return joinRanges(
      drawn.map((g): [number, number] => {
        const block = this.#scene.slots.block(g.id)!;
        return [block.start, block.start + block.capacity];
      }),
    );
  }
}

function isInside(m: Mark, box: Box): boolean {
  return m.shown && m.x >= box.x0 && m.x <= box.x1 && m.y >= box.y0 && m.y <= box.y1;
}

/** The shown node under a point of the map, the nearest if several; `slack` widens small glyphs. */
export function pickNode(scene: Scene, frame: Frame, x: number, y: number, slack: number): Mark | null {
  let best = Number.POSITIVE_INFINITY;
  let found: Mark | null = null;
  for (const group of frame.groups) {
    if (frame.level === Level.overview && group.framed) continue;
    const { box } = group;
    if (x < box.x0 - slack || x > box.x1 + slack || y < box.y0 - slack || y > box.y1 + slack) continue;
    for (const h of group.members) {
      const m = scene.marks.get(h)!;
      const d = Math.hypot(m.x - x, m.y - y);
      if (m.shown && d < m.radius + slack && d < best) {
        best = d;
        found = m;
      }
    }
  }
  return found;
}

/** The framed group whose box holds a point of the map. */
export function pickGroup(frame: Frame, x: number, y: number): Group | null {
  const at = frame.groups.filter(
    (g) => g.framed && x >= g.box.x0 && x <= g.box.x1 && y >= g.box.y0 && y <= g.box.y1,
  );
  return at.at(-1) ?? null;
}
