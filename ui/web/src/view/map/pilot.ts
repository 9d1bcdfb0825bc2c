/**
 * Flies the camera: pointer, wheel and touch become pan and zoom, clicks and hovers become what they hit.
 * It asks for a picture only when something changed, and for none while the page is hidden.
 */
import {
  type Box,
  type Camera,
  fitBox,
  type Insets,
  type ScreenPoint,
  type Viewport,
  zoomAt,
} from "../../model/camera.ts";
import type { GraphRenderer, Hit } from "./renderer.ts";

export interface PilotEvents {
  /** Something was clicked, or nothing. */
  click(hit: Hit | null): void;
  doubleClick(hit: Hit | null): void;
  /** The pointer came to rest over something else than before. */
  hover(hit: Hit | null): void;
  /** The camera was moved by hand. */
  moved(camera: Camera): void;
  /** A picture was drawn. */
  drawn(): void;
  /** The room for the map changed. */
  resized(): void;
}

const DRAG_SLACK = 4;
const FLIGHT_MS = 200;

export class Pilot {
  camera: Camera = { x: 0, y: 0, scale: 1 };
  view: Viewport = { width: 1, height: 1, ratio: 1 };
  insets: Insets = { top: 16, right: 16, bottom: 16, left: 16 };
  /** True until the camera is first moved by hand: the map is then kept fitted as it grows. */
  automatic = true;
  readonly #host: HTMLElement;
  readonly #events: PilotEvents;
  readonly #pointers = new Map<number, ScreenPoint>();
  #renderer: GraphRenderer;
  #clock: () => number;
  #scheduled = 0;
  #flight: { from: Camera; to: Camera; start: number } | null = null;
  #dragged = 0;
  #hoverKey = "";

  constructor(host: HTMLElement, renderer: GraphRenderer, clock: () => number, events: PilotEvents) {
    this.#host = host;
    this.#renderer = renderer;
    this.#clock = clock;
    this.#events = events;
    this.#listen();
  }

  /** Where the camera is, or will be when it has arrived. */
  get destination(): Camera {
    return this.#flight?.to ?? this.camera;
  }

  /** Whether no picture is due: the camera has arrived and everything is drawn. */
  get resting(): boolean {
    return this.#flight === null && this.#scheduled === 0;
  }

  /** Asks for one picture. */
  redraw(): void {
    if (this.#scheduled || document.hidden) return;
    this.#scheduled = requestAnimationFrame((now) => {
      this.#scheduled = 0;
      this.#step(now);
    });
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.#host;
    this.view = { width: clientWidth || 1, height: clientHeight || 1, ratio: window.devicePixelRatio || 1 };
    this.#events.resized();
    this.redraw();
  }

  /** Moves the camera, flying there unless motion is unwelcome. */
  flyTo(camera: Camera, instantly = false): void {
    if (instantly || prefersStillness()) {
      this.#flight = null;
      this.camera = camera;
    } else {
      this.#flight = { from: this.camera, to: camera, start: performance.now() };
    }
    this.redraw();
  }

  /** Fits a box into the free part of the picture; null is ignored. */
  fit(box: Box | null, instantly = false, most?: number): void {
    if (box) this.flyTo(fitBox(box, this.view, this.insets, most), instantly);
  }

  zoom(factor: number): void {
    this.automatic = false;
    const { left, right, top, bottom } = this.insets;
    const middle = { x: (this.view.width + left - right) / 2, y: (this.view.height + top - bottom) / 2 };
    this.flyTo(zoomAt(this.camera, this.view, middle, factor));
    this.#events.moved(this.#flight?.to ?? this.camera);
  }

  #step(now: number): void {
    const flight = this.#flight;
    if (flight) {
      const t = Math.min(1, (now - flight.start) / FLIGHT_MS);
      this.camera = between(flight.from, flight.to, Math.max(0, t * (2 - t)));
      if (t >= 1) this.#flight = null;
    }
    this.#renderer.setView(this.camera, this.view);
    this.#renderer.draw(this.#clock());
    this.#events.drawn();
    if (this.#flight) this.redraw();
  }

  #listen(): void {
    const host = this.#host;
    host.addEventListener("pointerdown", (e) => this.#down(e));
    host.addEventListener("pointermove", (e) => this.#move(e));
    host.addEventListener("pointerup", (e) => this.#up(e));
    host.addEventListener("pointercancel", (e) => this.#pointers.delete(e.pointerId));
    host.addEventListener("pointerleave", () => this.#hover(null));
    host.addEventListener("dblclick", (e) => this.#events.doubleClick(this.#renderer.pick(this.#at(e))));
    host.addEventListener("wheel", (e) => this.#wheel(e), { passive: false });
    document.addEventListener("visibilitychange", () => this.redraw());
    new ResizeObserver(() => this.resize()).observe(host);
  }

  #at(e: MouseEvent): ScreenPoint {
    const box = this.#host.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  }

  #down(e: PointerEvent): void {
    if (e.button !== 0 && e.button !== 1) return;
    this.#host.setPointerCapture(e.pointerId);
    this.#pointers.set(e.pointerId, this.#at(e));
    this.#dragged = 0;
  }

  #move(e: PointerEvent): void {
    const before = this.#pointers.get(e.pointerId);
    const at = this.#at(e);
    if (!before) return this.#hover(this.#renderer.pick(at));
    this.#dragged += Math.hypot(at.x - before.x, at.y - before.y);
    if (this.#dragged < DRAG_SLACK) return;
    if (this.#pointers.size === 2) this.#pinch(e.pointerId, at);
    this.#pan((before.x - at.x) / this.#pointers.size, (before.y - at.y) / this.#pointers.size);
    this.#pointers.set(e.pointerId, at);
  }

  /** Two fingers: the distance between them scales, around their middle. */
  #pinch(moving: number, at: ScreenPoint): void {
    const other = [...this.#pointers].find(([id]) => id !== moving)![1];
    const before = this.#pointers.get(moving)!;
    const factor =
      Math.hypot(at.x - other.x, at.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    if (Number.isFinite(factor) && factor > 0) this.camera = zoomAt(this.camera, this.view, middle, factor);
  }

  #up(e: PointerEvent): void {
    const known = this.#pointers.delete(e.pointerId);
    if (known && e.button === 0 && this.#dragged < DRAG_SLACK)
      this.#events.click(this.#renderer.pick(this.#at(e)));
  }

  #wheel(e: WheelEvent): void {
    e.preventDefault();
    const lines = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (e.shiftKey) return this.#pan(e.deltaY * lines, 0);
    const factor = Math.exp(-Math.max(-120, Math.min(120, e.deltaY * lines)) * (e.ctrlKey ? 0.01 : 0.0022));
    this.#flight = null;
    this.automatic = false;
    this.camera = zoomAt(this.camera, this.view, this.#at(e), factor);
    this.#events.moved(this.camera);
    this.redraw();
  }

  #pan(dx: number, dy: number): void {
    this.#flight = null;
    this.automatic = false;
    const { x, y, scale } = this.camera;
    this.camera = { x: x + dx / scale, y: y + dy / scale, scale };
    this.#events.moved(this.camera);
    this.redraw();
  }

  #hover(hit: Hit | null): void {
    const key = JSON.stringify(hit);
    if (key === this.#hoverKey) return;
    this.#hoverKey = key;
    this.#host.classList.toggle("over", hit !== null && hit.kind !== "group");
    this.#events.hover(hit);
  }
}

export function prefersStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function between(a: Camera, b: Camera, t: number): Camera {
  const scale = a.scale * (b.scale / a.scale) ** t;
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, scale };
}
