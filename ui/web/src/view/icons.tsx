/** The few icons, drawn in the text's colour; and the glyphs of kinds, as on the map. */
import { CLOUD, corners, glyphOf, Shape, SQUARE } from "../model/glyph.ts";

const PATHS = {
  search: "M7 12.5A5.5 5.5 0 1 0 7 1.5a5.5 5.5 0 0 0 0 11ZM11 11l3.5 3.5",
  close: "M4 4l8 8M12 4l-8 8",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5 6 6 0 1 0 13.5 9.5Z",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  picture: "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
  focus: "M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 1v3M8 12v3M1 8h3M12 8h3",
  arrow: "M3 8h9M8.5 4.5 12 8l-3.5 3.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's mark: a reticle. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 1v5M10 14v5M1 10h5M14 10h5" />
      <circle class="mark-dot" cx="10" cy="10" r="1.6" />
    </svg>
  );
}

/** The glyph of a kind at text size. */
export function Glyph({ kind, size = 14 }: { kind: string; size?: number }) {
  const glyph = glyphOf(kind);
  return (
    <svg
      class={`glyph${glyph.dashed ? " dashed" : ""}`}
      viewBox="-8 -8 16 16"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <Outline shape={glyph.shape} radius={6.4} />
      {glyph.double && <Outline shape={glyph.shape} radius={3.4} />}
    </svg>
  );
}

function Outline({ shape, radius }: { shape: number; radius: number }) {
  if (shape === Shape.circle) return <circle r={radius} />;
  if (shape === Shape.square) {
    const half = radius * SQUARE;
    return <rect x={-half} y={-half} width={half * 2} height={half * 2} rx="1.5" />;
  }
  if (shape === Shape.cloud) return <path d={cloudPath(radius)} />;
  return (
    <polygon
      points={corners(shape, radius)
        .map((p) => p.map((v) => v.toFixed(1)).join(","))
        .join(" ")}
    />
  );
}

/** The cloud's upper bumps over a flat base: at this size the full union of circles would blur. */
function cloudPath(r: number): string {
  const [left, top, right] = [CLOUD[0]!, CLOUD[1]!, CLOUD[2]!];
  const base = r * 0.62;
  const arc = (c: readonly [number, number, number]) =>
    `A${(c[2] * r).toFixed(1)} ${(c[2] * r).toFixed(1)} 0 0 1`;
  return `M${-r * 0.6} ${base}${arc(left)}${-r * 0.62} ${-r * 0.2}${arc(top)}${r * 0.35} ${-r * 0.4}${arc(right)}${r * 0.6} ${base}Z`;
}
