/** Which labels are written: by priority, each only where nothing is written yet. */
import { type Box, overlaps } from "./camera.ts";

const CELL_W = 110;
const CELL_H = 24;

/** Rectangles that are taken, found by the cells of a coarse grid. */
export class CollisionGrid {
  readonly #cells = new Map<number, Box[]>();

  /** Takes the rectangle if it is free. */
  claim(box: Box): boolean {
    if (!this.isFree(box)) return false;
    this.block(box);
    return true;
  }

  isFree(box: Box): boolean {
    return cellsOf(box).every((c) => !this.#cells.get(c)?.some((taken) => overlaps(taken, box)));
  }

  /** Takes the rectangle whether or not it is free. */
  block(box: Box): void {
    for (const c of cellsOf(box)) {
      const cell = this.#cells.get(c);
      if (cell) cell.push(box);
      else this.#cells.set(c, [box]);
    }
  }
}

function cellsOf(box: Box): number[] {
  const cells: number[] = [];
  for (let y = Math.floor(box.y0 / CELL_H); y <= Math.floor(box.y1 / CELL_H); y++) {
    for (let x = Math.floor(box.x0 / CELL_W); x <= Math.floor(box.x1 / CELL_W); x++)
      cells.push(y * 65_536 + x);
  }
  return cells;
}
