/**
 * Places in the instance buffer. Every group owns a contiguous block with some room to grow, so that
 * culling by group is a list of ranges, and a node keeps its place while it lives.
 */

export interface Block {
  start: number;
  /** One past the last place ever used; places between are drawn even when free (with radius 0). */
  end: number;
  capacity: number;
  free: number[];
}

export class GroupedSlots {
  readonly #blocks = new Map<string, Block>();
  #size = 0;

  /** Places over all blocks: the length of the buffer. */
  get size(): number {
    return this.#size;
  }

  block(group: string): Block | undefined {
    return this.#blocks.get(group);
  }

  /** Lays out blocks for these group sizes, a quarter larger than asked; all earlier places are void. */
  reserve(sizes: ReadonlyMap<string, number>): void {
    this.#blocks.clear();
    this.#size = 0;
    for (const [group, n] of sizes) {
      const capacity = n + Math.ceil(n / 4) + 2;
      this.#blocks.set(group, { start: this.#size, end: this.#size, capacity, free: [] });
      this.#size += capacity;
    }
  }

  /** A place in the group's block, or null when everything must be laid out anew. */
  allocate(group: string): number | null {
    const block = this.#blocks.get(group);
    if (!block) return null;
    const reused = block.free.pop();
    if (reused !== undefined) return reused;
    return block.end < block.start + block.capacity ? block.end++ : null;
  }

  release(group: string, slot: number): void {
    this.#blocks.get(group)?.free.push(slot);
  }
}

/** Joins ranges that touch, so that each run is one draw call. */
export function joinRanges(ranges: [number, number][]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [start, end] of ranges.filter(([a, b]) => b > a).sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** The stretch of a buffer that was written since it was last sent to the graphics card. */
export class DirtyRange {
  #from = Number.POSITIVE_INFINITY;
  #to = 0;

  touch(from: number, to = from + 1): void {
    this.#from = Math.min(this.#from, from);
    this.#to = Math.max(this.#to, to);
  }

  /** The range to send, or null; afterwards it is clean. */
  take(): [number, number] | null {
    if (this.#to <= this.#from) return null;
    const range: [number, number] = [this.#from, this.#to];
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = 0;
    return range;
  }
}
