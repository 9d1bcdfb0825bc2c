/** The glyphs' outlines as 2D paths: the same shapes as node.frag.glsl. */
import { CLOUD, corners, Shape, SQUARE } from "../../model/glyph.ts";

/** Starts a path with the outline of a shape around (x, y). */
export function traceShape(
  g: CanvasRenderingContext2D,
  shape: number,
  x: number,
  y: number,
  r: number,
): void {
  g.beginPath();
  if (shape === Shape.square) {
    const half = r * SQUARE;
    g.roundRect(x - half, y - half, half * 2, half * 2, Math.min(4, r * 0.4));
  } else if (shape === Shape.circle) {
    g.arc(x, y, r, 0, Math.PI * 2);
  } else if (shape === Shape.cloud) {
    traceCloud(g, x, y, r);
  } else {
    tracePolygon(g, corners(shape, r), x, y, Math.min(3, r * 0.25));
  }
}

function tracePolygon(
  g: CanvasRenderingContext2D,
  points: [number, number][],
  x: number,
  y: number,
  round: number,
) {
  const n = points.length;
  const middle = (i: number): [number, number] => {
    const a = points[i % n]!;
    const b = points[(i + 1) % n]!;
    return [x + (a[0] + b[0]) / 2, y + (a[1] + b[1]) / 2];
  };
  g.moveTo(...middle(0));
  for (let i = 1; i <= n; i++) {
    const p = points[i % n]!;
    g.arcTo(x + p[0], y + p[1], ...middle(i), round);
  }
  g.closePath();
}

/** The union of the cloud's circles, walked along its outer rim. */
function traceCloud(g: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  const steps = 48;
  for (let i = 0; i <= steps; i++) {
    const a = (i / steps) * Math.PI * 2;
    const reach = rim(Math.cos(a), Math.sin(a)) * r;
    if (i === 0) g.moveTo(x + Math.cos(a) * reach, y + Math.sin(a) * reach);
    else g.lineTo(x + Math.cos(a) * reach, y + Math.sin(a) * reach);
  }
  g.closePath();
}

/** How far the cloud reaches in a direction, in units of its radius. */
function rim(dx: number, dy: number): number {
  let far = 0;
  for (const [cx, cy, cr] of CLOUD) {
    const along = cx * dx + cy * dy;
    const off = cx * cx + cy * cy - along * along;
    if (off < cr * cr) far = Math.max(far, along + Math.sqrt(cr * cr - off));
  }
  return far;
}
