/**
 * The page's state: what was chosen (signals), what the server said (session), and the few actions that
 * change either. Components read; only this file writes.
 */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { getViews } from "../api/rest.ts";
import { type LinkState, Stream } from "../api/stream.ts";
import type { Graph, GraphChange } from "../model/graph.ts";
import { History } from "../model/history.ts";
import { matches, parseQuery } from "../model/search.ts";
import { Session, type SessionEvent } from "../model/session.ts";
import { trafficOf } from "../model/traffic.ts";
import type { MetricInfo, NodeHandle, StreamEdge, StreamNode, ViewInfo } from "../model/types.ts";
import type { Display, Selection, UrlState } from "../model/url_state.ts";

export type GraphListener = (graph: Graph, change: GraphChange) => void;

/** Samples of an edge that are kept for its sparklines. */
const EDGE_SERIES = [
  "sent_bytes_per_second",
  "received_bytes_per_second",
  "rtt_us",
  "opened_per_second",
] as const;

export class Store {
  readonly session = new Session();
  readonly history = new History();
  readonly chosen;
  readonly views = signal<ViewInfo[]>([]);
  readonly link = signal<{ state: LinkState; retry_at: number }>({ state: "connecting", retry_at: 0 });
  /** When anything last arrived, by this page's clock. */
  readonly heard_at = signal(0);
  /** Grow with every change of the graph, and of the status. */
  readonly version = signal(0);
  readonly statusVersion = signal(0);
  /** What the server last refused, in its words. */
  readonly error = signal<string | null>(null);
  readonly hovered = signal<Selection | null>(null);
  readonly help = signal(false);
  readonly view: ReadonlySignal<ViewInfo | null>;
  readonly metrics: ReadonlySignal<readonly MetricInfo[]>;
  readonly metric: ReadonlySignal<MetricInfo | null>;
  readonly matched: ReadonlySignal<ReadonlySet<NodeHandle> | null>;
  readonly shown: ReadonlySignal<ReadonlySet<NodeHandle> | null>;
  readonly #viewsFailed = signal(false);
  readonly #listeners = new Set<GraphListener>();
  readonly #stream: Stream;

  constructor(initial: UrlState, streamUrl: string) {
    this.chosen = signal<UrlState>(initial);
    this.#stream = new Stream(streamUrl, this.session, {
      event: (e) => this.#event(e),
      link: (state, retry) => this.#linked(state, retry),
    });
    this.view = computed(() => this.views.value.find((v) => v.id === this.chosen.value.view) ?? null);
    this.metrics = computed(() => this.view.value?.metrics ?? []);
    this.metric = computed(() => {
      const id = this.chosen.value.metric;
      return id === null
        ? (this.metrics.value[0] ?? null)
        : (this.metrics.value.find((m) => m.id === id) ?? null);
    });
    this.matched = this.#stableSet(() => this.#matching());
    this.shown = this.#stableSet(() => this.#showing());
  }

  /** Connects, and follows the wanted view and options from then on. */
  start(): void {
    const wanted = computed(() => this.#wanted());
    effect(() => {
      if (wanted.value === null) return;
      const [view, options] = JSON.parse(wanted.value) as [string, Record<string, string>];
      this.history.clear();
      this.#stream.want(view, options);
      batch(() => {
        this.error.value = null;
        this.hovered.value = null;
        this.version.value = this.version.peek() + 1;
      });
    });
    this.#stream.connect();
  }

  /**
   * The view and all its options as one text, so that nothing is asked twice. Defaults are said aloud: a
   * server takes an option that is not given as no filter. Null until the views are known.
   */
  #wanted(): string | null {
    if (this.views.value.length === 0 && !this.#viewsFailed.value) return null;
    const { view, options } = this.chosen.value;
    const usual = Object.fromEntries((this.view.value?.options ?? []).map((o) => [o.id, o.default]));
    return JSON.stringify([view, { ...usual, ...options }]);
  }

  get graph(): Graph {
    return this.session.graph;
  }

  /** The server's clock, run on since it was last heard. */
  now_ms(): number {
    return this.session.time_ms + Math.max(0, Date.now() - this.heard_at.peek());
  }

  /** Calls back with every change of the graph; answers how to stop. */
  listen(listener: GraphListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  retry(): void {
    this.#stream.connect();
  }

  choose(part: Partial<UrlState>): void {
    this.chosen.value = { ...this.chosen.value, ...part };
  }

  /** Changes the view; what was selected and chosen there does not carry over. */
  chooseView(view: string): void {
    if (view === this.chosen.value.view) return;
    this.choose({ view, selection: null, focus: false, options: {}, metric: null, camera: null, sort: "" });
  }

  show(display: Display): void {
    this.choose({ display });
  }

  select(selection: Selection | null): void {
    this.choose({ selection, focus: selection !== null && this.chosen.value.focus });
  }

  selectNode(h: NodeHandle): void {
    const node = this.graph.nodes.get(h);
    if (node) this.select({ kind: "node", id: node.id });
  }

  selectedNode(): StreamNode | undefined {
    const s = this.chosen.value.selection;
    return s?.kind === "node" ? this.graph.nodeById(s.id) : undefined;
  }

  selectedEdge(): StreamEdge | undefined {
    const s = this.chosen.value.selection;
    return s?.kind === "edge" ? this.graph.edgeById(s.id) : undefined;
  }

  /** Steps through the view's metrics. */
  stepMetric(by: number): void {
    const all = this.metrics.value;
    if (all.length === 0) return;
    const at = all.findIndex((m) => m.id === this.metric.value?.id);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
    this.choose({ metric: all[next]!.id });
  }

  #matching(): Set<NodeHandle> | null {
    const terms = parseQuery(this.chosen.value.query);
    void this.version.value;
    if (terms.length === 0) return null;
    const found = new Set<NodeHandle>();
    for (const node of this.graph.nodes.values()) if (matches(node, terms)) found.add(node.h);
    return found;
  }

  #showing(): Set<NodeHandle> | null {
    const { focus, hideOthers } = this.chosen.value;
    void this.version.value;
    const matched = this.matched.value;
    const near = focus ? this.#near() : null;
    if (near && hideOthers && matched) return new Set([...near].filter((h) => matched.has(h)));
    return near ?? (hideOthers && matched ? new Set(matched) : null);
  }

  #near(): Set<NodeHandle> | null {
    const node = this.selectedNode();
    if (node) return this.graph.neighbourhood(node.h);
    const edge = this.selectedEdge();
    return edge ? new Set([edge.source, edge.target]) : null;
  }

  /** A set that stays the same object while its content does, so that nothing is drawn anew for it. */
  #stableSet(make: () => Set<NodeHandle> | null): ReadonlySignal<ReadonlySet<NodeHandle> | null> {
    let last: Set<NodeHandle> | null = null;
    return computed(() => {
      const next = make();
      if (!sameSet(last, next)) last = next;
      return last;
    });
  }

  #event(event: SessionEvent): void {
    this.heard_at.value = Date.now();
    if (event.kind === "graph") this.#graph(event.change);
    else if (event.kind === "status") this.statusVersion.value = this.statusVersion.peek() + 1;
    else if (event.kind === "error") this.error.value = this.session.error?.message ?? null;
  }

  #graph(change: GraphChange): void {
    this.#record(change);
    for (const listener of this.#listeners) listener(this.graph, change);
    batch(() => {
      if (change.reset) this.hovered.value = null;
      this.version.value = this.version.peek() + 1;
    });
  }

  #record(change: GraphChange): void {
    const { graph } = this;
    // What ended keeps its past for whoever still looks at it, until the room is needed.
    if (this.history.full) this.history.retain((id) => !!graph.nodeById(id) || !!graph.edgeById(id));
    const now = this.session.time_ms;
    const ends = new Set<NodeHandle>();
    for (const h of change.edges) {
      const edge = this.graph.edges.get(h)!;
      ends.add(edge.source).add(edge.target);
      for (const name of EDGE_SERIES) this.history.record(edge.id, name, now, edge[name] ?? 0);
    }
    for (const h of change.nodes) {
      const node = this.graph.nodes.get(h)!;
      for (const id in node.metrics) this.history.record(node.id, id, now, node.metrics[id]!);
    }
    for (const h of ends) {
      const node = this.graph.nodes.get(h)!;
      const traffic = trafficOf(this.graph, h);
      this.history.record(node.id, "sent", now, traffic.sent_bytes_per_second);
      this.history.record(node.id, "received", now, traffic.received_bytes_per_second);
    }
  }

  #linked(state: LinkState, retry_ms: number): void {
    this.link.value = { state, retry_at: Date.now() + retry_ms };
    if (state === "open") void this.#loadViews();
  }

  async #loadViews(): Promise<void> {
    try {
      this.views.value = (await getViews()).views;
      this.error.value = this.session.error?.message ?? null;
    } catch (e) {
      this.#viewsFailed.value = true;
      this.error.value = `The list of views did not load: ${(e as Error).message}`;
    }
  }
}

function sameSet(a: ReadonlySet<number> | null, b: ReadonlySet<number> | null): boolean {
  if (a === null || b === null || a.size !== b.size) return a === b;
  for (const v of a) if (!b.has(v)) return false;
  return true;
}
