/** The shape of an edge: a quadratic curve bowed to the right of its direction, or a loop. */

/** Start, control point, end: x0 y0 cx cy x1 y1. */
export type Curve = [number, number, number, number, number, number];

/** How far the curve bows out, as a part of its length; each further edge of the same pair bows more. */
const BOW = 0.08;
const BOW_STEP = 0.055;
const MOST_BOWS = 6;
/** Where on the curve the arrow sits. */
export const ARROW_AT = 0.62;

/** The curve from a to b; `lane` counts the edges of one pair from 0. */
export function edgeCurve(ax: number, ay: number, bx: number, by: number, lane: number): Curve {
  const bow = BOW + BOW_STEP * Math.min(lane, MOST_BOWS);
  const mx = (ax + bx) / 2 - (by - ay) * bow;
  const my = (ay + by) / 2 + (bx - ax) * bow;
  return [ax, ay, mx, my, bx, by];
}

/** The loop of an edge from a node to itself, above its upper left corner. */
export function loopCurve(x: number, y: number, r: number, lane: number): Curve {
  const reach = r * (2.4 + lane * 0.8);
  return [x - r, y + r * 0.15, x - reach, y - reach, x - r * 0.15, y - r];
}

export function pointAt(c: Curve, t: number): [number, number] {
  const u = 1 - t;
  return [u * u * c[0] + 2 * u * t * c[2] + t * t * c[4], u * u * c[1] + 2 * u * t * c[3] + t * t * c[5]];
}

/** The direction of travel at t, not normalised. */
export function tangentAt(c: Curve, t: number): [number, number] {
  const u = 1 - t;
  return [2 * u * (c[2] - c[0]) + 2 * t * (c[4] - c[2]), 2 * u * (c[3] - c[1]) + 2 * t * (c[5] - c[3])];
}

const SEGMENTS = 14;

/** The distance from a point to the curve, along straight pieces. */
export function distanceTo(c: Curve, x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  let [px, py] = [c[0], c[1]];
  for (let i = 1; i <= SEGMENTS; i++) {
    const [qx, qy] = pointAt(c, i / SEGMENTS);
    best = Math.min(best, distanceToSegment(x, y, px, py, qx, qy));
    [px, py] = [qx, qy];
  }
  return best;
}

function distanceToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
