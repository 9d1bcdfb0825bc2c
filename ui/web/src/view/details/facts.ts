/** Attributes in the words and order people read them in. */
import { byFormat, bytes, count, duration, moment } from "../../model/format.ts";
import type { DetailAttribute, Scalar, StreamNode } from "../../model/types.ts";

export interface FactLine {
  id: string;
  label: string;
  value: string;
}

const WORDS: Record<string, string> = {
  pid: "PID",
  ppid: "Parent PID",
  cmdline: "Command",
  os: "OS",
  ip: "IP",
  id: "ID",
};

/** The facts of a node: as the server words them if it has, else from the stream's attributes. */
export function factsOf(node: StreamNode, details: DetailAttribute[] | null, now_ms: number): FactLine[] {
  const known = details?.length
    ? details
    : Object.entries(node.attributes).map(([id, value]) => plain(id, value));
  return known
    .map((a) => ({
      id: a.id,
      label: a.label,
      value: valueText(node.attributes[a.id] ?? a.value, a.id, a.format, now_ms),
    }))
    .filter((f) => f.value !== "" && f.id !== "name");
}

function plain(id: string, value: Scalar): DetailAttribute {
  const words = id.replace(/_(ms|bytes|seconds)$/, "").replaceAll("_", " ");
  return { id, label: WORDS[id] ?? words[0]!.toUpperCase() + words.slice(1), value, format: "", group: "" };
}

function valueText(value: Scalar, id: string, format: string, now_ms: number): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  if (format === "time" || format === "datetime" || (id.endsWith("_ms") && value > 1e12))
    return timeText(value, now_ms);
  if (id.endsWith("_ms")) return `${count(value)} ms`;
  if (id.endsWith("_bytes")) return bytes(value);
  if (id.endsWith("_seconds")) return duration(value * 1000);
  return format && format !== "integer" && format !== "number" ? byFormat(value, format) : String(value);
}

/** `14:32:08 (12 s ago)`. */
export function timeText(ms: number, now_ms: number): string {
  if (ms <= 0) return "–";
  return `${moment(ms, now_ms)} (${duration(now_ms - ms)} ago)`;
}
