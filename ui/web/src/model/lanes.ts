/** Several edges between the same two nodes lie beside one another: each has a lane it keeps. */
import type { EdgeHandle, StreamEdge } from "./types.ts";

export class Lanes {
  readonly #pairs = new Map<string, (EdgeHandle | null)[]>();
  readonly #laneOf = new Map<EdgeHandle, { key: string; lane: number }>();

  add(edge: StreamEdge): void {
    const key = `${edge.source}>${edge.target}`;
    if (this.#laneOf.get(edge.h)?.key === key) return;
    this.remove(edge.h);
    const lanes = this.#pairs.get(key) ?? [];
    this.#pairs.set(key, lanes);
    const free = lanes.indexOf(null);
    const lane = free >= 0 ? free : lanes.length;
    lanes[lane] = edge.h;
    this.#laneOf.set(edge.h, { key, lane });
  }

  remove(h: EdgeHandle): void {
    const at = this.#laneOf.get(h);
    if (!at) return;
    this.#laneOf.delete(h);
    const lanes = this.#pairs.get(at.key)!;
    lanes[at.lane] = null;
    if (lanes.every((l) => l === null)) this.#pairs.delete(at.key);
  }

  of(h: EdgeHandle): number {
    return this.#laneOf.get(h)?.lane ?? 0;
  }

  clear(): void {
    this.#pairs.clear();
    this.#laneOf.clear();
  }
}
