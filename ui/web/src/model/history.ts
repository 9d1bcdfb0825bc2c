/** The recent past of the numbers that arrive, for sparklines: a bounded ring for each series. */

const CAPACITY = 90;
/** Series beyond this many are not kept; 20,000 rings of 90 samples are 29 MB. */
const MOST_SERIES = 20_000;

/** The newest samples of one number, oldest first. */
export class Series {
  readonly #times = new Float64Array(CAPACITY);
  readonly #values = new Float64Array(CAPACITY);
  #next = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(time_ms: number, value: number): void {
    this.#times[this.#next] = time_ms;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % CAPACITY;
    this.#length = Math.min(CAPACITY, this.#length + 1);
  }

  /** Copies out (time, value) pairs in order. */
  samples(): [number, number][] {
    const found: [number, number][] = [];
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#next - this.#length + i + CAPACITY) % CAPACITY;
      found.push([this.#times[at]!, this.#values[at]!]);
    }
    return found;
  }
}

export class History {
  readonly #series = new Map<string, Map<string, Series>>();
  #count = 0;

  /** Adds a sample of `name` of the thing `id`. */
  record(id: string, name: string, time_ms: number, value: number): void {
    let thing = this.#series.get(id);
    if (!thing) {
      thing = new Map();
      this.#series.set(id, thing);
    }
    let series = thing.get(name);
    if (!series) {
      if (this.#count >= MOST_SERIES) return;
      series = new Series();
      thing.set(name, series);
      this.#count++;
    }
    series.push(time_ms, value);
  }

  samples(id: string, name: string): [number, number][] {
    return this.#series.get(id)?.get(name)?.samples() ?? [];
  }

  /** True when no series can be added before some are dropped. */
  get full(): boolean {
    return this.#count >= MOST_SERIES;
  }

  /** Drops the series of all things but those to keep. */
  retain(keep: (id: string) => boolean): void {
    for (const [id, series] of this.#series) {
      if (keep(id)) continue;
      this.#count -= series.size;
      this.#series.delete(id);
    }
  }

  clear(): void {
    this.#series.clear();
    this.#count = 0;
  }
}

/** Joins what the server remembers with what the stream brought since, in order and without repeats. */
export function joinSamples(older: [number, number][], newer: [number, number][]): [number, number][] {
  const from = newer[0]?.[0] ?? Number.POSITIVE_INFINITY;
  return [...older.filter(([t]) => t < from), ...newer];
}

/** Runs a series on to the present with the value it has now. */
export function upToNow(samples: [number, number][], value: number, now_ms: number): [number, number][] {
  const last = samples.at(-1);
  return last && last[0] >= now_ms ? samples : [...samples, [now_ms, value]];
}
