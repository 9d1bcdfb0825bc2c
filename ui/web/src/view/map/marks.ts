/** What both back ends are: they draw one frame's edges and nodes onto a canvas of their own. */
import type { Frame } from "../../model/frame.ts";
import type { Scene } from "../../model/scene.ts";

/** What the last picture cost, in things that tests can count on any machine. */
export interface DrawCounts {
  draw_calls: number;
  uploaded_bytes: number;
  nodes: number;
  edges: number;
  labels: number;
}

export interface MarksLayer {
  readonly backend: "webgl" | "canvas";
  readonly canvas: HTMLCanvasElement;
  /** Draws edges, arrows and nodes; adds to the counts. */
  draw(scene: Scene, frame: Frame, counts: DrawCounts): void;
  dispose(): void;
}

/** Gives a canvas the size of the picture in device px. */
export function sizeCanvas(canvas: HTMLCanvasElement, frame: Frame): void {
  const width = Math.max(1, Math.round(frame.view.width * frame.view.ratio));
  const height = Math.max(1, Math.round(frame.view.height * frame.view.ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** A cleared 2D context whose units are CSS px. */
export function begin2d(canvas: HTMLCanvasElement, frame: Frame): CanvasRenderingContext2D {
  sizeCanvas(canvas, frame);
  const g = canvas.getContext("2d")!;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, canvas.width, canvas.height);
  g.setTransform(frame.view.ratio, 0, 0, frame.view.ratio, 0, 0);
  return g;
}
