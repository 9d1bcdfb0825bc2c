/** The layer below: frames of groups, and in the overview their discs. */
import { toScreen } from "../../model/camera.ts";
import type { Frame } from "../../model/frame.ts";
import type { Group } from "../../model/groups.ts";
import { Level } from "../../model/lod.ts";
import type { Scene } from "../../model/scene.ts";
import { begin2d } from "./marks.ts";

/** Room that a header needs above the first row of glyphs, px on screen, and what a box gives at scale 1. */
const HEADER_ROOM = 27;
const HEADER_GIVEN = 40;

/**
 * A group's box in CSS px: x, y, width, height. Texts do not shrink with the map, so a small box is
 * heightened for its header.
 */
export function screenBox(group: Group, frame: Frame): [number, number, number, number] {
  const a = toScreen({ x: group.box.x0, y: group.box.y0 }, frame.camera, frame.view);
  const { scale } = frame.camera;
  const more = frame.level === Level.overview ? 0 : Math.max(0, HEADER_ROOM - HEADER_GIVEN * scale);
  return [
    a.x,
    a.y - more,
    (group.box.x1 - group.box.x0) * scale,
    (group.box.y1 - group.box.y0) * scale + more,
  ];
}

/** The radius of a group's disc in the overview, CSS px. */
export function discRadius(group: Group, frame: Frame): number {
  const [, , w, h] = screenBox(group, frame);
  return Math.max(9, Math.min(44, Math.min(w, h) * 0.36));
}

export function drawBoxes(canvas: HTMLCanvasElement, scene: Scene, frame: Frame): void {
  const g = begin2d(canvas, frame);
  const { css } = scene.look.theme;
  g.lineWidth = 1;
  for (const group of frame.groups) {
    if (!group.framed) continue;
    const [x, y, w, h] = screenBox(group, frame);
    g.beginPath();
    g.roundRect(x, y, w, h, Math.min(14, Math.min(w, h) * 0.12));
    g.fillStyle = css.group;
    g.fill();
    g.strokeStyle = css.line;
    g.setLineDash(group.stale ? [5, 4] : []);
    g.stroke();
  }
  g.setLineDash([]);
}

/** The overview's discs: fill by metric, a ring of health, the number of members. Drawn above the edges. */
export function drawDiscs(g: CanvasRenderingContext2D, scene: Scene, frame: Frame): void {
  if (frame.level !== Level.overview) return;
  for (const group of frame.groups) if (group.framed) drawDisc(g, scene, frame, group);
}

function drawDisc(g: CanvasRenderingContext2D, scene: Scene, frame: Frame, group: Group): void {
  const { css } = scene.look.theme;
  const [bx, by, w, h] = screenBox(group, frame);
  const [x, y, r] = [bx + w / 2, by + h / 2, discRadius(group, frame)];
  g.beginPath();
  g.arc(x, y, r, 0, Math.PI * 2);
  g.fillStyle = css["surface-1"];
  g.fill();
  g.save();
  g.clip();
  g.fillStyle = css.fill;
  g.fillRect(x - r, y + r - 2 * r * group.fill, 2 * r, 2 * r);
  g.restore();
  drawHealth(g, scene, group, x, y, r);
}

function drawHealth(
  g: CanvasRenderingContext2D,
  scene: Scene,
  group: Group,
  x: number,
  y: number,
  r: number,
): void {
  const { css } = scene.look.theme;
  const total = Math.max(1, group.members.size);
  let from = -Math.PI / 2;
  const parts: [number, string][] = [
    [group.failed, css.error],
    [group.warned, css.warn],
    [total - group.failed - group.warned, group.stale ? css.stale : css.ok],
  ];
  g.lineWidth = Math.max(2, r * 0.12);
  for (const [n, colour] of parts) {
    const to = from + (n / total) * Math.PI * 2;
    if (n > 0) {
      g.beginPath();
      g.arc(x, y, r, from, to);
      g.strokeStyle = colour;
      g.stroke();
    }
    from = to;
  }
}
