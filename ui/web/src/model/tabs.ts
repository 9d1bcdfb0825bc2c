/** The views as tabs: the top ones, and below the current one its sub views. */
import type { ViewInfo, ViewStats } from "./types.ts";

export interface Tab {
  view: ViewInfo;
  children: ViewInfo[];
  nodes: number;
}

/** Tabs in rank order. What says so is left out while empty, unless it is the current one. */
export function tabsOf(
  views: readonly ViewInfo[],
  current: string,
  live: Record<string, ViewStats> | undefined,
): Tab[] {
  const nodes = (v: ViewInfo) => {
    const s = live?.[v.id] ?? v.stats;
    return s.nodes + s.pseudo_nodes + s.hidden_nodes;
  };
  const shown = (v: ViewInfo) => !v.hide_if_empty || v.id === current || nodes(v) > 0;
  const byRank = [...views].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return byRank
    .filter((v) => v.parent === null)
    .map((view) => {
      const children = byRank.filter((c) => c.parent === view.id && shown(c));
      return { view, children, nodes: nodes(view) };
    })
    .filter((t) => shown(t.view) || t.children.some((c) => c.id === current));
}
