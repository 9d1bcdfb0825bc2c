/** The layer above: headers of groups, rings, badges, numbers inside glyphs, and the labels that have room. */
import { type Box, toScreen } from "../../model/camera.ts";
import { pointAt } from "../../model/curve.ts";
import { edgeSummary } from "../../model/edge_style.ts";
import { count, middleEllipsis } from "../../model/format.ts";
import type { Frame } from "../../model/frame.ts";
import { GROUP_HEADER, type Group, groupSummary } from "../../model/groups.ts";
import { CollisionGrid } from "../../model/labels.ts";
import { Level, MOST_LABELS } from "../../model/lod.ts";
import { FONT_SANS } from "../../model/palette.ts";
import type { Mark, Scene } from "../../model/scene.ts";
import type { NodeHandle } from "../../model/types.ts";
import { discRadius, drawDiscs, screenBox } from "./boxes.ts";
import { begin2d } from "./marks.ts";
import { traceShape } from "./shapes2d.ts";
import { measureText } from "./text_width.ts";

const LONGEST_LABEL = 22;
const LONGEST_CHOSEN = 60;
const NAME_FONT = `500 12px ${FONT_SANS}`;
const CHOSEN_FONT = `650 12px ${FONT_SANS}`;
const SMALL_FONT = `400 10.5px ${FONT_SANS}`;
const NEW_MS = 30_000;
/** Glyphs smaller than these radii (px) carry no number, no second line. */
const NUMBER_RADIUS = 13;
const SUBLABEL_RADIUS = 14;

/** Nodes without a frame that are named in the overview, and their least radius there, px. */
const MOST_ALONE = 60;
const SMALL_RADIUS = 8;

type Context = CanvasRenderingContext2D;

export class Overlay {
  readonly canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
  }

  /** Draws; answers how many labels were written. */
  draw(scene: Scene, frame: Frame, now_ms: number): number {
    const g = begin2d(this.canvas, frame);
    g.textBaseline = "alphabetic";
    g.lineJoin = "round";
    const taken = new CollisionGrid();
    drawDiscs(g, scene, frame);
    const headers = () => {
      for (const group of frame.groups) if (group.framed) drawHeader(g, scene, frame, group, taken);
    };
    if (frame.level <= Level.dots) {
      headers();
      const alone = this.#alone(scene, frame);
      for (const mark of alone) drawSmall(g, scene, frame, mark);
      this.#rings(g, scene, frame);
      return this.#labels(g, scene, frame, taken, [...this.#chosen(scene), ...alone]);
    }
    const visible = this.#visible(scene, frame);
    for (const mark of visible) drawExtras(g, scene, frame, mark, now_ms, taken);
    headers();
    this.#rings(g, scene, frame);
    drawEdgeLabel(g, scene, frame, taken);
    return this.#labels(g, scene, frame, taken, [...this.#chosen(scene), ...visible]);
  }

  /** Marks in the picture by priority. */
  #visible(scene: Scene, frame: Frame): Mark[] {
    const found: Mark[] = [];
    for (const m of scene.labelOrder()) {
      if (!m.shown) continue;
      const p = toScreen(m, frame.camera, frame.view);
      if (p.x > -60 && p.y > -60 && p.x < frame.view.width + 60 && p.y < frame.view.height + 30)
        found.push(m);
    }
    return found;
  }

  /** Nodes outside of any frame: from afar they stand beside the groups, so they keep their shape and name. */
  #alone(scene: Scene, frame: Frame): Mark[] {
    const found: Mark[] = [];
    for (const group of frame.groups) {
      if (group.framed) continue;
      for (const h of group.members) {
        const mark = scene.marks.get(h)!;
        if (mark.shown && found.length < MOST_ALONE) found.push(mark);
      }
    }
    return found;
  }

  #chosen(scene: Scene): Mark[] {
    const { selectedNode, hoveredNode } = scene.look;
    return [selectedNode, hoveredNode].map((h) => markOf(scene, h)).filter((m) => m !== null);
  }

  #rings(g: Context, scene: Scene, frame: Frame): void {
    const { css } = scene.look.theme;
    const ring = (mark: Mark | null, gap: number, width: number) => {
      if (!mark?.shown) return;
      const p = toScreen(mark, frame.camera, frame.view);
      const r = Math.max(3, smallRadius(mark, frame));
      traceShape(g, mark.glyph.shape, p.x, p.y, r + gap);
      g.lineWidth = width;
      g.strokeStyle = css.accent;
      g.stroke();
    };
    ring(markOf(scene, scene.look.hoveredNode), 4, 1.5);
    ring(markOf(scene, scene.look.selectedNode), 8, 2);
  }

  #labels(g: Context, scene: Scene, frame: Frame, taken: CollisionGrid, order: Mark[]): number {
    let written = 0;
    const done = new Set<NodeHandle>();
    for (const mark of order) {
      if (written >= MOST_LABELS) break;
      if (done.has(mark.h)) continue;
      done.add(mark.h);
      if (drawLabel(g, scene, frame, mark, taken)) written++;
    }
    g.globalAlpha = 1;
    return written;
  }
}

function markOf(scene: Scene, h: NodeHandle | null): Mark | null {
  return h === null ? null : (scene.marks.get(h) ?? null);
}

function smallRadius(mark: Mark, frame: Frame): number {
  const r = mark.radius * frame.camera.scale;
  return frame.level <= Level.dots && !mark.group ? Math.max(SMALL_RADIUS, r) : r;
}

function drawSmall(g: Context, scene: Scene, frame: Frame, mark: Mark): void {
  const { css } = scene.look.theme;
  const p = toScreen(mark, frame.camera, frame.view);
  g.globalAlpha = mark.alpha;
  traceShape(g, mark.glyph.shape, p.x, p.y, smallRadius(mark, frame));
  g.fillStyle = css["surface-1"];
  g.fill();
  g.lineWidth = 1.5;
  g.strokeStyle = css["text-2"];
  g.setLineDash(mark.glyph.dashed ? [3, 2] : []);
  g.stroke();
  g.setLineDash([]);
  g.globalAlpha = 1;
}

/** Writes a node's name, and its second line where that has room too; the chosen ones always. */
function drawLabel(g: Context, scene: Scene, frame: Frame, mark: Mark, taken: CollisionGrid): boolean {
  const node = scene.graph.nodes.get(mark.h)!;
  const { css } = scene.look.theme;
  const chosen = mark.h === scene.look.selectedNode || mark.h === scene.look.hoveredNode;
  const p = toScreen(mark, frame.camera, frame.view);
  const r = smallRadius(mark, frame);
  const name = middleEllipsis(node.label, chosen ? LONGEST_CHOSEN : LONGEST_LABEL);
  let second =
    chosen || r >= SUBLABEL_RADIUS ? middleEllipsis(node.sublabel, chosen ? LONGEST_CHOSEN : 26) : "";
  const font = chosen ? CHOSEN_FONT : NAME_FONT;
  const half = (lines: string) =>
    Math.max(measureText(g, font, name), lines ? measureText(g, SMALL_FONT, lines) : 0) / 2;
  const top = p.y + r + (chosen ? 11 : 5);
  const boxOf = (lines: string) => ({
    x0: p.x - half(lines) - 3,
    y0: top,
    x1: p.x + half(lines) + 3,
    y1: top + (lines ? 27 : 14),
  });
  if (chosen) drawPlate(g, scene, boxOf(second), taken);
  else if (!second || !taken.claim(boxOf(second))) {
    second = "";
    if (!taken.claim(boxOf(""))) return false;
  }
  g.globalAlpha = chosen ? 1 : Math.max(mark.alpha, 0.12);
  g.textAlign = "center";
  haloed(g, scene, font, name, p.x, top + 11, css.text);
  if (second) haloed(g, scene, SMALL_FONT, second, p.x, top + 24, css.muted);
  g.globalAlpha = 1;
  return true;
}

/** What the edge under the pointer carries, in the middle of its curve. */
function drawEdgeLabel(g: Context, scene: Scene, frame: Frame, taken: CollisionGrid): void {
  const edge = scene.graph.edges.get(scene.look.hoveredEdge ?? -1);
  if (!edge) return;
  const [x, y] = pointAt(scene.curve(edge), 0.5);
  const p = toScreen({ x, y }, frame.camera, frame.view);
  const text = edgeSummary(edge);
  const half = measureText(g, NAME_FONT, text) / 2;
  drawPlate(g, scene, { x0: p.x - half, y0: p.y - 22, x1: p.x + half, y1: p.y - 8 }, taken);
  g.globalAlpha = 1;
  g.textAlign = "center";
  haloed(g, scene, NAME_FONT, text, p.x, p.y - 11, scene.look.theme.css.text);
}

/** What lies behind a chosen label, so that it can be read over anything. */
function drawPlate(g: Context, scene: Scene, box: Box, taken: CollisionGrid): void {
  taken.block(box);
  g.globalAlpha = 0.88;
  g.fillStyle = scene.look.theme.css.canvas;
  g.beginPath();
  g.roundRect(box.x0 - 3, box.y0 - 2, box.x1 - box.x0 + 6, box.y1 - box.y0 + 5, 5);
  g.fill();
}

function haloed(
  g: Context,
  scene: Scene,
  font: string,
  text: string,
  x: number,
  y: number,
  colour: string,
): void {
  g.font = font;
  g.lineWidth = 3;
  g.strokeStyle = scene.look.theme.css.canvas;
  g.strokeText(text, x, y);
  g.fillStyle = colour;
  g.fillText(text, x, y);
}

/** The number inside a glyph and the badge at its corner; takes the glyph's own place. */
function drawExtras(
  g: Context,
  scene: Scene,
  frame: Frame,
  mark: Mark,
  now_ms: number,
  taken: CollisionGrid,
): void {
  const p = toScreen(mark, frame.camera, frame.view);
  const r = mark.radius * frame.camera.scale;
  taken.block({ x0: p.x - r, y0: p.y - r, x1: p.x + r, y1: p.y + r });
  g.globalAlpha = mark.alpha;
  const node = scene.graph.nodes.get(mark.h)!;
  if (r >= NUMBER_RADIUS) drawNumber(g, scene, mark, node.members, node.state, p.x, p.y);
  if (node.state === "stale") drawBadge(g, scene, "stale", p.x + r * 0.78, p.y - r * 0.78);
  else if (mark.severity > 0)
    drawBadge(g, scene, mark.severity === 2 ? "error" : "warn", p.x + r * 0.78, p.y - r * 0.78);
  else if (!node.pseudo && node.state === "live" && now_ms - node.since_ms < NEW_MS)
    drawBadge(g, scene, "new", p.x + r * 0.8, p.y - r * 0.8);
  g.globalAlpha = 1;
}

function drawNumber(
  g: Context,
  scene: Scene,
  mark: Mark,
  members: number,
  state: string,
  x: number,
  y: number,
): void {
  const { fill } = mark;
  const text = members > 1 ? count(members) : fill && state === "live" && fill.level >= 0.4 ? fill.text : "";
  if (!text) return;
  const alarming = fill?.capacity === true && fill.level > 0.8;
  g.font = `600 10.5px ${FONT_SANS}`;
  g.textAlign = "center";
  g.fillStyle = scene.look.theme.css[alarming ? "on-status" : "text"];
  g.fillText(text, x, y + 4);
}

type Badge = "error" | "warn" | "stale" | "new";

function drawBadge(g: Context, scene: Scene, badge: Badge, x: number, y: number): void {
  const { css } = scene.look.theme;
  g.lineWidth = 2;
  g.strokeStyle = css.canvas;
  g.beginPath();
  if (badge === "error") {
    g.moveTo(x, y - 8);
    g.lineTo(x + 8, y + 6);
    g.lineTo(x - 8, y + 6);
    g.closePath();
  } else {
    g.arc(x, y, badge === "new" ? 4 : 6.5, 0, Math.PI * 2);
  }
  g.fillStyle = { error: css.error, warn: css.warn, stale: css["surface-3"], new: css.accent }[badge];
  g.stroke();
  g.fill();
  if (badge === "new") return;
  g.font = `800 9.5px ${FONT_SANS}`;
  g.textAlign = "center";
  g.fillStyle = badge === "stale" ? css.text : css["on-status"];
  g.fillText(badge === "stale" ? "?" : "!", x, y + (badge === "error" ? 4.5 : 3.5));
}

/** A group's name and sums; the header stays in the picture while the box is. */
function drawHeader(g: Context, scene: Scene, frame: Frame, group: Group, taken: CollisionGrid): void {
  const [x, y, w, h] = screenBox(group, frame);
  const { css } = scene.look.theme;
  if (frame.level === Level.overview) return drawDiscTitle(g, scene, frame, group, taken);
  if (w < 44) return;
  const top = Math.min(Math.max(y, 0), y + h - GROUP_HEADER);
  const inset = w < 160 ? 6 : 14;
  const large = w >= 160;
  const nameFont = `600 ${large ? 12 : 10.5}px ${FONT_SANS}`;
  const sumFont = `400 11px ${FONT_SANS}`;
  const sums = groupSummary(group, scene.look.metrics);
  const icon = large ? 20 : 0;
  const room = w - 2 * inset - icon;
  const nameWidth = measureText(g, nameFont, group.label);
  const fits = nameWidth + measureText(g, sumFont, sums) + 24 <= room;
  const name = nameWidth <= room ? group.label : fitText(g, nameFont, group.label, room);
  const baseline = top + (large ? 20 : 14);
  g.globalAlpha = group.stale ? 0.7 : 1;
  if (top > y + 1) drawStuck(g, scene, x, top, w);
  if (large) drawHostIcon(g, css["text-2"], x + inset + 7, baseline - 4);
  g.textAlign = "left";
  haloed(g, scene, nameFont, name, x + inset + icon, baseline, css["text-2"]);
  if (fits) {
    g.textAlign = "right";
    haloed(g, scene, sumFont, sums, x + w - inset, baseline, css.muted);
  }
  g.globalAlpha = 1;
  taken.block({ x0: x, y0: top, x1: x + w, y1: top + (large ? GROUP_HEADER : 18) });
}

function drawStuck(g: Context, scene: Scene, x: number, y: number, w: number): void {
  g.fillStyle = scene.look.theme.css["surface-1"];
  g.globalAlpha = 0.92;
  g.fillRect(x + 1, y, w - 2, GROUP_HEADER);
  g.globalAlpha = 1;
}

function drawDiscTitle(g: Context, scene: Scene, frame: Frame, group: Group, taken: CollisionGrid): void {
  const [x, y, w, h] = screenBox(group, frame);
  const r = discRadius(group, frame);
  const cx = x + w / 2;
  g.textAlign = "center";
  g.font = `650 ${r > 16 ? 13 : 10}px ${FONT_SANS}`;
  g.fillStyle = scene.look.theme.css.text;
  g.fillText(count(group.members.size), cx, y + h / 2 + 4);
  const font = `500 11px ${FONT_SANS}`;
  const name = middleEllipsis(group.label, LONGEST_LABEL);
  const half = measureText(g, font, name) / 2;
  const top = y + h / 2 + r + 4;
  if (taken.claim({ x0: cx - half, y0: top, x1: cx + half, y1: top + 13 })) {
    haloed(g, scene, font, name, cx, top + 11, scene.look.theme.css["text-2"]);
  }
}

function drawHostIcon(g: Context, colour: string, x: number, y: number): void {
  g.beginPath();
  g.arc(x, y, 6, 0, Math.PI * 2);
  g.lineWidth = 1.5;
  g.strokeStyle = colour;
  g.stroke();
}

function fitText(g: Context, font: string, text: string, room: number): string {
  const part = Math.max(3, Math.floor((text.length * room) / measureText(g, font, text)) - 1);
  return middleEllipsis(text, part);
}
