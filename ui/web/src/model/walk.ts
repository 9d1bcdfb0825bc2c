/** Walking the map with the arrow keys: the nearest node in a direction. */
import type { Mark } from "./scene.ts";

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

const AHEAD: Record<Direction, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The next node from `from` in a direction: near, and more ahead than aside; null at the rim. */
export function nextInDirection(from: Mark, marks: Iterable<Mark>, direction: Direction): Mark | null {
  const [ax, ay] = AHEAD[direction];
  let best = Number.POSITIVE_INFINITY;
  let found: Mark | null = null;
  for (const m of marks) {
    if (m === from || !m.shown) continue;
    const ahead = (m.x - from.x) * ax + (m.y - from.y) * ay;
    const aside = Math.abs((m.x - from.x) * ay + (m.y - from.y) * ax);
    if (ahead <= 0 || aside > ahead * 1.8) continue;
    const cost = ahead + aside * 2;
    if (cost < best) {
      best = cost;
      found = m;
    }
  }
  return found;
}
