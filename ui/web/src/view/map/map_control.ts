/** Ties the store to the renderer: deltas and choices go down, clicks and the camera come up. */
import { computed, effect, signal } from "@preact/signals";
import { type Box, type Camera, fitBox, type Insets, toScreen, type Viewport } from "../../model/camera.ts";
import { count } from "../../model/format.ts";
import { emptyChange } from "../../model/graph.ts";
import type { Look } from "../../model/look.ts";
import { type Direction, nextInDirection } from "../../model/walk.ts";
import type { Store } from "../store.ts";
import { theme } from "../theme.ts";
import type { Backend } from "./backend.ts";
import { Motion } from "./motion.ts";
import { Pilot } from "./pilot.ts";
import { type GraphRenderer, type Hit, LayeredRenderer, layer } from "./renderer.ts";
import { forgetWidths } from "./text_width.ts";

/** Hovering dims the rest only after this long, so that crossing the map does not flicker. */
const HOVER_MS = 120;
/** The address is rewritten this long after the camera stopped. */
const SETTLE_MS = 400;
/** How much larger a map could be drawn before it is fitted again. */
const MOST_SLACK = 1.6;
const FONTS = ["500 12px", "400 11px", "600 12px", "650 12px", "800 10px"];

/** Where the page leaves room: for a fitted map, and how much the details panel covers at the right. */
export interface Room {
  insets: Insets;
  panel: number;
}

export class MapControl {
  readonly #store: Store;
  readonly #wanted: Backend | null;
  /** What the last picture had no room for, in words; empty when nothing was left out. */
  readonly leftOut = signal("");
  renderer: GraphRenderer | null = null;
  pilot: Pilot | null = null;
  #motion: Motion | null = null;
  #stop: (() => void)[] = [];
  #hoverTimer: ReturnType<typeof setTimeout> | undefined;
  #settleTimer: ReturnType<typeof setTimeout> | undefined;
  #fitted = false;

  constructor(store: Store, wanted: Backend | null) {
    this.#store = store;
    this.#wanted = wanted;
  }

  /** Begins drawing into `host`; answers how to end. */
  mount(host: HTMLElement, room: () => Room): () => void {
    const renderer = new LayeredRenderer(host, this.#wanted, () => this.pilot?.redraw());
    const pilot = new Pilot(host, renderer, () => this.#store.now_ms(), {
      click: (hit) => this.#click(hit),
      doubleClick: (hit) => this.#zoomTo(hit),
      hover: (hit) => this.#hover(hit),
      moved: (camera) => this.#moved(camera),
      drawn: () => this.#drawn(),
      resized: () => this.#keepFitted(),
    });
    const motion = new Motion(layer("motion"), renderer.scene, () => renderer.frame);
    host.insertBefore(motion.canvas, host.lastChild);
    this.#motion = motion;
    this.renderer = renderer;
    this.pilot = pilot;
    const { camera } = this.#store.chosen.peek();
    if (camera) Object.assign(pilot, { camera, automatic: false });
    pilot.resize();
    renderer.applyDelta(this.#store.graph, { ...emptyChange(), reset: true });
    this.#follow(renderer, pilot, room);
    void Promise.all(FONTS.map((f) => document.fonts.load(`${f} "Inter Variable"`))).then(() => {
      forgetWidths();
      pilot.redraw();
    });
    return () => this.#unmount();
  }

  #unmount(): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
    this.#motion?.stop();
    this.#motion = null;
    this.renderer?.dispose();
    this.renderer = null;
    this.pilot = null;
    this.#fitted = false;
  }

  #follow(renderer: GraphRenderer, pilot: Pilot, room: () => Room): void {
    const look = this.#look();
    const store = this.#store;
    this.#stop.push(
      store.listen((graph, change) => {
        renderer.applyDelta(graph, change);
        if (change.reset) this.#fitted = false;
        this.#keepFitted();
        pilot.redraw();
      }),
      effect(() => {
        renderer.setLook(look.value);
        pilot.redraw();
      }),
      effect(() => {
        pilot.insets = room().insets;
        this.#keepFitted();
      }),
      effect(() => this.#uncover(look.value.selectedNode, room().panel)),
      effect(() => {
        void store.version.value;
        if (renderer.scene.graph !== store.graph) {
          renderer.applyDelta(store.graph, { ...emptyChange(), reset: true });
          this.#fitted = false;
          pilot.redraw();
        }
      }),
      effect(() => {
        void store.chosen.value.view;
        pilot.automatic = store.chosen.peek().camera === null;
      }),
    );
  }

  /**
   * While nobody has moved the camera, the whole map stays in the picture; what comes and goes within it
   * moves nothing.
   */
  #keepFitted(): void {
    const { pilot, renderer } = this;
    const bounds = renderer?.scene.bounds();
    if (!pilot?.automatic || !bounds) return;
    if (
      this.#fitted &&
      showsWell(pilot.destination, pilot.view, bounds, fitBox(bounds, pilot.view, pilot.insets))
    )
      return;
    pilot.fit(bounds, !this.#fitted);
    this.#fitted = true;
  }

  /** The map stays where it is when the panel opens, unless that would cover what was selected. */
  #uncover(h: number | null, panel: number): void {
    const mark = h === null ? undefined : this.renderer?.scene.marks.get(h);
    if (!mark || !this.pilot) return;
    const { camera, view } = this.pilot;
    const p = toScreen(mark, camera, view);
    const [left, right] = [this.pilot.insets.left - 40, view.width - panel - 60];
    const dx = p.x > right ? p.x - right : p.x < left ? p.x - left : 0;
    const dy = p.y > view.height - 80 ? p.y - view.height + 80 : p.y < 40 ? p.y - 40 : 0;
    if (dx === 0 && dy === 0) return;
    this.pilot.automatic = false;
    this.pilot.flyTo({ ...camera, x: camera.x + dx / camera.scale, y: camera.y + dy / camera.scale });
  }

  #look() {
    const store = this.#store;
    const handles = computed(() => {
      void store.version.value;
      const hovered = store.hovered.value;
      return JSON.stringify([
        store.selectedNode()?.h ?? null,
        store.selectedEdge()?.h ?? null,
        hovered?.kind === "node" ? (store.graph.nodeById(hovered.id)?.h ?? null) : null,
        hovered?.kind === "edge" ? (store.graph.edgeById(hovered.id)?.h ?? null) : null,
      ]);
    });
    const choice = computed(() => `${store.chosen.value.edges} ${store.chosen.value.colourBy}`);
    return computed((): Look => {
      const [selectedNode, selectedEdge, hoveredNode, hoveredEdge] = JSON.parse(handles.value);
      const [edges, colourBy] = choice.value.split(" ") as [Look["edges"], Look["colourBy"]];
      const edge = hoveredEdge === null ? undefined : store.graph.edges.get(hoveredEdge);
      return {
        theme: theme.value,
        metric: store.metric.value,
        metrics: store.metrics.value,
        edges,
        colourBy,
        matched: store.matched.value,
        shown: store.shown.value,
        selectedNode,
        selectedEdge,
        hoveredNode,
        hoveredEdge,
        bright:
          hoveredNode !== null
            ? store.graph.neighbourhood(hoveredNode)
            : edge
              ? new Set([edge.source, edge.target])
              : null,
      };
    });
  }

  #click(hit: Hit | null): void {
    const { graph } = this.#store;
    if (hit?.kind === "node") this.#store.selectNode(hit.node);
    else if (hit?.kind === "edge") this.#store.select({ kind: "edge", id: graph.edges.get(hit.edge)!.id });
    else this.#store.select(null);
  }

  #hover(hit: Hit | null): void {
    clearTimeout(this.#hoverTimer);
    const { graph, hovered } = this.#store;
    const id =
      hit?.kind === "node"
        ? graph.nodes.get(hit.node)?.id
        : hit?.kind === "edge"
          ? graph.edges.get(hit.edge)?.id
          : undefined;
    const next =
      id === undefined || hit?.kind === "group" ? null : { kind: hit!.kind as "node" | "edge", id };
    this.#hoverTimer = setTimeout(() => {
      hovered.value = next;
    }, HOVER_MS);
  }

  #zoomTo(hit: Hit | null): void {
    if (hit?.kind !== "group" && hit?.kind !== "node") return;
    const { scene } = this.renderer!;
    const group = hit.kind === "group" ? hit.group : scene.marks.get(hit.node)?.group;
    const box = scene.groups.get(group ?? "");
    if (!box?.framed) return;
    this.pilot!.automatic = false;
    this.pilot!.fit(box.box);
  }

  #moved(camera: Camera): void {
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => this.#store.choose({ camera }), SETTLE_MS);
  }

  #drawn(): void {
    const frame = this.renderer?.frame;
    if (!frame) return;
    this.#motion?.update();
    const { shown, all, merged } = frame.edges.shown;
    const what = merged ? "links between groups" : "edges";
    this.leftOut.value = shown < all ? `Showing ${count(shown)} of ${count(all)} ${what}` : "";
  }

  /** Shows everything, and keeps doing so until the camera is moved. */
  fit(): void {
    if (!this.pilot || !this.renderer) return;
    this.pilot.automatic = true;
    this.pilot.fit(this.renderer.scene.bounds());
    this.#store.choose({ camera: null });
  }

  fitSelection(): void {
    const h = this.#store.selectedNode()?.h;
    if (h === undefined || !this.pilot || !this.renderer) return;
    this.pilot.automatic = false;
    this.pilot.fit(this.renderer.scene.bounds(this.#store.graph.neighbourhood(h)), false, 1.5);
  }

  /** Actual size, around the middle. */
  actualSize(): void {
    if (this.pilot) this.pilot.zoom(1 / this.pilot.camera.scale);
  }

  /** Moves the selection to the next node in a direction, or selects a first one. */
  walk(direction: Direction): void {
    const scene = this.renderer?.scene;
    if (!scene) return;
    const h = this.#store.selectedNode()?.h;
    const from = h === undefined ? undefined : scene.marks.get(h);
    const next = from
      ? nextInDirection(from, scene.marks.values(), direction)
      : scene.labelOrder().find((m) => m.shown);
    if (next) this.#store.selectNode(next.h);
  }

  async savePng(): Promise<void> {
    const blob = await this.renderer?.toPNG();
    if (blob) saveFile(blob, `reticle-${this.#store.chosen.value.view}.png`);
  }
}

/** Whether a camera shows a box whole, and not much smaller than it could. */
function showsWell(camera: Camera, view: Viewport, box: Box, best: Camera): boolean {
  const a = toScreen({ x: box.x0, y: box.y0 }, camera, view);
  const b = toScreen({ x: box.x1, y: box.y1 }, camera, view);
  const whole = a.x >= 0 && a.y >= 0 && b.x <= view.width && b.y <= view.height;
  return whole && best.scale < camera.scale * MOST_SLACK;
}

/** Hands a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
