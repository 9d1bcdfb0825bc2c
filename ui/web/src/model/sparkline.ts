/** A small chart's path: time from left to right, 0 at the bottom, steps held until the next sample. */

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
  const points = samples.map(([t, v]) => `${x(t)} ${y(v)}`);
  const line = `M${points.join("L")}`;
  return { line, area: `${line}L${width} ${height}L0 ${height}Z`, top };
}
