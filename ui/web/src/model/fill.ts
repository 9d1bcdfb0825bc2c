/** How full a glyph is: the part of a metric's capacity, or its rank among the others when it has none. */
import { tiny } from "./format.ts";
import type { MetricInfo, StreamNode } from "./types.ts";

/** Ranks of a metric over all nodes of a view; made once for each delta that changed it. */
export class Ranks {
  readonly #sorted: Float64Array;

  constructor(nodes: Iterable<StreamNode>, metric: string) {
    const values: number[] = [];
    for (const node of nodes) if (metric in node.metrics) values.push(node.metrics[metric]!);
    this.#sorted = Float64Array.from(values).sort();
  }

  /** The part of the others that are below this value, 0 to 1. */
  of(value: number): number {
    const n = this.#sorted.length;
    if (n < 2) return n;
    let low = 0;
    let high = n;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#sorted[mid]! < value) low = mid + 1;
      else high = mid;
    }
    return low / (n - 1);
  }
}

export interface Fill {
  level: number;
  /** Whether the level is a part of a capacity rather than a rank. */
  capacity: boolean;
  /** What is written into the glyph. */
  text: string;
}

/** The fill of one node, or null when its metric is unknown. */
export function fillOf(node: StreamNode, metric: MetricInfo | null, ranks: Ranks | null): Fill | null {
  if (!metric) return null;
  const value = node.metrics[metric.id];
  if (value === undefined) return null;
  if (metric.capacity !== null && metric.capacity > 0) {
    // A node that stands for several has the capacity of each of them.
    const level = Math.min(1, Math.max(0, value / (metric.capacity * Math.max(1, node.members))));
    return {
      level,
      capacity: true,
      text: metric.format === "percent" ? tiny(value, "percent") : `${Math.round(level * 100)}%`,
    };
  }
  const level = value > 0 ? (ranks?.of(value) ?? 0) : 0;
  return { level, capacity: false, text: `~${Math.round(level * 100)}%` };
}
