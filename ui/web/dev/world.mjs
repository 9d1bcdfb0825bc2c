/** A made-up fleet that lives: hosts with processes that come and go, talk, fail and fall silent. */

const TIERS = [
  { name: "nginx", port: 443, user: "www-data", calls: ["checkout", "catalog", "search"] },
  { name: "checkout", port: 8443, user: "app", calls: ["postgres", "redis", "fraud-score", "bank"] },
  { name: "catalog", port: 8080, user: "app", calls: ["postgres", "redis"] },
  { name: "search", port: 9200, user: "search", calls: ["kafka"] },
  { name: "fraud-score", port: 8444, user: "app", calls: ["redis"] },
  { name: "postgres", port: 5432, user: "postgres", calls: [] },
  { name: "redis", port: 6379, user: "redis", calls: [] },
  { name: "kafka", port: 9092, user: "kafka", calls: ["kafka"] },
  { name: "worker", port: 0, user: "app", calls: ["kafka", "postgres", "mailer"] },
  { name: "mailer", port: 2525, user: "mail", calls: ["smtp"] },
  { name: "node_exporter", port: 9100, user: "nobody", calls: [] },
  { name: "prometheus", port: 9090, user: "prometheus", calls: ["node_exporter"] },
  { name: "sshd", port: 22, user: "root", calls: [] },
];
const ZONES = ["eu1", "eu2", "us1"];

/** A small seeded generator, so that a seed always makes the same fleet. */
export function random(seed) {
  let s = seed >>> 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s >>> 0) / 4294967296;
  };
}

export class World {
  constructor({ nodes, seed = 7, churn = 0.01, now_ms = Date.now() }) {
    this.random = random(seed);
    this.churn = churn;
    this.now_ms = now_ms;
    this.started_ms = now_ms - 3 * 86_400_000;
    this.processes = new Map();
    this.edges = new Map();
    this.nextPid = 1000;
    const hosts = Math.max(2, Math.round(nodes / Math.min(40, 6 + nodes / 20)));
    this.hosts = Array.from({ length: hosts }, (_, i) => ({
      id: `h${i + 1}`,
      label: `node-${String.fromCharCode(97 + (i % 26))}${i >= 26 ? Math.floor(i / 26) : ""}.${ZONES[i % 3]}`,
      state: "live",
      load: this.random() * 4,
    }));
    for (let i = 0; i < nodes; i++) this.#spawn(this.hosts[i % hosts], TIERS[i % TIERS.length], true);
    for (const p of this.processes.values()) this.#dial(p);
  }

  /** Moves time on by a second: every number drifts, a few things come and go. */
  tick(ms = 1000) {
    this.now_ms += ms;
    for (const host of this.hosts) host.load = Math.max(0.05, host.load + (this.random() - 0.5) * 0.4);
    for (const p of this.processes.values()) if (this.#isLive(p)) this.#drift(p);
    for (const e of this.edges.values()) this.#flow(e, ms / 1000);
    this.#comeAndGo();
  }

  /** Makes a host's probe fall silent, or come back. */
  silence(host, silent) {
    host.state = silent ? "stale" : "live";
    host.silent_since_ms = this.now_ms;
    for (const p of this.processes.values()) if (p.host === host && p.state !== "ended") p.state = host.state;
  }

  #isLive(p) {
    return p.state === "live";
  }

  #spawn(host, tier, old) {
    const pid = this.nextPid++;
    const p = {
      id: `${host.id};9f2c41aa;${pid};${pid * 7}`,
      host,
      tier,
      pid,
      state: host.state,
      since_ms: old ? this.started_ms + Math.floor(this.random() * 2.9 * 86_400_000) : this.now_ms,
      cpu: this.random() ** 3 * 95,
      memory: Math.round((4 + this.random() ** 2 * 900) * 1e6),
      files: 8 + Math.floor(this.random() * 200),
      ended_ms: 0,
    };
    this.processes.set(p.id, p);
    return p;
  }

  #dial(p) {
    if (p.tier.name === "nginx") this.#connect("internet-in", p, 443, 200_000);
    for (const call of p.tier.calls) {
      if (call === "bank") this.#connect(p, "service:api.bank.example", 443, 9000, this.random() < 0.5);
      else if (call === "smtp") this.#connect(p, "internet-out", 25, 4000);
      else {
        const peers = [...this.processes.values()].filter(
          (q) => q.tier.name === call && q !== p && q.state !== "ended",
        );
        if (peers.length > 0)
          this.#connect(p, peers[Math.floor(this.random() * peers.length)], undefined, 60_000);
      }
    }
    if (p.tier.name === "worker" && this.random() < 0.3) this.#connect(p, "lan:192.168.7.20", 3260, 2000);
  }

  #connect(from, to, port, base, failing = this.random() < 0.03) {
    const [source, target] = [idOf(from), idOf(to)];
    const service = port ?? to.tier.port;
    const id = `e:${source}>${target}:${service}`;
    if (this.edges.has(id)) return;
    const rtt = Math.round(90 + this.random() ** 4 * 60_000);
    this.edges.set(id, {
      id,
      source,
      target,
      from,
      to,
      port: service,
      failing,
      base: base * this.random() ** 3 * 20,
      protocol: "tcp",
      opened: 40 + Math.floor(this.random() * 5000),
      failed: failing ? 180 : 0,
      active: 1 + Math.floor(this.random() * 18),
      bytes_sent: 0,
      bytes_received: 0,
      packets: 1000,
      retransmits: 0,
      sent: 0,
      received: 0,
      rtt_us: rtt,
      rtt_min_us: Math.round(rtt * 0.6),
      first_seen_ms: this.started_ms,
      last_seen_ms: this.now_ms,
    });
  }

  #drift(p) {
    p.cpu = Math.min(100, Math.max(0, p.cpu + (this.random() - 0.5) * 9));
    p.memory = Math.max(1e6, Math.round(p.memory * (1 + (this.random() - 0.49) * 0.02)));
  }

  #flow(e, seconds) {
    if (this.#endState(e.from) !== "live") {
      e.sent = e.received = 0;
      return;
    }
    const rate = e.base * (0.4 + this.random() * 1.2);
    e.sent = Math.round(rate * 0.25);
    e.received = Math.round(rate);
    e.bytes_sent += Math.round(e.sent * seconds);
    e.bytes_received += Math.round(e.received * seconds);
    e.packets += Math.round(rate / 900);
    e.retransmits += this.random() < 0.01 ? 1 : 0;
    e.opened += e.failing ? 0 : Math.floor(this.random() * 3);
    e.failed += e.failing ? 1 + Math.floor(this.random() * 4) : 0;
    e.active = Math.max(0, e.active + Math.floor(this.random() * 3) - 1);
    e.rtt_us = Math.max(e.rtt_min_us, Math.round(e.rtt_us * (0.93 + this.random() * 0.15)));
    e.last_seen_ms = this.now_ms;
  }

  #comeAndGo() {
    const live = [...this.processes.values()].filter((p) => this.#isLive(p));
    const many = this.random() < 0.3 ? Math.ceil(live.length * this.churn) : 0;
    for (let i = 0; i < many; i++) {
      const old = live[Math.floor(this.random() * live.length)];
      old.state = "ended";
      old.ended_ms = this.now_ms;
      this.#dial(this.#spawn(old.host, old.tier, false));
    }
    for (const p of this.processes.values()) {
      if (p.state !== "ended" || this.now_ms - p.ended_ms < 15_000) continue;
      this.processes.delete(p.id);
      for (const [id, e] of this.edges) if (e.from === p || e.to === p) this.edges.delete(id);
    }
  }

  #endState(end) {
    return typeof end === "string" ? "live" : end.state;
  }

  edgeState(e) {
    const states = [this.#endState(e.from), this.#endState(e.to)];
    return states.includes("ended") ? "ended" : states.includes("stale") ? "stale" : "live";
  }
}

function idOf(end) {
  return typeof end === "string" ? end : end.id;
}
