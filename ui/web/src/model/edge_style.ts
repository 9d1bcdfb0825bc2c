/** How wide, which colour and how dashed an edge is, by what it carries (ui.md 5.3). */
import { byteRate, count, counter, rtt } from "./format.ts";
import type { Look } from "./look.ts";
import { type Rgb, rttColour } from "./palette.ts";
import type { EdgeFacts, StreamEdge } from "./types.ts";

export type Severity = 0 | 1 | 2;

/** Parts of failures at which an edge warns and at which it is an error. */
export const WARN_PART = 0.001;
export const ERROR_PART = 0.01;

export interface EdgeStyle {
  width: number;
  colour: Rgb;
  alpha: number;
  dashed: boolean;
  /** More attempts failed than succeeded: the arrow gets a bar. */
  refused: boolean;
  /** Drawn above the others. */
  raised: boolean;
}

/** The part of attempts that failed, 0 to 1. */
export function failedPart(edge: EdgeFacts): number {
  const failed = counter(edge.failed);
  return failed <= 0 ? 0 : failed / (failed + counter(edge.opened));
}

/** The part of packets that had to be sent again, 0 to 1. */
export function retransmittedPart(edge: EdgeFacts): number {
  const packets = counter(edge.packets);
  return packets <= 0 ? 0 : Math.min(1, counter(edge.retransmits) / packets);
}

/** 0 well, 1 warns, 2 is an error. */
export function severityOf(edge: EdgeFacts): Severity {
  const part = Math.max(failedPart(edge), retransmittedPart(edge));
  return part > ERROR_PART ? 2 : part > WARN_PART ? 1 : 0;
}

/** Bytes per second in both directions. */
export function throughput(edge: EdgeFacts): number {
  return edge.sent_bytes_per_second + edge.received_bytes_per_second;
}

/** An edge in one line: `:5432 · 412 kB/s out · 96 kB/s in · 1.2 ms · 18 active · 0 failed`. */
export function edgeSummary(edge: EdgeFacts): string {
  const parts = [
    `${byteRate(edge.sent_bytes_per_second)} out`,
    `${byteRate(edge.received_bytes_per_second)} in`,
  ];
  if (edge.rtt_us !== null) parts.push(rtt(edge.rtt_us));
  parts.push(`${count(edge.active)} active`, `${count(counter(edge.failed))} failed`);
  return `:${edge.port} · ${parts.join(" · ")}`;
}

/** Width in px for a rate of bytes. */
export function widthForBytes(bytesPerSecond: number): number {
  return clamp(1 + 1.4 * Math.log10(1 + bytesPerSecond / 1000), 1, 8);
}

/** Whether an edge belongs to what is selected or hovered. */
export function isRaised(edge: StreamEdge, look: Look): boolean {
  return (
    edge.h === look.selectedEdge ||
    edge.h === look.hoveredEdge ||
    touches(edge, look.selectedNode) ||
    touches(edge, look.hoveredNode)
  );
}

/** The style of an edge; `crowd` below 1 makes an ordinary one fainter among many. */
export function edgeStyle(edge: StreamEdge, look: Look, crowd: number): EdgeStyle {
  const severity = severityOf(edge);
  const raised = isRaised(edge, look);
  return {
    width: edgeWidth(edge, look) + (edge.h === look.selectedEdge || edge.h === look.hoveredEdge ? 1.5 : 0),
    colour: edgeColour(edge, look, severity, raised),
    alpha: edgeAlpha(edge, look, raised, severity, crowd),
    dashed: severity === 2,
    refused: failedPart(edge) > 0.5,
    raised,
  };
}

function touches(edge: StreamEdge, node: number | null): boolean {
  return node !== null && (edge.source === node || edge.target === node);
}

function edgeWidth(edge: StreamEdge, look: Look): number {
  if (look.edges === "rtt") return clamp(1 + 1.4 * Math.log10(1 + edge.opened_per_second * 10), 1.5, 8);
  if (look.edges === "errors") return severityOf(edge) > 0 ? 2.5 : 1;
  return widthForBytes(throughput(edge));
}

function edgeColour(edge: StreamEdge, look: Look, severity: Severity, raised: boolean): Rgb {
  const { rgb } = look.theme;
  if (edge.h === look.selectedEdge) return rgb.accent;
  if (edge.state !== "live") return rgb.stale;
  if (severity === 2) return rgb.error;
  if (look.edges === "errors" && severity === 1) return rgb.warn;
  if (look.edges === "rtt") return rttColour(edge.rtt_us, look.theme);
  return raised ? rgb["edge-hi"] : rgb.edge;
}

function edgeAlpha(edge: StreamEdge, look: Look, raised: boolean, severity: Severity, crowd: number): number {
  const most = edge.state === "live" ? 1 : 0.4;
  if (raised) return 0.95 * most;
  if (look.matched && !(look.matched.has(edge.source) && look.matched.has(edge.target))) return 0.08;
  if (look.bright) return 0.12;
  if (severity === 2) return 0.9 * most * Math.sqrt(crowd);
  return (look.edges === "rtt" ? 0.85 : 0.65) * most * crowd;
}

function clamp(v: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, v));
}
