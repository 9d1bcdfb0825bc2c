/**
 * The search box's language on this page: words that must all be found, `field:text`, `field > number`,
 * and `-` before any of them. Matching never moves or removes a node; it says which ones stay bright.
 */
import type { Scalar, StreamNode } from "./types.ts";

export type Operator = ":" | "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Term {
  text: string;
  negated: boolean;
  field: string | null;
  op: Operator;
  value: string;
  number: number | null;
}

const TOKEN = /-?(?:[\w.]+\s*(?:!=|<=|>=|[:=<>])\s*)?(?:"[^"]*"|[^\s"]+)/g;
const FIELD = /^([a-zA-Z_][\w.]*)\s*(!=|<=|>=|[:=<>])\s*(.+)$/s;
const NUMBER = /^(-?\d+(?:\.\d+)?)\s*(%|[kKMGT]i?B?|B|ms|s|m|h|d)?(?:\/s)?$/;

/** Short words for the metrics people ask about, looked up as a part of the metric's key. */
const METRIC_WORDS: Record<string, RegExp> = {
  cpu: /cpu/,
  mem: /mem(ory)?_usage|memory/,
  memory: /memory/,
  files: /open_files/,
  threads: /threads/,
  load: /^load1$/,
};
const UNITS: Record<string, number> = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Splits a query into its terms; an empty query has none. */
export function parseQuery(query: string): Term[] {
  return (query.match(TOKEN) ?? []).map(parseTerm).filter((t) => t.value !== "");
}

function parseTerm(token: string): Term {
  const negated = token.length > 1 && token.startsWith("-");
  const text = negated ? token.slice(1) : token;
  const parts = text.startsWith('"') ? null : FIELD.exec(text);
  const value = unquote(parts ? parts[3]! : text);
  const op = (parts ? parts[2]! : ":") as Operator;
  return {
    text: token,
    negated,
    field: parts ? parts[1]!.toLowerCase() : null,
    op,
    value: value.toLowerCase(),
    number: parseNumber(value),
  };
}

function unquote(text: string): string {
  return text.replace(/^"|"$/g, "");
}

/** `40%` is 40, `2MiB` is 2097152, `5m` is 300 (seconds); anything else is no number. */
export function parseNumber(text: string): number | null {
  const m = NUMBER.exec(text);
  if (!m) return null;
  const n = Number(m[1]);
  const unit = m[2] ?? "";
  if (unit === "" || unit === "%" || unit.toLowerCase() === "b") return n;
  if (unit in SECONDS && !/^[MGTkK]/.test(unit)) return n * SECONDS[unit]!;
  const letter = unit[0]!.toLowerCase();
  return unit.includes("i") ? n * 1024 ** ("kmgt".indexOf(letter) + 1) : n * UNITS[letter]!;
}

/** Whether a node satisfies every term. */
export function matches(node: StreamNode, terms: readonly Term[]): boolean {
  return terms.every((t) => matchesTerm(node, t) !== t.negated);
}

function matchesTerm(node: StreamNode, term: Term): boolean {
  if (term.field === null) return mentions(node, term.value);
  if (term.op !== ":" && term.op !== "=" && term.op !== "!=") return compares(node, term);
  const found = fieldValues(node, term.field).some((v) => holds(v, term));
  return term.op === "!=" ? !found : found;
}

function mentions(node: StreamNode, needle: string): boolean {
  if (contains(node.label, needle) || contains(node.sublabel, needle) || contains(node.id, needle))
    return true;
  if (contains(node.group_label, needle)) return true;
  for (const key in node.attributes) if (contains(flat(node.attributes[key]!), needle)) return true;
  return false;
}

function holds(value: Scalar, term: Term): boolean {
  const text = flat(value).toLowerCase();
  return term.op === ":" && typeof value !== "number" ? text.includes(term.value) : text === term.value;
}

function fieldValues(node: StreamNode, field: string): Scalar[] {
  switch (field) {
    case "name":
      return [node.label];
    case "kind":
      return [node.kind];
    case "host":
      return [node.group_label, node.group];
    case "state":
      return [node.state];
    case "id":
      return [node.id];
    default: {
      const value = node.attributes[field];
      return value === undefined ? [] : Array.isArray(value) ? value : [value];
    }
  }
}

function compares(node: StreamNode, term: Term): boolean {
  if (term.number === null) return false;
  const have = numberOf(node, term.field!);
  if (have === null) return false;
  if (term.op === "<") return have < term.number;
  if (term.op === "<=") return have <= term.number;
  return term.op === ">" ? have > term.number : have >= term.number;
}

function numberOf(node: StreamNode, field: string): number | null {
  const attribute = node.attributes[field];
  if (typeof attribute === "number") return attribute;
  if (field in node.metrics) return node.metrics[field]!;
  const word = METRIC_WORDS[field];
  if (!word) return null;
  for (const id in node.metrics) if (word.test(id)) return node.metrics[id]!;
  return null;
}

function contains(text: string, needle: string): boolean {
  return text.toLowerCase().includes(needle);
}

function flat(value: Scalar): string {
  return Array.isArray(value) ? value.join(" ") : String(value);
}
