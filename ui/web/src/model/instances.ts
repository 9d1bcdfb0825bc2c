/**
 * The byte layouts that the shaders read (ui/shaders/node.vert.glsl, edge.vert.glsl).
 *
 * node, 24 bytes: f32 x, y, radius | u8 shape, flags, alpha, fill | u8 outline r g b, 0 | u8 fill r g b, 0
 * edge, 32 bytes: f32 x0, y0, cx, cy, x1, y1 | u8 r g b alpha | u8 width in 1/16 px, flags, 0, 0
 */
import type { Curve } from "./curve.ts";
import type { EdgeStyle } from "./edge_style.ts";
import type { Rgb } from "./palette.ts";

export const NODE_BYTES = 24;
export const EDGE_BYTES = 32;

export const NodeFlag = { double: 1, dashed: 2 } as const;
export const EdgeFlag = { dashed: 1, refused: 2 } as const;

export interface NodeInstance {
  x: number;
  y: number;
  radius: number;
  shape: number;
  flags: number;
  alpha: number;
  /** 0 to 1. */
  fill: number;
  outline: Rgb;
  fillColour: Rgb;
}

/** A growing array of instances with typed views over the same bytes. */
export class InstanceBuffer {
  readonly stride: number;
  bytes: Uint8Array<ArrayBuffer>;
  floats: Float32Array<ArrayBuffer>;

  constructor(stride: number, capacity: number) {
    this.stride = stride;
    this.bytes = new Uint8Array(stride * capacity);
    this.floats = new Float32Array(this.bytes.buffer);
  }

  get capacity(): number {
    return this.bytes.length / this.stride;
  }

  /** Makes room for `count` instances, all zero. */
  reset(count: number): void {
    if (count <= this.capacity) {
      this.bytes.fill(0);
      return;
    }
    this.bytes = new Uint8Array(this.stride * Math.max(64, Math.ceil(count * 1.3)));
    this.floats = new Float32Array(this.bytes.buffer);
  }
}

export function writeNode(buffer: InstanceBuffer, slot: number, n: NodeInstance): void {
  const f = (slot * NODE_BYTES) / 4;
  buffer.floats[f] = n.x;
  buffer.floats[f + 1] = n.y;
  buffer.floats[f + 2] = n.radius;
  const b = slot * NODE_BYTES + 12;
  const { bytes } = buffer;
  bytes[b] = n.shape;
  bytes[b + 1] = n.flags;
  bytes[b + 2] = Math.round(n.alpha * 255);
  bytes[b + 3] = Math.round(n.fill * 255);
  bytes.set(n.outline, b + 4);
  bytes.set(n.fillColour, b + 8);
}

/** Reads back what `writeNode` wrote: the Canvas2D back end draws from the same bytes. */
export function readNode(buffer: InstanceBuffer, slot: number): NodeInstance {
  const f = (slot * NODE_BYTES) / 4;
  const b = slot * NODE_BYTES + 12;
  const { bytes, floats } = buffer;
  return {
    x: floats[f]!,
    y: floats[f + 1]!,
    radius: floats[f + 2]!,
    shape: bytes[b]!,
    flags: bytes[b + 1]!,
    alpha: bytes[b + 2]! / 255,
    fill: bytes[b + 3]! / 255,
    outline: [bytes[b + 4]!, bytes[b + 5]!, bytes[b + 6]!],
    fillColour: [bytes[b + 8]!, bytes[b + 9]!, bytes[b + 10]!],
  };
}

export function writeEdge(buffer: InstanceBuffer, index: number, curve: Curve, style: EdgeStyle): void {
  buffer.floats.set(curve, (index * EDGE_BYTES) / 4);
  const b = index * EDGE_BYTES + 24;
  const { bytes } = buffer;
  bytes.set(style.colour, b);
  bytes[b + 3] = Math.round(style.alpha * 255);
  bytes[b + 4] = Math.min(255, Math.round(style.width * 16));
  bytes[b + 5] = (style.dashed ? EdgeFlag.dashed : 0) | (style.refused ? EdgeFlag.refused : 0);
}

export interface EdgeInstance {
  curve: Curve;
  colour: Rgb;
  alpha: number;
  width: number;
  flags: number;
}

export function readEdge(buffer: InstanceBuffer, index: number): EdgeInstance {
  const f = (index * EDGE_BYTES) / 4;
  const b = index * EDGE_BYTES + 24;
  const { bytes, floats } = buffer;
  return {
    curve: [floats[f]!, floats[f + 1]!, floats[f + 2]!, floats[f + 3]!, floats[f + 4]!, floats[f + 5]!],
    colour: [bytes[b]!, bytes[b + 1]!, bytes[b + 2]!],
    alpha: bytes[b + 3]! / 255,
    width: bytes[b + 4]! / 16,
    flags: bytes[b + 5]!,
  };
}
