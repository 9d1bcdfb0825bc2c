/** The messages and things of the v1 API (docs/api.md), as TypeScript sees them. */

/** A node's number within one subscription; never mixed up with an edge's. */
export type NodeHandle = number & { readonly __handle?: "node" };
/** An edge's number within one subscription. */
export type EdgeHandle = number & { readonly __handle?: "edge" };

export type Scalar = string | number | boolean | string[];
export type LifeState = "live" | "stale" | "ended";

export interface Parent {
  view: string;
  id: string;
  label: string;
}

/** A node as the API describes it; x and y are in 1/16 px. */
export interface Node {
  id: string;
  kind: string;
  label: string;
  sublabel: string;
  group: string;
  group_label: string;
  state: LifeState;
  pseudo: boolean;
  members: number;
  since_ms: number;
  x: number;
  y: number;
  metrics: Record<string, number>;
  attributes: Record<string, Scalar>;
  parents: Parent[];
}

export interface Dialled {
  address: string;
  port: number;
  name?: string;
}

/** What an edge carries beside its ends. Counters above 2^53 arrive as decimal strings. */
export interface EdgeFacts {
  id: string;
  protocol: string;
  port: number;
  state: LifeState;
  seen_by: "client" | "server" | "both";
  evidence: string[];
  attribution: "exact" | "group";
  active: number;
  opened: number | string;
  closed: number | string;
  failed: number | string;
  bytes_sent: number | string;
  bytes_received: number | string;
  packets: number | string;
  retransmits: number | string;
  sent_bytes_per_second: number;
  received_bytes_per_second: number;
  opened_per_second: number;
  rtt_us: number | null;
  rtt_min_us: number | null;
  first_seen_ms: number;
  last_seen_ms: number;
  dialled: Dialled[];
}

/** An edge as REST describes it: the ends are node ids. */
export interface Edge extends EdgeFacts {
  source: string;
  target: string;
}

/** An edge as the stream describes it: the ends are node handles. */
export interface StreamEdge extends EdgeFacts {
  h: EdgeHandle;
  source: NodeHandle;
  target: NodeHandle;
}

export interface StreamNode extends Node {
  h: NodeHandle;
}

export interface NodePatch extends Partial<Omit<Node, "metrics">> {
  h: NodeHandle;
  metrics?: Record<string, number | null>;
}

export interface EdgePatch extends Partial<Omit<StreamEdge, "h">> {
  h: EdgeHandle;
}

export interface Changes<Put, Patch> {
  put?: Put[];
  patch?: Patch[];
  del?: number[];
}

export interface ViewStats {
  nodes: number;
  pseudo_nodes: number;
  edges: number;
  hidden_nodes: number;
}

export interface Delta {
  type: "delta";
  sub: number;
  seq: number;
  reset?: boolean;
  more?: boolean;
  time_ms: number;
  nodes?: Changes<StreamNode, NodePatch>;
  edges?: Changes<StreamEdge, EdgePatch>;
  pos?: number[];
  stats?: ViewStats;
}

export interface Hello {
  type: "hello";
  app_epoch: string;
  version: string;
  host_name: string;
  time_ms: number;
}

export interface LateProbe {
  host_id: string;
  host_name: string;
  silent_ms: number;
}

export interface Status {
  type: "status";
  time_ms: number;
  world_seq: number;
  probes: { live: number; stale: number; ended: number };
  late?: LateProbe[];
  refused?: { host_id: string; reason: string }[];
  views?: Record<string, ViewStats>;
}

export interface StreamError {
  type: "error";
  sub?: number;
  code: string;
  message: string;
}

export type ServerMessage = Hello | Status | StreamError | Delta;

export interface Subscribe {
  type: "subscribe";
  sub: number;
  view: string;
  options: Record<string, string>;
  resume?: { app_epoch: string; seq: number };
}

export type ClientMessage = Subscribe | { type: "unsubscribe"; sub: number };

export interface OptionInfo {
  id: string;
  type: string;
  default: string;
  none_label: string | null;
  values: { value: string; label: string }[];
}

export interface MetricInfo {
  id: string;
  label: string;
  format: string;
  capacity: number | null;
}

export interface ViewInfo {
  id: string;
  name: string;
  parent: string | null;
  rank: number;
  hide_if_empty: boolean;
  options: OptionInfo[];
  metrics: MetricInfo[];
  stats: ViewStats;
}

export interface ViewsAnswer {
  app_epoch: string;
  world_seq: number;
  time_ms: number;
  views: ViewInfo[];
}

export interface DetailAttribute {
  id: string;
  label: string;
  value: Scalar;
  format: string;
  group: string;
}

export interface DetailMetric {
  id: string;
  label: string;
  format: string;
  value: number;
  capacity: number | null;
  samples: [number, number][];
}

export interface DetailTable {
  id: string;
  label: string;
  columns: { id: string; label: string }[] | string[];
  rows: unknown[];
}

/** The answer of `GET nodes/{id}`; what this page does not read is left out. */
export interface NodeDetails {
  node: Node;
  attributes: DetailAttribute[];
  metrics: DetailMetric[];
  children: Node[];
  tables: DetailTable[];
}
