/** Small things for tests: a node, an edge, a delta, with everything but what matters filled in. */
import type { Delta, StreamEdge, StreamNode } from "../../src/model/types.ts";

export function node(h: number, given: Partial<StreamNode> = {}): StreamNode {
  return {
    h,
    id: `n${h}`,
    kind: "process",
    label: `name${h}`,
    sublabel: "",
    group: "h1",
    group_label: "web-1",
    state: "live",
    pseudo: false,
    members: 1,
    since_ms: 0,
    x: 0,
    y: 0,
    metrics: {},
    attributes: {},
    parents: [],
    ...given,
  };
}

export function edge(h: number, source: number, target: number, given: Partial<StreamEdge> = {}): StreamEdge {
  return {
    h,
    id: `e${h}`,
    source,
    target,
    protocol: "tcp",
    port: 80,
    state: "live",
    seen_by: "both",
    evidence: ["sweep"],
    attribution: "exact",
    active: 1,
    opened: 1,
    closed: 0,
    failed: 0,
    bytes_sent: 0,
    bytes_received: 0,
    packets: 0,
    retransmits: 0,
    sent_bytes_per_second: 0,
    received_bytes_per_second: 0,
    opened_per_second: 0,
    rtt_us: null,
    rtt_min_us: null,
    first_seen_ms: 0,
    last_seen_ms: 0,
    dialled: [],
    ...given,
  };
}

export function delta(given: Partial<Delta>): Delta {
  return { type: "delta", sub: 1, seq: 1, time_ms: 0, ...given };
}
