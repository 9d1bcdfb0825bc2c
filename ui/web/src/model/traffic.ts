/** A node's traffic as the sum over its edges, told from the node's own side. */
import { counter } from "./format.ts";
import type { Graph } from "./graph.ts";
import type { NodeHandle } from "./types.ts";

export interface Traffic {
  sent_bytes_per_second: number;
  received_bytes_per_second: number;
  failed: number;
  /** Conversations in which it is the client, and the server. */
  clients: number;
  servers: number;
}

export function trafficOf(graph: Graph, h: NodeHandle): Traffic {
  const sum = { sent_bytes_per_second: 0, received_bytes_per_second: 0, failed: 0, clients: 0, servers: 0 };
  for (const id of graph.outbound(h)) {
    const e = graph.edges.get(id)!;
    sum.sent_bytes_per_second += e.sent_bytes_per_second;
    sum.received_bytes_per_second += e.received_bytes_per_second;
    sum.failed += counter(e.failed);
    sum.clients++;
  }
  for (const id of graph.inbound(h)) {
    const e = graph.edges.get(id)!;
    sum.sent_bytes_per_second += e.received_bytes_per_second;
    sum.received_bytes_per_second += e.sent_bytes_per_second;
    sum.servers++;
  }
  return sum;
}
