// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ServerMessage, ViewInfo } from "../../src/model/types.ts";
import { DEFAULTS, parseUrl } from "../../src/model/url_state.ts";
import { Chips } from "../../src/view/chips.tsx";
import { type Page, PageContext } from "../../src/view/context.ts";
import { factsOf } from "../../src/view/details/facts.ts";
import { Panel } from "../../src/view/details/panel.tsx";
import { EmptyState } from "../../src/view/empty.tsx";
import { listenToKeys } from "../../src/view/keyboard.ts";
import { ConnectionBar, LiveState } from "../../src/view/live_state.tsx";
import { isSoftware } from "../../src/view/map/backend.ts";
import { MapControl } from "../../src/view/map/map_control.ts";
import { Store } from "../../src/view/store.ts";
import { TableView } from "../../src/view/table_view.tsx";
import { ToolCard } from "../../src/view/tool_card.tsx";
import { TopBar } from "../../src/view/top_bar.tsx";
import { delta, edge, node } from "../support/things.ts";

/** The one socket of the page, spoken through by the test. */
class Socket {
  static readonly OPEN = 1;
  static last: Socket;
  readyState = 0;
  onopen: () => void = () => {};
  onmessage: (e: { data: string }) => void = () => {};
  onclose: () => void = () => {};

  constructor() {
    Socket.last = this;
  }

  send() {}

  close() {}

  say(message: ServerMessage) {
    act(() => this.onmessage({ data: JSON.stringify(message) }));
  }
}

const stats = { nodes: 2, pseudo_nodes: 0, edges: 1, hidden_nodes: 64 };
const VIEWS: ViewInfo[] = [
  {
    id: "processes",
    name: "Processes",
    parent: null,
    rank: 1,
    hide_if_empty: true,
    options: [
      {
        id: "unconnected",
        type: "one",
        default: "hide",
        none_label: null,
        values: [
          { value: "show", label: "Show unconnected" },
          { value: "hide", label: "Hide unconnected" },
        ],
      },
    ],
    metrics: [
      { id: "cpu", label: "CPU", format: "percent", capacity: 100 },
      { id: "mem", label: "Memory", format: "bytes", capacity: null },
    ],
    stats,
  },
  {
    id: "hosts",
    name: "Hosts",
    parent: null,
    rank: 9,
    hide_if_empty: false,
    options: [],
    metrics: [],
    stats,
  },
];
const STATUS: ServerMessage = {
  type: "status",
  time_ms: 1000,
  world_seq: 1,
  probes: { live: 3, stale: 1, ended: 0 },
  late: [{ host_id: "h4", host_name: "web-4", silent_ms: 14_000 }],
  refused: [],
};
const A = node(1, { id: "a", label: "nginx", metrics: { cpu: 12.5, mem: 7e6 }, attributes: { pid: 7 } });
const B = node(2, { id: "b", label: "postgres", group_label: "db-1" });
const E = edge(1, 1, 2, {
  id: "e",
  port: 5432,
  sent_bytes_per_second: 400e3,
  received_bytes_per_second: 12e3,
  rtt_us: 1200,
});
const SNAPSHOT = delta({ reset: true, nodes: { put: [A, B] }, edges: { put: [E] }, stats });

let page: Page;
let root: HTMLElement;

function show(part: preact.ComponentChild) {
  act(() => render(<PageContext.Provider value={page}>{part}</PageContext.Provider>, root));
}

const text = () => root.textContent?.replace(/\s+/g, " ") ?? "";
const press = (key: string) => act(() => void document.dispatchEvent(new KeyboardEvent("keydown", { key })));
const click = (label: string) =>
  act(() =>
    [...root.querySelectorAll("button")]
      .find((b) => (b.getAttribute("aria-label") ?? b.textContent)?.includes(label))!
      .click(),
  );

beforeEach(() => {
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  const store = new Store(parseUrl(""), "ws://m/");
  page = { store, map: new MapControl(store, "canvas") };
  store.start();
  Socket.last.readyState = 1;
  Socket.last.onopen();
  store.views.value = VIEWS;
  root = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  act(() => render(null, root));
  root.remove();
  vi.unstubAllGlobals();
});

function live() {
  Socket.last.say({ type: "hello", app_epoch: "e1", version: "0.1.0", host_name: "m", time_ms: 1000 });
  Socket.last.say(STATUS);
  Socket.last.say(SNAPSHOT);
}

test("the table follows the stream and a search narrows it", () => {
  live();
  show(<TableView />);
  expect(text()).toContain("nginx");
  expect(text()).toContain("400 kB/s");
  act(() => page.store.choose({ query: "cpu > 10%" }));
  expect(text()).toContain("1 row");
  expect(text()).not.toContain("postgres");
  Socket.last.say(delta({ seq: 2, nodes: { patch: [{ h: 1, metrics: { cpu: 64.5 } }] } }));
  expect(text()).toContain("64.5 %");
});

test("the panel of a node shows its numbers, and goes on to its peer", () => {
  live();
  act(() => page.store.select({ kind: "node", id: "a" }));
  show(<Panel />);
  expect(text()).toContain("12.5 %");
  expect(text()).toContain("Outbound · 1");
  expect(text()).toContain(":5432");
  expect(text()).toContain("1.2 ms");
  Socket.last.say(
    delta({
      seq: 2,
      nodes: { patch: [{ h: 1, metrics: { cpu: 50 } }] },
      edges: { patch: [{ h: 1, rtt_us: 2500 }] },
    }),
  );
  expect(text()).toContain("50 %");
  expect(text()).toContain("2.5 ms");
  click("postgres");
  expect(page.store.chosen.value.selection).toEqual({ kind: "node", id: "b" });
  expect(text()).toContain("Inbound · 1");
});

test("the panel of an edge says who saw it and how", () => {
  live();
  act(() => page.store.select({ kind: "edge", id: "e" }));
  show(<Panel />);
  expect(text()).toContain("nginx → postgres");
  expect(text()).toContain("both ends' probes");
  expect(text()).toContain("sweep");
  expect(text()).toContain("exact");
  Socket.last.say(delta({ seq: 2, edges: { del: [1] } }));
  expect(text()).toContain("ended");
});

test("what is selected stays readable after it has gone", () => {
  live();
  act(() => page.store.select({ kind: "node", id: "a" }));
  show(<Panel />);
  Socket.last.say(delta({ seq: 2, nodes: { del: [1] } }));
  expect(text()).toContain("nginx");
  expect(text()).toContain("ended");
});

test("hidden things are counted and one click brings them back", () => {
  live();
  show(<Chips />);
  expect(text()).toContain("64 hidden");
  click("Show");
  expect(page.store.chosen.value.options).toEqual({ unconnected: "show" });
});

test("late probes are named, and a lost connection says how old the picture is", () => {
  live();
  show(
    <>
      <LiveState />
      <ConnectionBar />
    </>,
  );
  expect(text()).toContain("1 of 4 probes late");
  expect(text()).toContain("web-4silent for 14 s");
  expect(text()).not.toContain("Reconnecting");
  act(() => Socket.last.onclose());
  expect(text()).toContain("Reconnecting… last data");
});

test("an empty map says what to do", () => {
  show(<EmptyState />);
  expect(text()).toBe("");
  Socket.last.say({ ...STATUS, probes: { live: 0, stale: 0, ended: 0 } } as ServerMessage);
  Socket.last.say(delta({ reset: true, stats: { nodes: 0, pseudo_nodes: 0, edges: 0, hidden_nodes: 0 } }));
  expect(text()).toContain("reticle-probe");
  Socket.last.say(STATUS);
  Socket.last.say(delta({ seq: 2, stats: { nodes: 0, pseudo_nodes: 0, edges: 0, hidden_nodes: 9 } }));
  expect(text()).toContain("9 without any connection are hidden");
  click("Show unconnected");
  expect(page.store.chosen.value.options).toEqual({ unconnected: "show" });
});

test("a refused view is said in the server's words", () => {
  show(<EmptyState />);
  Socket.last.say({ type: "error", sub: 1, code: "unknown_view", message: "there is no view nonsense" });
  expect(text()).toContain("there is no view nonsense");
});

test("keys: views, metrics, table, help, and Escape takes away one thing at a time", () => {
  live();
  listenToKeys(page);
  const { store } = page;
  press(">");
  expect(store.metric.value?.id).toBe("mem");
  press("q");
  expect(store.metric.value).toBeNull();
  press("t");
  expect(store.chosen.value.display).toBe("table");
  act(() => store.choose({ selection: { kind: "node", id: "a" }, query: "x" }));
  press("f");
  expect(store.shown.value).toEqual(new Set([1, 2]));
  press("Escape");
  expect(store.chosen.value.focus).toBe(false);
  press("Escape");
  expect(store.chosen.value.selection).toBeNull();
  press("Escape");
  expect(store.chosen.value.query).toBe("");
  press("?");
  expect(store.help.value).toBe(true);
  press("Escape");
  press("2");
  expect(store.chosen.value).toEqual({ ...DEFAULTS, view: "hosts", display: "table" });
});

test("bar and card offer what the server has, in its words", () => {
  live();
  show(
    <>
      <TopBar />
      <ToolCard />
    </>,
  );
  const names = [...root.querySelectorAll("nav button")].map((b) => b.textContent);
  expect(names).toEqual(["Processes", "Hosts"]);
  expect(
    [...root.querySelectorAll("[aria-label='Fill by metric'] button")].map((b) => b.textContent),
  ).toEqual(["CPU", "Memory", "None"]);
  expect([...root.querySelectorAll("[aria-label='unconnected'] button")].map((b) => b.textContent)).toEqual([
    "Show",
    "Hide",
  ]);
  click("Hosts");
  expect(page.store.chosen.value.view).toBe("hosts");
});

test("facts: the server's wording first, the stream's newest value, units by name", () => {
  const n = node(1, {
    attributes: {
      pid: 7,
      boot_time_ms: 1795311000000,
      skew_ms: 3,
      size_bytes: 2e6,
      up: true,
      ips: ["a", "b"],
      name: "x",
    },
  });
  const values = Object.fromEntries(factsOf(n, null, 1795311060000).map((f) => [f.label, f.value]));
  expect(values).toMatchObject({ PID: "7", Skew: "3 ms", Size: "2 MB", Up: "yes", Ips: "a, b" });
  expect(values["Boot time"]).toContain("1 m 0 s ago");
  const worded = factsOf(n, [{ id: "pid", label: "Process id", value: 6, format: "integer", group: "" }], 0);
  expect(worded).toEqual([{ id: "pid", label: "Process id", value: "7" }]);
});

test("software rasterisers are told by their name", () => {
  expect(isSoftware("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))")).toBe(true);
  expect(isSoftware("llvmpipe (LLVM 15.0.6, 256 bits)")).toBe(true);
  expect(isSoftware("ANGLE (NVIDIA, NVIDIA GeForce RTX 3060)")).toBe(false);
});
