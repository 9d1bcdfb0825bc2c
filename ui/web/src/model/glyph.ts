/** Which shape stands for which kind of node (ui.md 5.2). Shape says the kind; colour never does alone. */

/** Numbers are shared with node.frag.glsl: 3 and up are regular polygons with that many corners. */
export const Shape = { square: 0, circle: 1, cloud: 2, triangle: 3, hexagon: 6, heptagon: 7 } as const;
export type ShapeId = (typeof Shape)[keyof typeof Shape];

export interface Glyph {
  shape: ShapeId;
  /** Radius on the map at scale 1, px. */
  radius: number;
  /** A double outline: it stands for several. */
  double: boolean;
  /** A dashed outline: inferred or incompletely known. */
  dashed: boolean;
  /** The kind in words. */
  name: string;
}

function glyph(shape: ShapeId, radius: number, name: string, extra: Partial<Glyph> = {}): Glyph {
  return { shape, radius, name, double: false, dashed: false, ...extra };
}

const GLYPHS: Record<string, Glyph> = {
  process: glyph(Shape.square, 18, "process"),
  process_name: glyph(Shape.square, 20, "processes of one name", { double: true }),
  listener_group: glyph(Shape.square, 20, "listener group", { double: true, dashed: true }),
  unattributed: glyph(Shape.square, 18, "unattributed traffic", { dashed: true }),
  container: glyph(Shape.hexagon, 20, "container"),
  image: glyph(Shape.hexagon, 20, "image", { double: true }),
  pod: glyph(Shape.heptagon, 20, "pod"),
  host: glyph(Shape.circle, 24, "host"),
  lan_host: glyph(Shape.circle, 22, "host without a probe", { dashed: true }),
  service: glyph(Shape.triangle, 24, "known service"),
  internet: glyph(Shape.cloud, 26, "the Internet"),
};
const UNKNOWN = glyph(Shape.circle, 18, "other", { dashed: true });

/** The glyph of a kind; a kind of a newer server is drawn as a dashed circle. */
export function glyphOf(kind: string): Glyph {
  return GLYPHS[kind] ?? UNKNOWN;
}

/** The corners of a regular polygon of this shape around the origin, first one on top. */
export function corners(sides: number, radius: number): [number, number][] {
  return Array.from({ length: sides }, (_, i) => {
    const a = -Math.PI / 2 + (i * 2 * Math.PI) / sides;
    return [Math.cos(a) * radius, Math.sin(a) * radius];
  });
}

/** Half the side of the square that has the visual weight of a circle of this radius. */
export const SQUARE = 0.88;

/** The cloud as circles (x, y, r) in units of its radius; node.frag.glsl has the same numbers. */
export const CLOUD: readonly (readonly [number, number, number])[] = [
  [-0.5, 0.16, 0.42],
  [-0.12, -0.18, 0.52],
  [0.42, -0.02, 0.44],
  [0.62, 0.24, 0.34],
  [0.05, 0.24, 0.34],
];
