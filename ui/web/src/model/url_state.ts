/** The page's state as a query string, so that a link shows another person the same picture. */
import type { Camera } from "./camera.ts";
import type { ColourBy, EdgesMode } from "./look.ts";

export type Display = "graph" | "table";
export type Selection = { kind: "node"; id: string } | { kind: "edge"; id: string };

export interface UrlState {
  view: string;
  display: Display;
  query: string;
  /** A metric's id; empty for none; null for the view's first. */
  metric: string | null;
  edges: EdgesMode;
  colourBy: ColourBy;
  selection: Selection | null;
  focus: boolean;
  hideOthers: boolean;
  options: Record<string, string>;
  /** Null while the map is kept fitted. */
  camera: Camera | null;
  /** `column` or `-column` of the table; empty for its usual order. */
  sort: string;
}

export const DEFAULTS: UrlState = {
  view: "processes",
  display: "graph",
  query: "",
  metric: null,
  edges: "bytes",
  colourBy: "name",
  selection: null,
  focus: false,
  hideOthers: false,
  options: {},
  camera: null,
  sort: "",
};

const OPTION = "o.";

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], otherwise: T): T {
  return allowed.find((a) => a === value) ?? otherwise;
}

/** Reads a query string; what is missing or malformed is as usual. */
export function parseUrl(search: string): UrlState {
  const all = new Map<string, string>();
  for (const pair of search.replace(/^\?/, "").split("&")) {
    const at = pair.indexOf("=");
    if (at > 0) all.set(decode(pair.slice(0, at)), decode(pair.slice(at + 1)));
  }
  const node = all.get("node");
  const edge = all.get("edge");
  const selection: Selection | null = node
    ? { kind: "node", id: node }
    : edge
      ? { kind: "edge", id: edge }
      : null;
  return {
    view: all.get("view") || DEFAULTS.view,
    display: oneOf(all.get("show"), ["graph", "table"], DEFAULTS.display),
    query: all.get("q") ?? "",
    metric: all.get("metric") ?? null,
    edges: oneOf(all.get("edges"), ["bytes", "rtt", "errors"], DEFAULTS.edges),
    colourBy: oneOf(all.get("colour"), ["name", "host", "user"], DEFAULTS.colourBy),
    selection,
    focus: all.get("focus") === "1" && selection !== null,
    hideOthers: all.get("only") === "1",
    options: optionsOf(all),
    camera: cameraOf(all.get("at")),
    sort: all.get("sort") ?? "",
  };
}

/** Writes the query string; what is as usual is left out. `kept` are foreign parameters to carry along. */
export function formatUrl(state: UrlState, kept: Record<string, string> = {}): string {
  const parts: [string, string][] = Object.entries(kept);
  const put = (key: string, value: string, usual: string) => {
    if (value !== usual) parts.push([key, value]);
  };
  put("view", state.view, DEFAULTS.view);
  put("show", state.display, DEFAULTS.display);
  put("q", state.query, "");
  if (state.metric !== null) parts.push(["metric", state.metric]);
  put("edges", state.edges, DEFAULTS.edges);
  put("colour", state.colourBy, DEFAULTS.colourBy);
  if (state.selection) parts.push([state.selection.kind, state.selection.id]);
  if (state.focus) parts.push(["focus", "1"]);
  if (state.hideOthers) parts.push(["only", "1"]);
  for (const [id, value] of Object.entries(state.options)) parts.push([OPTION + id, value]);
  if (state.camera) {
    const { x, y, scale } = state.camera;
    parts.push(["at", `${Math.round(x)},${Math.round(y)},${scale.toFixed(3)}`]);
  }
  put("sort", state.sort, "");
  return parts.length === 0 ? "" : `?${parts.map(([k, v]) => `${encode(k)}=${encode(v)}`).join("&")}`;
}

function optionsOf(all: ReadonlyMap<string, string>): Record<string, string> {
  const options: Record<string, string> = {};
  for (const [key, value] of all) if (key.startsWith(OPTION)) options[key.slice(OPTION.length)] = value;
  return options;
}

function cameraOf(text: string | undefined): Camera | null {
  const [x, y, scale] = (text ?? "").split(",").map(Number);
  if (x === undefined || y === undefined || scale === undefined) return null;
  return [x, y, scale].every(Number.isFinite) && scale > 0 ? { x, y, scale } : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return "";
  }
}

/** Ids are full of `;` and `:`, which a query string may hold as they are. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%3B/g, ";")
    .replace(/%3A/g, ":")
    .replace(/%2C/g, ",")
    .replace(/%2F/g, "/");
}
