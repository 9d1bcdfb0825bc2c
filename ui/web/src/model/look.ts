/** Everything but the data that decides how the map looks: what is chosen, sought, and pointed at. */
import type { Theme } from "./palette.ts";
import { THEMES } from "./palette.ts";
import type { EdgeHandle, MetricInfo, NodeHandle } from "./types.ts";

export type EdgesMode = "bytes" | "rtt" | "errors";
export type ColourBy = "name" | "host" | "user";

export interface Look {
  theme: Theme;
  /** The metric that fills the glyphs, or none. */
  metric: MetricInfo | null;
  /** All metrics of the view, for sums in the headers of groups. */
  metrics: readonly MetricInfo[];
  colourBy: ColourBy;
  edges: EdgesMode;
  /** What the search matches; null when nothing is sought. Others are dimmed. */
  matched: ReadonlySet<NodeHandle> | null;
  /** What is shown at all (focus, hide others); null for everything. */
  shown: ReadonlySet<NodeHandle> | null;
  selectedNode: NodeHandle | null;
  selectedEdge: EdgeHandle | null;
  hoveredNode: NodeHandle | null;
  hoveredEdge: EdgeHandle | null;
  /** What stays bright while something is hovered: the node and its neighbours. */
  bright: ReadonlySet<NodeHandle> | null;
}

export const PLAIN_LOOK: Look = {
  theme: THEMES.dark,
  metric: null,
  metrics: [],
  colourBy: "name",
  edges: "bytes",
  matched: null,
  shown: null,
  selectedNode: null,
  selectedEdge: null,
  hoveredNode: null,
  hoveredEdge: null,
  bright: null,
};

/** Opacity of what the search does not match, and of what is not near the hovered node. */
export const MISMATCH_ALPHA = 0.15;
export const ASIDE_ALPHA = 0.35;

/** A node's opacity. */
export function nodeAlpha(h: NodeHandle, state: string, look: Look): number {
  let alpha = state === "ended" ? 0.45 : 1;
  if (h === look.selectedNode || h === look.hoveredNode) return 1;
  if (look.matched && !look.matched.has(h)) alpha = Math.min(alpha, MISMATCH_ALPHA);
  else if (look.bright && !look.bright.has(h)) alpha = Math.min(alpha, ASIDE_ALPHA);
  return alpha;
}
