/** The table of a view: its columns, its rows, their order, and the same as CSV. */
import { byFormat, byteRate, count, duration } from "./format.ts";
import type { Graph } from "./graph.ts";
import { trafficOf } from "./traffic.ts";
import type { MetricInfo, NodeHandle, StreamNode } from "./types.ts";

export interface Column {
  id: string;
  label: string;
  /** Texts sort up first, numbers down first, and stand right. */
  numeric: boolean;
  format: (value: number) => string;
  /** A bar behind the number, as a part of this; null for none. */
  capacity: number | null;
}

export type Value = string | number | null;

export interface Row {
  h: NodeHandle;
  node: StreamNode;
  values: Value[];
}

function text(id: string, label: string): Column {
  return { id, label, numeric: false, format: String, capacity: null };
}

function number(
  id: string,
  label: string,
  format: (v: number) => string,
  capacity: number | null = null,
): Column {
  return { id, label, numeric: true, format, capacity };
}

/** The columns of a view with these metrics. */
export function columnsFor(metrics: readonly MetricInfo[]): Column[] {
  return [
    text("name", "Name"),
    text("host", "Host"),
    text("state", "State"),
    ...metrics.map((m) => number(m.id, m.label, (v) => byFormat(v, m.format), m.capacity)),
    number("sent", "Sent", byteRate),
    number("received", "Received", byteRate),
    number("clients", "Outbound", count),
    number("servers", "Inbound", count),
    number("failed", "Failed", count),
    number("age", "Age", duration),
  ];
}

/** The rows for these nodes, in no order. */
export function rowsFor(
  graph: Graph,
  metrics: readonly MetricInfo[],
  keep: (n: StreamNode) => boolean,
  now_ms: number,
): Row[] {
  const rows: Row[] = [];
  for (const node of graph.nodes.values()) {
    if (!keep(node)) continue;
    const t = trafficOf(graph, node.h);
    const values: Value[] = [
      node.label,
      node.group_label,
      node.state,
      ...metrics.map((m) => node.metrics[m.id] ?? null),
      t.sent_bytes_per_second,
      t.received_bytes_per_second,
      t.clients,
      t.servers,
      t.failed,
      node.since_ms > 0 ? Math.max(0, now_ms - node.since_ms) : null,
    ];
    rows.push({ h: node.h, node, values });
  }
  return rows;
}

/** Sorts rows by a column (`-` before its id for down); what is unknown comes last either way. */
export function sortRows(rows: Row[], columns: readonly Column[], sort: string): Row[] {
  const down = sort.startsWith("-");
  const index = columns.findIndex((c) => c.id === (down ? sort.slice(1) : sort));
  const at = Math.max(0, index);
  const sign = down ? -1 : 1;
  return rows.sort((a, b) => compare(a.values[at]!, b.values[at]!, sign) || compare(a.node.id, b.node.id, 1));
}

function compare(a: Value, b: Value, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return (a - b) * sign;
  return (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0) * sign;
}

/** What a click on a column's head makes of the present order. */
export function nextSort(sort: string, column: Column): string {
  const [up, down] = [column.id, `-${column.id}`];
  if (sort === up) return down;
  if (sort === down) return up;
  return column.numeric ? down : up;
}

/** The rows as CSV (RFC 4180), numbers exact. Texts a spreadsheet would run as a formula are disarmed. */
export function toCsv(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = [["id", ...columns.map((c) => c.id)].map(csvCell).join(",")];
  for (const row of rows) lines.push([row.node.id, ...row.values].map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function csvCell(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
