/**
 * A development server: serves the built page and speaks docs/api.md about a made-up, changing world.
 *
 *   node dev/fake_server.mjs [--port 4041] [--nodes 60] [--seed 7] [--churn 0.01] [--stale 1]
 *                            [--base /] [--dist dist] [--still] [--no-probes] [--epoch text]
 *
 * --nodes   processes in the world (20 to 5000 and more)     --stale   hosts whose probe is silent
 * --churn   part of processes replaced now and then          --still   nothing changes: for screenshots
 * --base    sub-path to serve under                          --no-probes  an empty world
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";
import { diff, isEmpty } from "./diff.mjs";
import { renderView, VIEWS } from "./views.mjs";
import { World } from "./world.mjs";

const POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const CHUNK = 400;

/** One subscription: what the viewer has, with its handles. */
class Subscription {
  constructor({ sub, view, options }) {
    Object.assign(this, { sub, view, options, seq: 0, handles: new Map(), next: 1 });
    this.state = { nodes: new Map(), edges: new Map() };
  }

  /** The messages that bring the viewer up to date; a first call makes a snapshot in chunks. */
  update(world) {
    const rendered = renderView(world, this.view, this.options);
    const state = { nodes: this.#give(rendered.nodes, "n"), edges: new Map() };
    for (const [h, e] of this.#give(rendered.edges, "e")) {
      state.edges.set(h, { ...e, source: this.#handle("n", e.source), target: this.#handle("n", e.target) });
    }
    const delta = diff(this.state, state);
    const first = this.seq === 0;
    this.state = state;
    if (!first && isEmpty(delta)) return [];
    const numbers = { type: "delta", sub: this.sub, time_ms: Math.round(world.now_ms) };
    if (!first) return [{ ...numbers, seq: ++this.seq, ...delta, stats: rendered.stats }];
    return this.#snapshot(numbers, delta, rendered.stats);
  }

  #snapshot(numbers, delta, stats) {
    const parts = [];
    const nodes = delta.nodes?.put ?? [];
    const edges = delta.edges?.put ?? [];
    for (let i = 0; i < nodes.length; i += CHUNK) parts.push({ nodes: { put: nodes.slice(i, i + CHUNK) } });
    for (let i = 0; i < edges.length; i += CHUNK) parts.push({ edges: { put: edges.slice(i, i + CHUNK) } });
    if (parts.length === 0) parts.push({});
    return parts.map((part, i) => ({
      ...numbers,
      seq: ++this.seq,
      ...(i === 0 && { reset: true }),
      ...(i < parts.length - 1 ? { more: true } : { stats }),
      ...part,
    }));
  }

  #handle(space, id) {
    const key = space + id;
    if (!this.handles.has(key)) this.handles.set(key, this.next++);
    return this.handles.get(key);
  }

  #give(things, space) {
    return new Map(
      [...things].map(([id, t]) => [this.#handle(space, id), { ...t, h: this.#handle(space, id) }]),
    );
  }
}

/** Starts the server; answers its address, its world, and how to stop it. */
export async function startFakeServer(given = {}) {
  const options = {
    port: 0,
    nodes: 60,
    seed: 7,
    churn: 0.01,
    stale: 0,
    base: "/",
    still: false,
    probes: true,
    epoch: "fake-1",
    ...given,
  };
  const dist = options.dist ?? fileURLToPath(new URL("../dist", import.meta.url));
  const world = new World({ nodes: options.probes ? options.nodes : 0, seed: options.seed, churn: 0 });
  if (!options.probes) world.hosts.length = 0;
  for (let i = 0; i < 30; i++) world.tick(1000);
  world.now_ms = Date.now();
  world.churn = options.churn;
  for (const host of world.hosts.slice(-options.stale || world.hosts.length)) world.silence(host, true);
  const http = createServer((request, answer) => void serve(request, answer, options.base, dist, world));
  const sockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    if (!request.url.endsWith("/api/v1/stream")) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => attend(ws, world, options));
  });
  const timer = setInterval(() => {
    if (!options.still) world.tick(1000);
    else world.now_ms = Date.now();
    for (const ws of sockets.clients) ws.update?.();
  }, 1000);
  await new Promise((resolve) => http.listen(options.port, "127.0.0.1", resolve));
  const { port } = http.address();
  const close = () => {
    clearInterval(timer);
    for (const ws of sockets.clients) ws.terminate();
    return new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}${options.base}`, port, world, close };
}

function attend(ws, world, options) {
  const subscriptions = new Map();
  const send = (message) => ws.send(JSON.stringify(message));
  ws.update = () => {
    for (const s of subscriptions.values()) s.update(world).forEach(send);
    send(status(world));
  };
  ws.on("message", (text) => {
    const m = JSON.parse(text);
    if (m.type === "unsubscribe") subscriptions.delete(m.sub);
    else if (!VIEWS.some((v) => v.id === m.view))
      send({ type: "error", sub: m.sub, code: "unknown_view", message: `there is no view ${m.view}` });
    else {
      const s = new Subscription(m);
      subscriptions.set(m.sub, s);
      s.update(world).forEach(send);
    }
  });
  send({
    type: "hello",
    app_epoch: options.epoch,
    version: "0.1.0",
    host_name: "fake",
    time_ms: Math.round(world.now_ms),
  });
  send(status(world));
}

function status(world) {
  const late = world.hosts.filter((h) => h.state === "stale");
  return {
    type: "status",
    time_ms: Math.round(world.now_ms),
    world_seq: 1,
    probes: { live: world.hosts.length - late.length, stale: late.length, ended: 0 },
    late: late.map((h) => ({
      host_id: h.id,
      host_name: h.label,
      silent_ms: Math.round(14_000 + world.now_ms - h.silent_since_ms),
    })),
    refused: [],
    views: statsOf(world),
  };
}

/** Counting a large world takes longer than a second allows, so counts are renewed now and then. */
function statsOf(world) {
  if (!world.stats || world.now_ms - world.stats_ms > 5000) {
    world.stats = Object.fromEntries(VIEWS.map((v) => [v.id, renderView(world, v.id, {}).stats]));
    world.stats_ms = world.now_ms;
  }
  return world.stats;
}

async function serve(request, answer, base, dist, world) {
  const url = new URL(request.url, "http://fake");
  if (!url.pathname.startsWith(base)) return send(answer, 404, "text/plain", "not here");
  const path = url.pathname.slice(base.length);
  if (path.startsWith("api/v1/")) return api(answer, path.slice(7), url.searchParams, world);
  const name = normalize(path === "" ? "index.html" : path);
  try {
    send(answer, 200, TYPES[extname(name)] ?? "application/octet-stream", await readFile(join(dist, name)));
  } catch {
    send(answer, 404, "text/plain", "not here");
  }
}

function api(answer, path, query, world) {
  const json = (value, code = 200) => send(answer, code, "application/json", JSON.stringify(value));
  const view = query.get("view") ?? "processes";
  if (path === "views") {
    const views = VIEWS.map((v) => ({ ...v, stats: statsOf(world)[v.id] }));
    return json({ app_epoch: "fake-1", world_seq: 1, time_ms: Math.round(world.now_ms), views });
  }
  const node = path.startsWith("nodes/")
    ? renderView(world, view, { unconnected: "show" }).nodes.get(decodeURIComponent(path.slice(6)))
    : undefined;
  if (!node) return json({ error: { code: "not_found", message: `there is no ${path}` } }, 404);
  const words = (id) => id.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase());
  const attributes = Object.entries(node.attributes).map(([id, value]) => ({
    id,
    label: words(id),
    value,
    format: "",
    group: "identity",
  }));
  const metrics = VIEWS.find((v) => v.id === view).metrics.map((m) => ({
    ...m,
    value: node.metrics[m.id],
    samples: [],
  }));
  return json({ node, attributes, metrics, inbound: [], outbound: [], children: [], tables: [] });
}

function send(answer, code, type, body) {
  answer.writeHead(code, {
    "content-type": type,
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
  });
  answer.end(body);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4041" },
      nodes: { type: "string", default: "60" },
      seed: { type: "string", default: "7" },
      churn: { type: "string", default: "0.01" },
      stale: { type: "string", default: "0" },
      base: { type: "string", default: "/" },
      dist: { type: "string" },
      still: { type: "boolean", default: false },
      "no-probes": { type: "boolean", default: false },
      epoch: { type: "string", default: "fake-1" },
    },
  });
  const [port, nodes, seed, churn, stale] = [
    values.port,
    values.nodes,
    values.seed,
    values.churn,
    values.stale,
  ].map(Number);
  const { base, dist, still, epoch } = values;
  const server = await startFakeServer({
    port,
    nodes,
    seed,
    churn,
    stale,
    base,
    still,
    epoch,
    probes: !values["no-probes"],
    ...(dist && { dist }),
  });
  console.log(server.url);
}
