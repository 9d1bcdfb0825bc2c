/** The WebGL2 back end: instanced quads and ribbons, one draw call a layer, only what changed is uploaded. */
import arrowFragment from "../../../../shaders/arrow.frag.glsl?raw";
import arrowVertex from "../../../../shaders/arrow.vert.glsl?raw";
import edgeFragment from "../../../../shaders/edge.frag.glsl?raw";
import edgeVertex from "../../../../shaders/edge.vert.glsl?raw";
import nodeFragment from "../../../../shaders/node.frag.glsl?raw";
import nodeVertex from "../../../../shaders/node.vert.glsl?raw";
import type { EdgeBatch } from "../../model/edge_batch.ts";
import type { Frame } from "../../model/frame.ts";
import { EDGE_BYTES, NODE_BYTES } from "../../model/instances.ts";
import { Level } from "../../model/lod.ts";
import type { Scene } from "../../model/scene.ts";
import { type DrawCounts, type MarksLayer, sizeCanvas } from "./marks.ts";

const HEADER = "#version 300 es\nprecision highp float;\n";
const EDGE_VERTICES = 34;
const ARROW_VERTICES = 9;

/** location, components, byte offset, and whether it is normalised bytes rather than floats. */
type Attribute = [location: number, size: number, offset: number, bytes: boolean];

const NODE_LAYOUT: Attribute[] = [
  [0, 3, 0, false],
  [1, 4, 12, true],
  [2, 4, 16, true],
  [3, 4, 20, true],
];
const EDGE_LAYOUT: Attribute[] = [
  [0, 4, 0, false],
  [1, 2, 16, false],
  [2, 4, 24, true],
  [3, 4, 28, true],
];

type Uniforms = Record<string, WebGLUniformLocation | null>;

class Program {
  readonly program: WebGLProgram;
  readonly uniforms: Uniforms = {};

  constructor(gl: WebGL2RenderingContext, vertex: string, fragment: string) {
    this.program = gl.createProgram();
    for (const [kind, text] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, HEADER + text);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
    }
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = (gl.getAttachedShaders(this.program) ?? []).map((s) => gl.getShaderInfoLog(s));
      throw new Error(`shader: ${gl.getProgramInfoLog(this.program)} ${logs.join(" ")}`);
    }
    for (const name of ["u_camera", "u_view", "u_ratio", "u_body", "u_dots"]) {
      this.uniforms[name] = gl.getUniformLocation(this.program, name);
    }
  }

  use(gl: WebGL2RenderingContext, frame: Frame): void {
    gl.useProgram(this.program);
    gl.uniform3f(this.uniforms["u_camera"]!, frame.camera.x, frame.camera.y, frame.camera.scale);
    gl.uniform2f(this.uniforms["u_view"]!, frame.view.width, frame.view.height);
    gl.uniform1f(this.uniforms["u_ratio"]!, frame.view.ratio);
  }
}

export class WebGlMarks implements MarksLayer {
  readonly backend = "webgl";
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #node: Program;
  readonly #edge: Program;
  readonly #arrow: Program;
  readonly #nodeBuffer: WebGLBuffer;
  readonly #edgeBuffer: WebGLBuffer;
  readonly #nodeArray: WebGLVertexArrayObject;
  readonly #edgeArray: WebGLVertexArrayObject;
  #nodeCapacity = 0;
  #edgeVersion = -1;

  /** `gl` must be of a context made with premultiplied alpha on this canvas. */
  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext) {
    this.canvas = canvas;
    this.#gl = gl;
    this.#node = new Program(gl, nodeVertex, nodeFragment);
    this.#edge = new Program(gl, edgeVertex, edgeFragment);
    this.#arrow = new Program(gl, arrowVertex, arrowFragment);
    this.#nodeBuffer = gl.createBuffer();
    this.#edgeBuffer = gl.createBuffer();
    this.#nodeArray = gl.createVertexArray();
    this.#edgeArray = gl.createVertexArray();
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  draw(scene: Scene, frame: Frame, counts: DrawCounts): void {
    const gl = this.#gl;
    sizeCanvas(this.canvas, frame);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    counts.uploaded_bytes += this.#uploadNodes(scene) + this.#uploadEdges(frame.edges);
    this.#drawEdges(frame, counts);
    this.#drawNodes(scene, frame, counts);
  }

  dispose(): void {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #uploadNodes(scene: Scene): number {
    const gl = this.#gl;
    const { bytes, capacity } = scene.instances;
    const range = scene.dirty.take();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#nodeBuffer);
    if (capacity !== this.#nodeCapacity) {
      this.#nodeCapacity = capacity;
      gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
      return bytes.length;
    }
    if (!range) return 0;
    const [from, to] = [range[0] * NODE_BYTES, Math.min(range[1], capacity) * NODE_BYTES];
    gl.bufferSubData(gl.ARRAY_BUFFER, from, bytes, from, to - from);
    return to - from;
  }

  #uploadEdges(batch: EdgeBatch): number {
    if (batch.version === this.#edgeVersion) return 0;
    const gl = this.#gl;
    this.#edgeVersion = batch.version;
    const length = batch.count * EDGE_BYTES;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#edgeBuffer);
    gl.bufferData(
      gl.ARRAY_BUFFER,
      batch.instances.bytes.subarray(0, Math.max(EDGE_BYTES, length)),
      gl.DYNAMIC_DRAW,
    );
    return length;
  }

  #drawEdges(frame: Frame, counts: DrawCounts): void {
    const gl = this.#gl;
    const { count } = frame.edges;
    if (count === 0) return;
    gl.bindVertexArray(this.#edgeArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#edgeBuffer);
    this.#layout(EDGE_LAYOUT, EDGE_BYTES, 0);
    this.#edge.use(gl, frame);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, EDGE_VERTICES, count);
    this.#arrow.use(gl, frame);
    gl.drawArraysInstanced(gl.TRIANGLES, 0, ARROW_VERTICES, count);
    counts.draw_calls += 2;
    counts.edges += count;
  }

  #drawNodes(scene: Scene, frame: Frame, counts: DrawCounts): void {
    const gl = this.#gl;
    const [r, g, b] = scene.look.theme.rgb["surface-1"];
    gl.bindVertexArray(this.#nodeArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#nodeBuffer);
    this.#node.use(gl, frame);
    gl.uniform3f(this.#node.uniforms["u_body"]!, r / 255, g / 255, b / 255);
    gl.uniform1f(this.#node.uniforms["u_dots"]!, frame.level <= Level.dots ? 1 : 0);
    for (const [start, end] of frame.ranges) {
      this.#layout(NODE_LAYOUT, NODE_BYTES, start * NODE_BYTES);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, end - start);
      counts.draw_calls++;
    }
    counts.nodes += frame.nodes;
  }

  #layout(layout: Attribute[], stride: number, base: number): void {
    const gl = this.#gl;
    for (const [location, size, offset, bytes] of layout) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(
        location,
        size,
        bytes ? gl.UNSIGNED_BYTE : gl.FLOAT,
        bytes,
        stride,
        base + offset,
      );
      gl.vertexAttribDivisor(location, 1);
    }
  }
}
