/**
 * The map as it is drawn: every node's instance bytes and mark, every group's box, every edge's lane.
 * It is told what changed and redoes no more than that; both back ends draw from it.
 */
import type { Box } from "./camera.ts";
import { type Curve, edgeCurve, loopCurve } from "./curve.ts";
import { severityOf } from "./edge_style.ts";
import { type Fill, fillOf, Ranks } from "./fill.ts";
import { type Glyph, glyphOf } from "./glyph.ts";
import { Graph, type GraphChange } from "./graph.ts";
import { type Group, measureGroup, newGroup, sumGroup } from "./groups.ts";
import { InstanceBuffer, NODE_BYTES, NodeFlag, writeNode } from "./instances.ts";
import { Lanes } from "./lanes.ts";
import { type Look, nodeAlpha, PLAIN_LOOK } from "./look.ts";
import { categoryOf, fillColour, type Rgb } from "./palette.ts";
import { DirtyRange, GroupedSlots } from "./slots.ts";
import type { NodeHandle, StreamEdge, StreamNode } from "./types.ts";

/** What the overlay and the pointer need to know of one node. */
export interface Mark {
  h: NodeHandle;
  slot: number;
  group: string;
  glyph: Glyph;
  x: number;
  y: number;
  radius: number;
  alpha: number;
  shown: boolean;
  fill: Fill | null;
  severity: 0 | 1 | 2;
}

export class Scene {
  graph = new Graph();
  look: Look = PLAIN_LOOK;
  readonly instances = new InstanceBuffer(NODE_BYTES, 64);
  readonly dirty = new DirtyRange();
  readonly slots = new GroupedSlots();
  readonly marks = new Map<NodeHandle, Mark>();
  readonly groups = new Map<string, Group>();
  /** Grows with every change of which nodes there are and where, and of how edges look. */
  version = 0;
  /** Nodes by how much their label matters, most first; made when first asked for after a change. */
  #labelOrder: Mark[] | null = null;
  #ranks: Ranks | null = null;
  readonly #lanes = new Lanes();

  /** Takes over what a delta changed; a graph other than before is taken as new. */
  apply(graph: Graph, change: GraphChange): void {
    const anew = change.reset || graph !== this.graph;
    this.graph = graph;
    this.version++;
    this.#labelOrder = null;
    this.#updateLanes(change, anew);
    if (anew) return this.#rebuild();
    const groups = new Set<string>();
    for (const h of change.removedNodes) this.#remove(h, groups);
    if (!this.#place(change, groups)) return this.#rebuild();
    this.#rank();
    const restyle = new Set([...change.nodes, ...change.moved]);
    for (const h of change.edges) restyle.add(graph.edges.get(h)!.source);
    if (this.look.metric?.capacity === null && change.nodes.size > 0) this.#restyleAll();
    else for (const h of restyle) this.#restyle(h);
    for (const h of restyle) groups.add(this.marks.get(h)?.group ?? "");
    for (const id of groups) this.#measure(id);
  }

  /** Changes how everything looks; `apply` afterwards keeps to it. */
  setLook(look: Look): void {
    this.look = look;
    this.version++;
    this.#rank();
    this.#restyleAll();
    for (const id of this.groups.keys()) this.#measure(id);
  }

  /** The place of an edge on the map. */
  curve(edge: StreamEdge): Curve {
    const a = this.marks.get(edge.source)!;
    const b = this.marks.get(edge.target)!;
    const lane = this.#lanes.of(edge.h);
    return a === b ? loopCurve(a.x, a.y, a.radius, lane) : edgeCurve(a.x, a.y, b.x, b.y, lane);
  }

  /** The box around everything shown, or null for an empty map. */
  bounds(only?: ReadonlySet<NodeHandle>): Box | null {
    const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
    const add = (b: Box) => {
      box.x0 = Math.min(box.x0, b.x0);
      box.y0 = Math.min(box.y0, b.y0);
      box.x1 = Math.max(box.x1, b.x1);
      box.y1 = Math.max(box.y1, b.y1);
    };
    for (const m of this.marks.values()) {
      if (!m.shown || (only && !only.has(m.h))) continue;
      const side = Math.max(48, m.radius);
      add({ x0: m.x - side, y0: m.y - m.radius - 10, x1: m.x + side, y1: m.y + m.radius + 40 });
    }
    if (!only) for (const g of this.groups.values()) if (g.framed && this.isGroupShown(g)) add(g.box);
    return box.x1 < box.x0 ? null : box;
  }

  /** Whether anything of a group is shown. */
  isGroupShown(group: Group): boolean {
    if (!this.look.shown) return group.members.size > 0;
    for (const h of group.members) if (this.look.shown.has(h)) return true;
    return false;
  }

  labelOrder(): readonly Mark[] {
    this.#labelOrder ??= [...this.marks.values()].sort(
      (a, b) => this.#weight(b) - this.#weight(a) || a.h - b.h,
    );
    return this.#labelOrder;
  }

  #weight(m: Mark): number {
    const degree = this.graph.outbound(m.h).size + this.graph.inbound(m.h).size;
    return m.severity * 1e6 + degree * 1e3 + m.radius;
  }

  #updateLanes(change: GraphChange, anew: boolean): void {
    if (anew) this.#lanes.clear();
    for (const h of change.removedEdges) this.#lanes.remove(h);
    for (const h of anew ? this.graph.edges.keys() : change.edges) this.#lanes.add(this.graph.edges.get(h)!);
  }

  /** Gives new nodes their slots; false when a block is full and everything must be laid out anew. */
  #place(change: GraphChange, groups: Set<string>): boolean {
    for (const h of change.nodes) {
      const node = this.graph.nodes.get(h)!;
      const mark = this.marks.get(h);
      if (mark && mark.group === node.group) continue;
      if (mark) this.#remove(h, groups);
      if (!this.#add(node)) return false;
      groups.add(node.group);
    }
    return true;
  }

  #add(node: StreamNode): boolean {
    const slot = this.slots.allocate(node.group);
    if (slot === null) return false;
    const glyph = glyphOf(node.kind);
    const radius = glyph.radius + Math.min(8, Math.log2(Math.max(1, node.members)) * 1.5);
    const place = { x: node.x / 16, y: node.y / 16, radius, alpha: 1, shown: true };
    this.marks.set(node.h, { h: node.h, slot, group: node.group, glyph, fill: null, severity: 0, ...place });
    this.groups.get(node.group)!.members.add(node.h);
    return true;
  }

  #remove(h: NodeHandle, groups: Set<string>): void {
    const mark = this.marks.get(h);
    if (!mark) return;
    this.marks.delete(h);
    this.slots.release(mark.group, mark.slot);
    this.instances.floats[(mark.slot * NODE_BYTES) / 4 + 2] = 0;
    this.dirty.touch(mark.slot);
    this.groups.get(mark.group)?.members.delete(h);
    groups.add(mark.group);
  }

  #rebuild(): void {
    const sizes = new Map<string, number>();
    this.groups.clear();
    this.marks.clear();
    for (const node of this.graph.nodes.values()) {
      sizes.set(node.group, (sizes.get(node.group) ?? 0) + 1);
      if (!this.groups.has(node.group)) this.groups.set(node.group, newGroup(node.group, node.group_label));
    }
    this.slots.reserve(sizes);
    this.instances.reset(this.slots.size);
    for (const node of this.graph.nodes.values()) this.#add(node);
    this.#rank();
    this.#restyleAll();
    for (const id of this.groups.keys()) this.#measure(id);
    this.dirty.touch(0, this.slots.size);
  }

  #rank(): void {
    const { metric } = this.look;
    this.#ranks = metric?.capacity === null ? new Ranks(this.graph.nodes.values(), metric.id) : null;
  }

  #restyleAll(): void {
    for (const h of this.marks.keys()) this.#restyle(h);
  }

  #restyle(h: NodeHandle): void {
    const mark = this.marks.get(h);
    const node = this.graph.nodes.get(h);
    if (!mark || !node) return;
    const { look } = this;
    mark.x = node.x / 16;
    mark.y = node.y / 16;
    mark.shown = !look.shown || look.shown.has(h);
    mark.alpha = nodeAlpha(h, node.state, look);
    mark.fill = fillOf(node, look.metric, this.#ranks);
    mark.severity = this.#severity(h);
    const { glyph, fill } = mark;
    const dashed = glyph.dashed || node.state !== "live";
    writeNode(this.instances, mark.slot, {
      x: mark.x,
      y: mark.y,
      radius: mark.shown ? mark.radius : 0,
      shape: glyph.shape,
      flags: (glyph.double ? NodeFlag.double : 0) | (dashed ? NodeFlag.dashed : 0),
      alpha: mark.alpha,
      fill: node.state === "live" ? (fill?.level ?? 0) : 0,
      outline: this.#outline(node),
      fillColour: fillColour(fill?.level ?? 0, fill?.capacity ?? false, look.theme),
    });
    this.dirty.touch(mark.slot);
  }

  /** A node is as badly off as the worst of the conversations it opened. */
  #severity(h: NodeHandle): 0 | 1 | 2 {
    let worst: 0 | 1 | 2 = 0;
    for (const e of this.graph.outbound(h)) {
      const edge = this.graph.edges.get(e)!;
      if (edge.state !== "live") continue;
      const s = severityOf(edge);
      if (s > worst) worst = s;
    }
    return worst;
  }

  #outline(node: StreamNode): Rgb {
    const { theme, colourBy } = this.look;
    if (node.state !== "live") return theme.rgb.stale;
    if (node.pseudo) return theme.rgb.muted;
    if (colourBy === "host") return categoryOf(node.group, theme);
    if (colourBy === "user") return categoryOf(String(node.attributes["user"] ?? ""), theme);
    return categoryOf(node.label, theme);
  }

  #measure(id: string): void {
    const group = this.groups.get(id);
    if (!group) return;
    if (group.members.size === 0) {
      group.framed = false;
      return;
    }
    const node = (h: NodeHandle) => this.graph.nodes.get(h)!;
    measureGroup(group, node);
    sumGroup(group, this.look.metrics, node);
    let [fill, warned, failed] = [0, 0, 0];
    for (const h of group.members) {
      const m = this.marks.get(h)!;
      fill += m.fill?.level ?? 0;
      if (m.severity === 1) warned++;
      else if (m.severity === 2) failed++;
    }
    Object.assign(group, { fill: fill / group.members.size, warned, failed });
  }
}
