/**
 * Traffic that moves: dots run along the edges of what is selected or hovered, faster for more bytes.
 * They have a canvas of their own, so the map itself is not drawn again for them.
 */
import { pointAt } from "../../model/curve.ts";
import { isRaised, throughput } from "../../model/edge_style.ts";
import type { Frame } from "../../model/frame.ts";
import { Level } from "../../model/lod.ts";
import type { Scene } from "../../model/scene.ts";
import type { StreamEdge } from "../../model/types.ts";
import { begin2d } from "./marks.ts";
import { prefersStillness } from "./pilot.ts";

/** Pictures a second are enough for dots, and edges that move at once for the eye. */
const INTERVAL_MS = 50;
const MOST_EDGES = 40;
const STEPS = 28;
const GAP = 15;

export class Motion {
  readonly canvas: HTMLCanvasElement;
  readonly #scene: Scene;
  readonly #frame: () => Frame | null;
  #request = 0;
  #drawn = 0;

  constructor(canvas: HTMLCanvasElement, scene: Scene, frame: () => Frame | null) {
    this.canvas = canvas;
    this.#scene = scene;
    this.#frame = frame;
  }

  /** Begins or ends moving by what is selected now; to be called after each picture of the map. */
  update(): void {
    const moving = this.#edges().length > 0;
    if (!moving) return this.stop();
    this.#draw(performance.now());
    if (this.#request === 0) this.#next();
  }

  stop(): void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.canvas.width = 1;
  }

  #next(): void {
    this.#request = requestAnimationFrame((now) => {
      if (now - this.#drawn >= INTERVAL_MS) this.#draw(now);
      this.#next();
    });
  }

  /** The edges that move: raised ones that carry something. */
  #edges(): StreamEdge[] {
    const frame = this.#frame();
    const { look, graph } = this.#scene;
    if (!frame || frame.level <= Level.dots || prefersStillness()) return [];
    const found: StreamEdge[] = [];
    for (const h of frame.edges.handles) {
      const edge = graph.edges.get(h);
      if (edge?.state === "live" && throughput(edge) > 0 && isRaised(edge, look)) found.push(edge);
      if (found.length >= MOST_EDGES) break;
    }
    return found;
  }

  #draw(now: number): void {
    const frame = this.#frame();
    if (!frame) return;
    this.#drawn = now;
    const g = begin2d(this.canvas, frame);
    g.lineCap = "round";
    g.strokeStyle = this.#scene.look.theme.css.accent;
    g.setLineDash([0, GAP]);
    for (const edge of this.#edges()) {
      const speed = 14 + 16 * Math.log10(1 + throughput(edge) / 1000);
      g.lineDashOffset = -((now / 1000) * speed) % GAP;
      g.lineWidth = 4 * Math.min(1.25, Math.max(0.6, frame.camera.scale));
      this.#trace(g, frame, edge);
      g.stroke();
    }
  }

  /** The part of an edge that lies outside of both its glyphs. */
  #trace(g: CanvasRenderingContext2D, frame: Frame, edge: StreamEdge): void {
    const { camera, view } = frame;
    const curve = this.#scene.curve(edge);
    const ends = [this.#scene.marks.get(edge.source)!, this.#scene.marks.get(edge.target)!];
    let drawing = false;
    g.beginPath();
    for (let i = 0; i <= STEPS; i++) {
      const [x, y] = pointAt(curve, i / STEPS);
      const covered = ends.some((m) => Math.hypot(m.x - x, m.y - y) < m.radius + 3);
      const px = (x - camera.x) * camera.scale + view.width / 2;
      const py = (y - camera.y) * camera.scale + view.height / 2;
      if (!covered && drawing) g.lineTo(px, py);
      else if (!covered) g.moveTo(px, py);
      drawing = !covered;
    }
  }
}
