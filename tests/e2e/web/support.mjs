/** What the browser tests share: a browser, a page that may not misbehave, pictures kept, polling. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("../../../ui/web/", import.meta.url));
const require = createRequire(join(WEB, "package.json"));
const { chromium } = require("playwright-core");

/** The built page, and where pictures go. */
export const DIST = process.env.RETICLE_WEB ?? join(WEB, "dist");
export const ARTIFACTS = process.env.RETICLE_ARTIFACTS ?? join(tmpdir(), "reticle-web-pictures");
export const AXE = require.resolve("axe-core/axe.min.js");

const QUIET = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

export function launch() {
  return chromium.launch({
    executablePath: process.env.RETICLE_CHROMIUM ?? "/usr/bin/chromium",
    args: [...QUIET, ...SOFTWARE_GL, ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
  });
}

/** Opens a page; `page.faults` collects its errors, refused content among them. */
export async function open(browser, url, { width = 1280, height = 800, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (e) => page.faults.push(String(e)));
  page.on("console", (m) => m.type() === "error" && page.faults.push(m.text()));
  await page.goto(url);
  return page;
}

/** Polls until `probe` answers something truthy, which it returns; names `what` when it never does. */
export async function until(what, probe, ms = 15_000) {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(performance.now() < deadline, `waited ${ms} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the map shows at least so many nodes. */
export function nodesShown(page, least) {
  return until(`${least} nodes on the map`, () =>
    page.evaluate((n) => window.reticle.store.graph.nodes.size >= n, least),
  );
}

/** Where nodes that satisfy a test are on the page: `[{id, label, x, y}]`. */
export function places(page, label) {
  return page.evaluate((wanted) => {
    const { store, map } = window.reticle;
    const { camera, view } = map.pilot;
    const box = document.querySelector(".map-canvas").getBoundingClientRect();
    return [...store.graph.nodes.values()]
      .filter((n) => wanted === undefined || n.label === wanted)
      .map((n) => ({
        id: n.id,
        label: n.label,
        x: (n.x / 16 - camera.x) * camera.scale + view.width / 2 + box.left,
        y: (n.y / 16 - camera.y) * camera.scale + view.height / 2 + box.top,
      }));
  }, label);
}

/** Waits until the camera has arrived and its picture is drawn. */
export function settled(page) {
  return until("the camera at rest", () =>
    page.evaluate(() => window.reticle.map.pilot?.resting && window.reticle.map.renderer.frame !== null),
  );
}

/** Keeps a picture of the page among the artifacts. */
export async function keep(page, name) {
  mkdirSync(ARTIFACTS, { recursive: true });
  return page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
}

/** How many different colours a part of the page shows. */
export async function colours(page, clip) {
  const png = (await page.screenshot({ clip })).toString("base64");
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const g = canvas.getContext("2d");
    g.drawImage(bitmap, 0, 0);
    const pixels = new Uint32Array(g.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
    return new Set(pixels).size;
  }, png);
}
