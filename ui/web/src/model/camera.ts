/** Where the map is looked at from. World units are px of the map at scale 1; screen units are CSS px. */

export interface WorldPoint {
  readonly space?: "world";
  x: number;
  y: number;
}

export interface ScreenPoint {
  readonly space?: "screen";
  x: number;
  y: number;
}

/** A rectangle of the map. */
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Room that panels take from the edges of the picture, CSS px. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Camera {
  /** The map's point in the middle of the picture. */
  x: number;
  y: number;
  scale: number;
}

export interface Viewport {
  width: number;
  height: number;
  /** Device pixels per CSS px. */
  ratio: number;
}

export const SMALLEST_SCALE = 0.01;
export const LARGEST_SCALE = 4;

export function toScreen(p: WorldPoint, camera: Camera, view: Viewport): ScreenPoint {
  return {
    x: (p.x - camera.x) * camera.scale + view.width / 2,
    y: (p.y - camera.y) * camera.scale + view.height / 2,
  };
}

export function toWorld(p: ScreenPoint, camera: Camera, view: Viewport): WorldPoint {
  return {
    x: (p.x - view.width / 2) / camera.scale + camera.x,
    y: (p.y - view.height / 2) / camera.scale + camera.y,
  };
}

/** The part of the map in the picture. */
export function visibleBox(camera: Camera, view: Viewport): Box {
  const w = view.width / 2 / camera.scale;
  const h = view.height / 2 / camera.scale;
  return { x0: camera.x - w, y0: camera.y - h, x1: camera.x + w, y1: camera.y + h };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x0 <= b.x1 && a.x1 >= b.x0 && a.y0 <= b.y1 && a.y1 >= b.y0;
}

/** Zooms by `factor` so that the point under the pointer stays under it. */
export function zoomAt(camera: Camera, view: Viewport, at: ScreenPoint, factor: number): Camera {
  const scale = Math.min(LARGEST_SCALE, Math.max(SMALLEST_SCALE, camera.scale * factor));
  const fixed = toWorld(at, camera, view);
  return {
    x: fixed.x - (at.x - view.width / 2) / scale,
    y: fixed.y - (at.y - view.height / 2) / scale,
    scale,
  };
}

/** The camera that shows the whole box between the insets, never larger than `most`. */
export function fitBox(box: Box, view: Viewport, insets: Insets, most = 1.25): Camera {
  const width = Math.max(50, view.width - insets.left - insets.right);
  const height = Math.max(50, view.height - insets.top - insets.bottom);
  const w = Math.max(1, box.x1 - box.x0);
  const h = Math.max(1, box.y1 - box.y0);
  const scale = Math.max(SMALLEST_SCALE, Math.min(most, width / w, height / h));
  return {
    x: (box.x0 + box.x1) / 2 + (insets.right - insets.left) / 2 / scale,
    y: (box.y0 + box.y1) / 2 + (insets.bottom - insets.top) / 2 / scale,
    scale,
  };
}
