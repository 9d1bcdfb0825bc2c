/** The map on the page: the canvases, the buttons beside them, and the same nodes as a list for readers. */
import { useEffect, useRef, useState } from "preact/hooks";
import { glyphOf } from "../model/glyph.ts";
import { trafficOf } from "../model/traffic.ts";
import type { StreamNode } from "../model/types.ts";
import { useLive } from "./context.ts";
import { Icon, type IconName } from "./icons.tsx";

/** Nodes in the list beside the canvas; more would only slow the reader down. */
const MOST_LISTED = 200;
/** Room around a fitted map: names of nodes at its rim stick out, the card and the panel take their part. */
const MARGIN = 24;
const NAMES = 40;
const TOOLS = 212;
const PANEL = 404;

export function MapView() {
  const { store, map } = useLive();
  const host = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      map.mount(host.current!, () => {
        const narrow = window.innerWidth < 900;
        return {
          insets: { top: MARGIN, bottom: 56, left: (narrow ? MARGIN : TOOLS) + NAMES, right: MARGIN },
          panel: narrow ? 0 : PANEL,
        };
      }),
    [map],
  );
  const { nodes, edges } = store.graph;
  const name = store.view.value?.name ?? store.chosen.value.view;
  return (
    <div class="map">
      <div
        ref={host}
        class="map-canvas"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is an application with keys of its own
        tabIndex={0}
        aria-label={`Map of ${name}: ${nodes.size} nodes, ${edges.size} edges. Arrow keys walk from node to node.`}
      />
      <NodeList />
      <div class="map-buttons">
        <MapButton icon="plus" label="Zoom in (+)" act={() => map.pilot?.zoom(1.4)} />
        <MapButton icon="minus" label="Zoom out (-)" act={() => map.pilot?.zoom(1 / 1.4)} />
        <MapButton icon="fit" label="Fit everything (Shift 1)" act={() => map.fit()} />
        <MapButton icon="picture" label="Save as PNG" act={() => void map.savePng()} />
      </div>
    </div>
  );
}

function MapButton({ icon, label, act }: { icon: IconName; label: string; act: () => void }) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

/** What the canvas shows, in words: one tab stop, arrows within, Enter selects. */
function NodeList() {
  const { store } = useLive();
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const shown = listed(
    store.graph.nodes.values(),
    (n) => store.shown.value?.has(n.h) ?? store.matched.value?.has(n.h) ?? true,
  );
  const current = Math.min(at, shown.length - 1);
  const step = (e: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    e.stopPropagation();
    const next = Math.max(0, Math.min(shown.length - 1, current + by));
    setAt(next);
    list.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <ul ref={list} class="visually-hidden" aria-label="Nodes on the map" onKeyDown={step}>
      {shown.map((n, i) => (
        <li key={n.h}>
          <button
            type="button"
            tabIndex={i === current ? 0 : -1}
            onClick={() => store.selectNode(n.h)}
            onFocus={() => {
              store.hovered.value = { kind: "node", id: n.id };
            }}
            onBlur={() => {
              store.hovered.value = null;
            }}
          >
            {describe(n)}, {connections(trafficOf(store.graph, n.h))}
          </button>
        </li>
      ))}
    </ul>
  );
}

function listed(nodes: Iterable<StreamNode>, keep: (n: StreamNode) => boolean): StreamNode[] {
  const found: StreamNode[] = [];
  for (const n of nodes) {
    if (found.length >= MOST_LISTED) break;
    if (keep(n)) found.push(n);
  }
  return found;
}

function describe(n: StreamNode): string {
  const where = n.group_label ? ` on ${n.group_label}` : "";
  return `${n.label}, ${glyphOf(n.kind).name}${where}${n.state === "live" ? "" : `, ${n.state}`}`;
}

function connections({ clients, servers }: { clients: number; servers: number }): string {
  return `${clients} outbound, ${servers} inbound`;
}
