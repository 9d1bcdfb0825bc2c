/** The made-up world as the API's views, with places for everything. */

const PSEUDO = {
  "internet-in": { kind: "internet", label: "The Internet", sublabel: "inbound", x: -260, y: 120 },
  "internet-out": { kind: "internet", label: "The Internet", sublabel: "outbound", x: -260, y: 420 },
  "service:api.bank.example": {
    kind: "service",
    label: "api.bank.example",
    sublabel: "203.0.113.7",
    x: -260,
    y: 620,
  },
  "lan:192.168.7.20": { kind: "lan_host", label: "192.168.7.20", sublabel: "no probe", x: -260, y: 800 },
};
const CPU = { id: "process_cpu_usage_percent", label: "CPU", format: "percent", capacity: 100 };
const MEMORY = { id: "process_memory_usage_bytes", label: "Memory", format: "bytes", capacity: null };
const UNCONNECTED = {
  id: "unconnected",
  type: "one",
  default: "hide",
  none_label: null,
  values: [
    { value: "show", label: "Show unconnected" },
    { value: "hide", label: "Hide unconnected" },
  ],
};

export const VIEWS = [
  {
    id: "processes",
    name: "Processes",
    parent: null,
    rank: 1,
    hide_if_empty: true,
    options: [UNCONNECTED],
    metrics: [CPU, MEMORY, { id: "open_files_count", label: "Files", format: "count", capacity: 1024 }],
  },
  {
    id: "processes-by-name",
    name: "by name",
    parent: "processes",
    rank: 2,
    hide_if_empty: true,
    options: [UNCONNECTED],
    metrics: [CPU, MEMORY],
  },
  {
    id: "hosts",
    name: "Hosts",
    parent: null,
    rank: 10,
    hide_if_empty: false,
    options: [],
    metrics: [
      { id: "load1", label: "Load", format: "count", capacity: 8 },
      { ...CPU, id: "host_cpu_usage_percent" },
      { ...MEMORY, id: "host_mem_usage_bytes", capacity: 16e9 },
    ],
  },
];

/** The nodes and edges of a view by id, and how many are hidden. */
export function renderView(world, view, options) {
  const mapping = { processes: processNode, "processes-by-name": nameNode, hosts: hostNode }[view];
  const nodes = new Map();
  const edges = new Map();
  const place = new Map();
  for (const p of world.processes.values()) {
    const made = mapping(world, p);
    place.set(p.id, made.id);
    const known = nodes.get(made.id);
    if (known) merge(known, made);
    else nodes.set(made.id, made);
  }
  const connected = new Set();
  for (const e of world.edges.values()) addEdge(world, e, nodes, edges, place, connected);
  let hidden = 0;
  if (view !== "hosts" && (options.unconnected ?? "hide") === "hide") {
    for (const id of nodes.keys()) {
      if (connected.has(id)) continue;
      nodes.delete(id);
      hidden++;
    }
  }
  arrange(nodes, view);
  const pseudo = [...nodes.values()].filter((n) => n.pseudo).length;
  return {
    nodes,
    edges,
    stats: { nodes: nodes.size - pseudo, pseudo_nodes: pseudo, edges: edges.size, hidden_nodes: hidden },
  };
}

function addEdge(world, e, nodes, edges, place, connected) {
  const ends = [e.from, e.to].map((end) => {
    if (typeof end !== "string") return place.get(end.id);
    if (!nodes.has(end)) nodes.set(end, pseudoNode(end));
    return end;
  });
  if (ends.includes(undefined)) return;
  for (const id of ends) connected.add(id);
  const id = `e:${ends[0]}>${ends[1]}:${e.port}`;
  const known = edges.get(id);
  if (!known) {
    edges.set(id, edgeOf(world, e, id, ends));
    return;
  }
  known.active += e.active;
  known.opened += e.opened;
  known.failed += e.failed;
  known.bytes_sent += e.bytes_sent;
  known.bytes_received += e.bytes_received;
  known.sent_bytes_per_second += e.sent;
  known.received_bytes_per_second += e.received;
}

function edgeOf(world, e, id, [source, target]) {
  return {
    id,
    source,
    target,
    protocol: e.protocol,
    port: e.port,
    state: world.edgeState(e),
    seen_by: typeof e.to === "string" ? "client" : typeof e.from === "string" ? "server" : "both",
    evidence: ["sweep"],
    attribution: "exact",
    active: e.active,
    opened: e.opened,
    closed: Math.max(0, e.opened - e.active),
    failed: e.failed,
    bytes_sent: e.bytes_sent,
    bytes_received: e.bytes_received,
    packets: e.packets,
    retransmits: e.retransmits,
    sent_bytes_per_second: e.sent,
    received_bytes_per_second: e.received,
    opened_per_second: e.failing ? 0 : 1,
    rtt_us: e.rtt_us,
    rtt_min_us: e.rtt_min_us,
    first_seen_ms: e.first_seen_ms,
    last_seen_ms: e.last_seen_ms,
    dialled: [
      {
        address: "10.0.3.7",
        port: e.port,
        name: `${typeof e.to === "string" ? "peer" : e.to.tier.name}.internal`,
      },
    ],
  };
}

function blank(fields) {
  return {
    sublabel: "",
    group: "",
    group_label: "",
    state: "live",
    pseudo: false,
    members: 1,
    since_ms: 0,
    x: 0,
    y: 0,
    metrics: {},
    attributes: {},
    parents: [],
    ...fields,
  };
}

function pseudoNode(id) {
  const { x, y, ...fields } = PSEUDO[id];
  return blank({ id, pseudo: true, x: x * 16, y: y * 16, ...fields });
}

function processNode(_world, p) {
  const { host, tier } = p;
  return blank({
    id: p.id,
    kind: "process",
    label: tier.name,
    sublabel: `${host.label} (${p.pid})`,
    group: host.id,
    group_label: host.label,
    state: p.state,
    since_ms: p.since_ms,
    metrics: {
      process_cpu_usage_percent: Math.round(p.cpu * 10) / 10,
      process_memory_usage_bytes: p.memory,
      open_files_count: p.files,
    },
    attributes: {
      pid: p.pid,
      ppid: 1,
      name: tier.name,
      cmdline: `/usr/sbin/${tier.name} --config /etc/${tier.name}.conf`,
      user: tier.user,
      threads: 4,
    },
    parents: [{ view: "hosts", id: host.id, label: host.label }],
  });
}

function nameNode(_world, p) {
  return blank({
    id: `name:${p.tier.name}`,
    kind: "process_name",
    label: p.tier.name,
    state: p.state,
    since_ms: p.since_ms,
    metrics: { process_cpu_usage_percent: p.cpu, process_memory_usage_bytes: p.memory },
    attributes: { name: p.tier.name, user: p.tier.user },
  });
}

function hostNode(world, p) {
  const { host } = p;
  return blank({
    id: host.id,
    kind: "host",
    label: host.label,
    sublabel: "Debian 12",
    group: host.id,
    group_label: host.label,
    state: host.state,
    since_ms: world.started_ms,
    members: 1,
    metrics: {
      load1: Math.round(host.load * 100) / 100,
      host_cpu_usage_percent: Math.min(100, host.load * 22),
      host_mem_usage_bytes: 6e9 + host.load * 1e9,
    },
    attributes: {
      os: "linux",
      kernel: "6.1.0-26-amd64",
      clock_skew_ms: 3,
      probe_version: "0.1.0",
      connections_source: "sock_diag",
    },
  });
}

function merge(known, made) {
  if (known.kind === "host") return;
  known.members++;
  known.sublabel = `${known.members} processes`;
  for (const [id, v] of Object.entries(made.metrics)) known.metrics[id] = (known.metrics[id] ?? 0) + v;
  if (made.state === "live") known.state = "live";
}

const STEP_X = 132;
const STEP_Y = 118;
/** Where a node was put is kept for as long as it is known, so that nothing jumps. */
const slots = new Map();
/** The members of the largest group a view has had. */
const extents = new Map();

function arrange(nodes, view) {
  const groups = new Map();
  for (const n of nodes.values()) {
    if (n.pseudo) continue;
    const key = `${view} ${view === "processes" ? n.group : ""}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(n);
  }
  const columns = Math.ceil(Math.sqrt(groups.size * 1.2));
  // Sizes only grow, as places are kept.
  const largest = Math.max(extents.get(view) ?? 0, ...[...groups.values()].map((g) => g.length + 2));
  extents.set(view, largest);
  const side = Math.max(2, Math.ceil(Math.sqrt(largest * 1.5)));
  [...groups].forEach(([key, members], i) => {
    const x = (i % columns) * (side * STEP_X + 40);
    const y = Math.floor(i / columns) * (Math.ceil(largest / side) * STEP_Y + 60);
    release(key, new Set(members.map((n) => n.id)));
    for (const n of members) place(n, slotOf(key, n.id), side, x, y);
  });
}

function slotOf(key, id) {
  if (!slots.has(key)) slots.set(key, []);
  const taken = slots.get(key);
  const at = taken.indexOf(id);
  if (at >= 0) return at;
  const free = taken.indexOf(null);
  if (free < 0) return taken.push(id) - 1;
  taken[free] = id;
  return free;
}

/** Frees the slots of what is gone, so that groups do not grow for ever. */
function release(key, alive) {
  const taken = slots.get(key) ?? [];
  taken.forEach((id, i) => {
    if (id !== null && !alive.has(id)) taken[i] = null;
  });
}

function place(n, slot, side, x, y) {
  const jitter = (salt) => ((Math.imul(slot + salt, 2654435761) >>> 0) / 4294967296 - 0.5) * 26;
  n.x = Math.round((x + (slot % side) * STEP_X + jitter(3)) * 16);
  n.y = Math.round((y + Math.floor(slot / side) * STEP_Y + jitter(11)) * 16);
}
