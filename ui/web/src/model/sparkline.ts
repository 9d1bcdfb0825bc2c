/** A small chart's path: time from left to right, 0 at the bottom, steps held until the next sample. */

/** Metrics come once a second while they change. */
const USUAL_MS = 1000;

export interface Sparkline {
  line: string;
  area: string;
  top: number;
}

/** Paths for an SVG of this size; null with fewer than two samples. `least` is the smallest top of the scale. */
export function sparkline(
  samples: readonly [number, number][],
  width: number,
  height: number,
  least: number,
): Sparkline | null {
  if (samples.length < 2) return null;
  const from = samples[0]![0];
  const span = samples.at(-1)![0] - from;
  if (span <= 0) return null;
  const top = Math.max(least, ...samples.map((s) => s[1]));
  const x = (t: number) => (((t - from) / span) * width).toFixed(1);
  const y = (v: number) => (height - 1 - (Math.max(0, v) / top) * (height - 3)).toFixed(1);
  const points = held(samples).map(([t, v]) => `${x(t)} ${y(v)}`);
  const line = `M${points.join("L")}`;
  return { line, area: `${line}L${width} ${height}L0 ${height}Z`, top };
}

/** A number that was not sent again had not changed: it is held until shortly before the next sample. */
function held(samples: readonly [number, number][]): [number, number][] {
  return samples.flatMap((sample, i): [number, number][] => {
    const before = samples[i - 1];
    if (!before || sample[0] - before[0] <= 2 * USUAL_MS) return [sample];
    return [[sample[0] - USUAL_MS, before[1]], sample];
  });
}
