/** The boxes that hold nodes together, derived from where their members are. */
import type { Box } from "./camera.ts";
import { byFormat, count } from "./format.ts";
import type { MetricInfo, NodeHandle, StreamNode } from "./types.ts";

export interface Group {
  id: string;
  label: string;
  members: Set<NodeHandle>;
  box: Box;
  /** False for nodes of no group, and for a node that is its own group: no frame is drawn. */
  framed: boolean;
  /** Sums of the view's metrics over the members, in the order of the view's metrics. */
  sums: number[];
  /** The mean fill of the members, 0 to 1, for the disc of the overview. */
  fill: number;
  /** Members with a warning and with an error. */
  warned: number;
  failed: number;
  /** Whether every member is stale. */
  stale: boolean;
}

/** Room around the members' centres: the glyph, its label below, and the header above. */
const SIDE = 58;
const ABOVE = 62;
const BELOW = 58;
export const GROUP_HEADER = 28;

export function newGroup(id: string, label: string): Group {
  const box = { x0: 0, y0: 0, x1: 0, y1: 0 };
  return {
    id,
    label,
    members: new Set(),
    box,
    framed: id !== "",
    sums: [],
    fill: 0,
    warned: 0,
    failed: 0,
    stale: false,
  };
}

/** Recomputes what a group derives from its members' places. */
export function measureGroup(group: Group, node: (h: NodeHandle) => StreamNode): void {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  let own = 0;
  let stale = 0;
  for (const h of group.members) {
    const n = node(h);
    box.x0 = Math.min(box.x0, n.x / 16 - SIDE);
    box.x1 = Math.max(box.x1, n.x / 16 + SIDE);
    box.y0 = Math.min(box.y0, n.y / 16 - ABOVE);
    box.y1 = Math.max(box.y1, n.y / 16 + BELOW);
    if (n.id === group.id) own++;
    if (n.state === "stale") stale++;
  }
  group.box = box;
  group.framed = group.id !== "" && own < group.members.size;
  group.stale = stale > 0 && stale === group.members.size;
}

/** Recomputes a group's sums of the view's metrics. */
export function sumGroup(
  group: Group,
  metrics: readonly MetricInfo[],
  node: (h: NodeHandle) => StreamNode,
): void {
  group.sums = metrics.map(() => 0);
  for (const h of group.members) {
    const own = node(h).metrics;
    metrics.forEach((m, i) => {
      group.sums[i]! += own[m.id] ?? 0;
    });
  }
}

/** The right side of a group's header: `cpu 41 % · mem 6.1 GB · 24`. */
export function groupSummary(group: Group, metrics: readonly MetricInfo[]): string {
  const parts: string[] = [];
  metrics.forEach((m, i) => {
    if (parts.length >= 2 || (m.format !== "percent" && m.format !== "bytes")) return;
    parts.push(`${m.label.toLowerCase()} ${byFormat(group.sums[i] ?? 0, m.format)}`);
  });
  return [...parts, count(group.members.size)].join(" · ");
}
