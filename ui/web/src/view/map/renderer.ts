/**
 * The map's renderer: one interface, two back ends. Three canvases lie on one another: boxes (2D), marks
 * (WebGL2 or 2D), overlay (2D). It draws when told to; it never asks for frames itself.
 */
import type { Camera, ScreenPoint, Viewport } from "../../model/camera.ts";
import { toWorld } from "../../model/camera.ts";
import { type Frame, FramePlanner, pickGroup, pickNode } from "../../model/frame.ts";
import type { Graph, GraphChange } from "../../model/graph.ts";
import type { Look } from "../../model/look.ts";
import { Scene } from "../../model/scene.ts";
import type { EdgeHandle, NodeHandle } from "../../model/types.ts";
import { type Backend, makeMarks } from "./backend.ts";
import { drawBoxes } from "./boxes.ts";
import type { DrawCounts, MarksLayer } from "./marks.ts";
import { Overlay } from "./overlay.ts";

export type Hit =
  | { kind: "node"; node: NodeHandle }
  | { kind: "edge"; edge: EdgeHandle }
  | { kind: "group"; group: string };

export interface GraphRenderer {
  readonly backend: Backend;
  readonly scene: Scene;
  /** What the last picture cost. */
  readonly counts: DrawCounts;
  /** The last picture's plan; null before the first. */
  readonly frame: Frame | null;
  setView(camera: Camera, view: Viewport): void;
  applyDelta(graph: Graph, change: GraphChange): void;
  setLook(look: Look): void;
  /** Draws now; `now_ms` is the server's clock. */
  draw(now_ms: number): void;
  /** What is under a point of the picture, nodes before edges before groups. */
  pick(at: ScreenPoint): Hit | null;
  /** The picture as it stands, with its background. */
  toPNG(): Promise<Blob>;
  dispose(): void;
}

/** Screen px around a glyph and beside an edge that still count as on it. */
const NODE_SLACK = 4;
const EDGE_REACH = 6;
/** After this many losses of the WebGL context the Canvas2D back end takes over. */
const MOST_LOSSES = 2;

export class LayeredRenderer implements GraphRenderer {
  readonly scene = new Scene();
  counts: DrawCounts = noCounts();
  frame: Frame | null = null;
  readonly #host: HTMLElement;
  readonly #boxes = layer("boxes");
  readonly #overlay = new Overlay(layer("overlay"));
  readonly #planner = new FramePlanner(this.scene);
  readonly #onLost: () => void;
  #marks: MarksLayer;
  #losses = 0;
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  #view: Viewport = { width: 1, height: 1, ratio: 1 };

  /** Puts its canvases into `host`; `onLost` is called when a picture must be drawn anew. */
  constructor(host: HTMLElement, wanted: Backend | null, onLost: () => void) {
    this.#host = host;
    this.#onLost = onLost;
    this.#marks = makeMarks(layer("marks"), wanted);
    host.replaceChildren(this.#boxes, this.#marks.canvas, this.#overlay.canvas);
    this.#watchLoss();
  }

  get backend(): Backend {
    return this.#marks.backend;
  }

  setView(camera: Camera, view: Viewport): void {
    this.#camera = camera;
    this.#view = view;
  }

  applyDelta(graph: Graph, change: GraphChange): void {
    this.scene.apply(graph, change);
  }

  setLook(look: Look): void {
    this.scene.setLook(look);
  }

  draw(now_ms: number): void {
    const counts = noCounts();
    this.frame = this.#planner.plan(this.#camera, this.#view);
    drawBoxes(this.#boxes, this.scene, this.frame);
    this.#marks.draw(this.scene, this.frame, counts);
    counts.labels = this.#overlay.draw(this.scene, this.frame, now_ms);
    this.counts = counts;
  }

  pick(at: ScreenPoint): Hit | null {
    const { frame } = this;
    if (!frame) return null;
    const p = toWorld(at, this.#camera, this.#view);
    const px = 1 / this.#camera.scale;
    const node = pickNode(this.scene, frame, p.x, p.y, NODE_SLACK * px);
    if (node) return { kind: "node", node: node.h };
    const edge = frame.edges.pick(p.x, p.y, EDGE_REACH * px);
    if (edge !== null) return { kind: "edge", edge };
    const group = pickGroup(frame, p.x, p.y);
    return group ? { kind: "group", group: group.id } : null;
  }

  async toPNG(): Promise<Blob> {
    const picture = document.createElement("canvas");
    picture.width = this.#boxes.width;
    picture.height = this.#boxes.height;
    const g = picture.getContext("2d")!;
    g.fillStyle = this.scene.look.theme.css.canvas;
    g.fillRect(0, 0, picture.width, picture.height);
    // A WebGL canvas may be read only in the task that drew it.
    if (this.frame) this.#marks.draw(this.scene, this.frame, noCounts());
    for (const c of [this.#boxes, this.#marks.canvas, this.#overlay.canvas]) g.drawImage(c, 0, 0);
    return new Promise((resolve, reject) => {
      picture.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))),
        "image/png",
      );
    });
  }

  dispose(): void {
    this.#marks.dispose();
    this.#host.replaceChildren();
  }

  #watchLoss(): void {
    const { canvas } = this.#marks;
    canvas.addEventListener("webglcontextlost", (e) => e.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.#restore());
  }

  /** Everything on the card is gone; the scene has it all, so a new back end just uploads it again. */
  #restore(): void {
    this.#losses++;
    const wanted: Backend = this.#losses >= MOST_LOSSES ? "canvas" : "webgl";
    const fresh = makeMarks(layer("marks"), wanted);
    this.#marks.canvas.replaceWith(fresh.canvas);
    this.#marks = fresh;
    this.scene.dirty.touch(0, this.scene.slots.size);
    this.#watchLoss();
    this.#onLost();
  }
}

/** One of the canvases that lie on one another. */
export function layer(name: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = `layer layer-${name}`;
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function noCounts(): DrawCounts {
  return { draw_calls: 0, uploaded_bytes: 0, nodes: 0, edges: 0, labels: 0 };
}
