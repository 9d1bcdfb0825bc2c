/** The page alone, in Chromium, against the development server: no C++ needed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startFakeServer } from "../../../ui/web/dev/fake_server.mjs";
import { AXE, colours, DIST, keep, launch, nodesShown, open, places, settled, until } from "./support.mjs";

let browser;
let small;

before(async () => {
  browser = await launch();
  small = await startFakeServer({ nodes: 30, stale: 1, still: true, dist: DIST });
});

after(async () => {
  await browser.close();
  await small.close();
});

async function withPage(path, options, body) {
  const page = await open(browser, small.url + path, options);
  try {
    await nodesShown(page, 20);
    await settled(page);
    await body(page);
    assert.deepEqual(page.faults, []);
  } finally {
    await page.context().close();
  }
}

for (const renderer of ["canvas", "webgl"]) {
  for (const colorScheme of ["dark", "light"]) {
    test(`${renderer}, ${colorScheme}: draws the map, and a click on a node opens its details`, () =>
      withPage(`?renderer=${renderer}`, { colorScheme }, async (page) => {
        assert.equal(await page.evaluate(() => window.reticle.map.renderer.backend), renderer);
        const [nginx] = await places(page, "nginx");
        const around = { x: nginx.x - 20, y: nginx.y - 20, width: 40, height: 40 };
        assert.ok((await colours(page, around)) > 8, "a glyph has an outline, a body and soft rims");
        await page.mouse.click(nginx.x, nginx.y);
        await page.waitForSelector(".panel h2:text('nginx')");
        assert.match(page.url(), /node=/);
        await keep(page, `ui-${renderer}-${colorScheme}`);
      }));
  }
}

test("no picture is drawn that nobody asked for", () =>
  withPage("", {}, async (page) => {
    const drawn = await page.evaluate(async () => {
      const { store, map } = window.reticle;
      // The stream is silenced; what is drawn from here on would be drawn for nothing.
      store.listen = () => {};
      store.session.receive = () => ({ kind: "none" });
      let n = 0;
      const draw = map.renderer.draw.bind(map.renderer);
      map.renderer.draw = (now) => {
        n++;
        draw(now);
      };
      for (let i = 0; i < 30; i++) await new Promise(requestAnimationFrame);
      return n;
    });
    assert.ok(drawn <= 1, `${drawn} pictures in 30 frames`);
  }));

test("an edge is hovered and clicked along its curve", () =>
  withPage("", {}, async (page) => {
    const at = await page.evaluate(() => {
      const { store, map } = window.reticle;
      const { camera, view } = map.pilot;
      const box = document.querySelector(".map-canvas").getBoundingClientRect();
      for (const e of store.graph.edges.values()) {
        const [x0, y0, cx, cy, x1, y1] = map.renderer.scene.curve(e);
        const [mx, my] = [0.25 * x0 + 0.5 * cx + 0.25 * x1, 0.25 * y0 + 0.5 * cy + 0.25 * y1];
        const p = {
          x: (mx - camera.x) * camera.scale + view.width / 2,
          y: (my - camera.y) * camera.scale + view.height / 2,
        };
        const hit = map.renderer.pick(p);
        if (hit?.kind === "edge")
          return { x: p.x + box.left, y: p.y + box.top, id: store.graph.edges.get(hit.edge).id };
      }
    });
    await page.mouse.click(at.x, at.y);
    await page.waitForSelector(".panel h3:text('How we know')");
    assert.equal(await page.evaluate(() => window.reticle.store.chosen.value.selection.id), at.id);
    await keep(page, "ui-edge");
  }));

test("a search dims on the map, narrows the table, and lives in the address", () =>
  withPage("", {}, async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("name:nginx");
    await page.waitForSelector(".search .found");
    const matched = await page.evaluate(() => window.reticle.store.matched.value.size);
    assert.ok(matched > 0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.keyboard.type("name:nginx");
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("t");
    await page.waitForSelector(".table-view");
    assert.equal(await page.locator(".nodes tbody tr:not(.spacer)").count(), matched);
    assert.match(page.url(), /q=name:nginx/);
    await keep(page, "ui-search-table");
    await page.reload();
    await nodesShown(page, 20);
    assert.equal(await page.locator(".nodes tbody tr:not(.spacer)").count(), matched);
  }));

test("the whole page by keyboard: views, metrics, walking, isolating, help", () =>
  withPage("", {}, async (page) => {
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".panel");
    const first = await page.locator(".panel h2").textContent();
    await page.keyboard.press("f");
    await page.waitForSelector(".chip:has-text('Isolated')");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await until("the panel closed", async () => (await page.locator(".panel").count()) === 0);
    assert.ok(first.length > 0);
    await page.keyboard.press(">");
    assert.equal(
      await page.locator("[aria-label='Fill by metric'] [aria-checked=true]").textContent(),
      "Memory",
    );
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await keep(page, "ui-help");
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await until("the hosts", async () => /view=hosts/.test(page.url()));
    await page.goBack();
    await until("the processes again", async () => !/view=hosts/.test(page.url()));
  }));

test("panning and zooming: the point under the pointer stays, and nothing is uploaded anew", () =>
  withPage("?renderer=webgl", {}, async (page) => {
    const [before] = await places(page, "nginx");
    await page.mouse.move(before.x, before.y);
    await page.mouse.wheel(0, -200);
    await settled(page);
    const [zoomed] = await places(page, "nginx");
    assert.ok(Math.hypot(zoomed.x - before.x, zoomed.y - before.y) < 1);
    await page.evaluate(() => {
      const { camera } = window.reticle.map.pilot;
      window.reticle.map.pilot.flyTo({ ...camera, x: camera.x + 3 }, true);
    });
    await until("a picture that cost no upload", () =>
      page.evaluate(() => window.reticle.map.renderer.counts.uploaded_bytes === 0),
    );
    const counts = await page.evaluate(() => window.reticle.map.renderer.counts);
    assert.ok(counts.draw_calls <= 2 + 5, `few draw calls, not ${counts.draw_calls}`);
  }));

test("five thousand processes: levels of detail bound what is drawn", async () => {
  const large = await startFakeServer({ nodes: 5000, still: true, dist: DIST });
  const page = await open(browser, `${large.url}?renderer=canvas`, {});
  try {
    await nodesShown(page, 3000);
    await settled(page);
    const counts = await until("a picture", () => page.evaluate(() => window.reticle.map.renderer.counts));
    assert.ok(counts.edges <= 600 && counts.labels <= 400, JSON.stringify(counts));
    assert.match(await page.locator(".chips").textContent(), /Showing 600 of/);
    await keep(page, "ui-5000");
    await page.evaluate(() => {
      const { map } = window.reticle;
      map.pilot.flyTo({ ...map.pilot.camera, scale: 0.7 }, true);
    });
    await until("glyphs", () => page.evaluate(() => window.reticle.map.renderer.frame.level >= 2));
    const near = await page.evaluate(() => window.reticle.map.renderer.counts);
    assert.ok(near.edges <= 4000 && near.labels <= 400, JSON.stringify(near));
    await keep(page, "ui-5000-near");
    assert.deepEqual(page.faults, []);
  } finally {
    await page.context().close();
    await large.close();
  }
});

test("the server goes and comes back: the picture stays, its age is said, and it goes on by itself", async () => {
  const server = await startFakeServer({ nodes: 30, dist: DIST });
  const page = await open(browser, server.url, {});
  await nodesShown(page, 20);
  await server.close();
  await page.waitForSelector(".connection-bar");
  assert.ok((await page.evaluate(() => window.reticle.store.graph.nodes.size)) >= 20);
  await keep(page, "ui-disconnected");
  const again = await startFakeServer({ nodes: 30, port: server.port, epoch: "fake-2", dist: DIST });
  await until("the bar gone", async () => (await page.locator(".connection-bar").count()) === 0, 30_000);
  await nodesShown(page, 20);
  await page.context().close();
  await again.close();
});

test("no probes: the page says what to run", async () => {
  const empty = await startFakeServer({ probes: false, dist: DIST });
  const page = await open(browser, empty.url, {});
  await page.waitForSelector("code:has-text('reticle-probe 127.0.0.1')");
  await keep(page, "ui-empty");
  await page.context().close();
  await empty.close();
});

test("works under a sub-path and a strict content policy", async () => {
  const server = await startFakeServer({ nodes: 30, base: "/maps/reticle/", dist: DIST });
  const page = await open(browser, server.url, {});
  await nodesShown(page, 20);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await server.close();
});

for (const colorScheme of ["dark", "light"]) {
  test(`${colorScheme}: axe finds nothing to complain about, in graph, table and panel`, () =>
    withPage("", { colorScheme, reducedMotion: "reduce", bypassCSP: true }, async (page) => {
      await page.evaluate(readFileSync(AXE, "utf8"));
      const check = async (where) => {
        const { violations } = await page.evaluate(() => window.axe.run());
        const said = violations.map((v) => `${where}: ${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`);
        assert.deepEqual(said, []);
      };
      await check("graph");
      await page.keyboard.press("ArrowRight");
      await page.waitForSelector(".panel .edges");
      await check("panel");
      await page.keyboard.press("t");
      await page.waitForSelector(".table-view");
      await check("table");
      await keep(page, `ui-table-${colorScheme}`);
    }));
}
