/** Which back end draws: WebGL2 on a real graphics card, Canvas2D where WebGL is done in software. */
import { CanvasMarks } from "./canvas_marks.ts";
import type { MarksLayer } from "./marks.ts";
import { WebGlMarks } from "./webgl_marks.ts";

export type Backend = "webgl" | "canvas";

/** Renderer strings of software rasterisers, on which Canvas2D is 5 to 9 times faster. */
const SOFTWARE = /SwiftShader|llvmpipe|softpipe|Basic Render/i;

/** Whether a WebGL renderer string names a software rasteriser. */
export function isSoftware(renderer: string): boolean {
  return SOFTWARE.test(renderer);
}

/** The back end for a canvas: the wanted one if given and possible, else by the renderer's name. */
export function makeMarks(canvas: HTMLCanvasElement, wanted: Backend | null): MarksLayer {
  if (wanted === "canvas") return new CanvasMarks(canvas);
  const probe = wanted === "webgl" ? canvas : document.createElement("canvas");
  const gl = probe.getContext("webgl2", { antialias: false, premultipliedAlpha: true, alpha: true });
  if (!gl) return new CanvasMarks(canvas);
  if (wanted === "webgl") return new WebGlMarks(canvas, gl);
  const software = isSoftware(rendererName(gl));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return makeMarks(canvas, software ? "canvas" : "webgl");
}

function rendererName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}
