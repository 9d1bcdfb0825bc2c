/** The Canvas2D back end: the same instances, the same levels, for machines where WebGL is software. */
import { ARROW_AT, pointAt, tangentAt } from "../../model/curve.ts";
import type { Frame } from "../../model/frame.ts";
import { EdgeFlag, NodeFlag, type NodeInstance, readEdge, readNode } from "../../model/instances.ts";
import { Level } from "../../model/lod.ts";
import type { Rgb } from "../../model/palette.ts";
import type { Scene } from "../../model/scene.ts";
import { begin2d, type DrawCounts, type MarksLayer } from "./marks.ts";
import { traceShape } from "./shapes2d.ts";

export class CanvasMarks implements MarksLayer {
  readonly backend = "canvas";
  readonly canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
  }

  draw(scene: Scene, frame: Frame, counts: DrawCounts): void {
    const g = begin2d(this.canvas, frame);
    scene.dirty.take();
    const { camera, view } = frame;
    for (let i = 0; i < frame.edges.count; i++) this.#edge(g, frame, i);
    const body = cssOf(scene.look.theme.rgb["surface-1"]);
    const offset: [number, number] = [
      view.width / 2 - camera.x * camera.scale,
      view.height / 2 - camera.y * camera.scale,
    ];
    for (const [start, end] of frame.ranges) {
      for (let slot = start; slot < end; slot++)
        drawNode(g, readNode(scene.instances, slot), frame, offset, body);
    }
    g.globalAlpha = 1;
    counts.edges += frame.edges.count;
    counts.nodes += frame.nodes;
  }

  dispose(): void {}

  #edge(g: CanvasRenderingContext2D, frame: Frame, index: number): void {
    const edge = readEdge(frame.edges.instances, index);
    const { camera, view } = frame;
    const x = (v: number) => (v - camera.x) * camera.scale + view.width / 2;
    const y = (v: number) => (v - camera.y) * camera.scale + view.height / 2;
    const zoom = Math.min(1.5, Math.max(0.4, camera.scale));
    const width = edge.width * zoom;
    const [x0, y0, cx, cy, x1, y1] = edge.curve;
    g.globalAlpha = edge.alpha * Math.min(1, width);
    g.strokeStyle = cssOf(edge.colour);
    g.lineWidth = Math.max(1, width);
    g.setLineDash(edge.flags & EdgeFlag.dashed ? [7, 4] : []);
    g.beginPath();
    g.moveTo(x(x0), y(y0));
    g.quadraticCurveTo(x(cx), y(cy), x(x1), y(y1));
    g.stroke();
    g.setLineDash([]);
    const [ax, ay] = pointAt(edge.curve, ARROW_AT);
    const [dx, dy] = tangentAt(edge.curve, ARROW_AT);
    g.globalAlpha = Math.min(1, edge.alpha * 1.25);
    const size = (5 + edge.width * 0.7) * zoom;
    drawArrow(g, x(ax), y(ay), Math.atan2(dy, dx), size, (edge.flags & EdgeFlag.refused) !== 0);
  }
}

function drawArrow(
  g: CanvasRenderingContext2D,
  x: number,
  y: number,
  angle: number,
  size: number,
  refused: boolean,
) {
  const [c, s] = [Math.cos(angle) * size, Math.sin(angle) * size];
  const px = (ahead: number, aside: number) => x + c * ahead - s * aside;
  const py = (ahead: number, aside: number) => y + s * ahead + c * aside;
  g.beginPath();
  g.moveTo(px(1, 0), py(1, 0));
  g.lineTo(px(-0.7, -0.75), py(-0.7, -0.75));
  g.lineTo(px(-0.7, 0.75), py(-0.7, 0.75));
  g.closePath();
  if (!refused) {
    g.fillStyle = g.strokeStyle;
    g.fill();
    return;
  }
  g.moveTo(px(1.5, -1), py(1.5, -1));
  g.lineTo(px(1.5, 1), py(1.5, 1));
  g.lineWidth = Math.max(1, size * 0.25);
  g.stroke();
}

function drawNode(
  g: CanvasRenderingContext2D,
  node: NodeInstance,
  frame: Frame,
  offset: readonly [number, number],
  body: string,
): void {
  if (node.radius <= 0) return;
  const { scale } = frame.camera;
  const x = node.x * scale + offset[0];
  const y = node.y * scale + offset[1];
  const r = node.radius * scale;
  if (x < -r * 2 || y < -r * 2 || x > frame.view.width + r * 2 || y > frame.view.height + r * 2) return;
  g.globalAlpha = node.alpha;
  if (frame.level <= Level.dots) {
    g.fillStyle = cssOf(node.outline);
    traceShape(g, node.shape, x, y, r);
    g.fill();
    return;
  }
  drawGlyph(g, node, x, y, r, scale, body);
}

function drawGlyph(
  g: CanvasRenderingContext2D,
  node: NodeInstance,
  x: number,
  y: number,
  r: number,
  scale: number,
  body: string,
): void {
  const line = Math.min(3.5, Math.max(1, 3 * scale));
  traceShape(g, node.shape, x, y, r - line / 2);
  // A faint glyph fades into its own body, not into the edges that pass below it.
  g.globalAlpha = 1;
  g.fillStyle = body;
  g.fill();
  g.globalAlpha = node.alpha;
  if (node.fill > 0) {
    g.save();
    g.clip();
    g.globalAlpha = node.alpha * 0.9;
    g.fillStyle = cssOf(node.fillColour);
    g.fillRect(x - r * 1.2, y + r - 2 * r * node.fill, r * 2.4, 2 * r * node.fill);
    g.restore();
    traceShape(g, node.shape, x, y, r - line / 2);
  }
  g.strokeStyle = cssOf(node.outline);
  g.lineWidth = line;
  g.setLineDash(node.flags & NodeFlag.dashed ? [5 * scale, 3 * scale] : []);
  g.stroke();
  if (node.flags & NodeFlag.double) {
    traceShape(g, node.shape, x, y, r - line - 3 * scale);
    g.lineWidth = Math.max(1, line / 2);
    g.stroke();
  }
  g.setLineDash([]);
}

const CSS = new Map<number, string>();

/** The CSS text of a colour, made once for each. */
function cssOf([r, g, b]: Rgb): string {
  const key = (r << 16) | (g << 8) | b;
  let text = CSS.get(key);
  if (!text) {
    text = `rgb(${r} ${g} ${b})`;
    CSS.set(key, text);
  }
  return text;
}
