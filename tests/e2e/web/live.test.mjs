/**
 * The whole path: this host's processes, through reticle-probe and reticle-app, to a browser.
 * RETICLE_APP and RETICLE_PROBE name the programs; without them there is nothing to test and it says so.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DIST, keep, launch, open, places, settled, until } from "./support.mjs";

const { RETICLE_APP, RETICLE_PROBE } = process.env;
const missing = [RETICLE_APP, RETICLE_PROBE].some((p) => !p || !existsSync(p));
const options = missing ? { skip: "RETICLE_APP and RETICLE_PROBE must name built programs" } : {};

/** A process is known by its name; these two are this run's own. */
const SERVER = `e2esrv${process.pid}`;
const CLIENT = `e2ecli${process.pid}`;
const SERVE =
  "const s=require('net').createServer(c=>c.resume()).listen(0,'127.0.0.1',()=>console.log(s.address().port))";
const CALL =
  "const c=require('net').connect(+process.argv[1],'127.0.0.1');setInterval(()=>c.write('x'.repeat(2000)),100)";
/** Ended things stay for an afterglow of 15 s; the rest is for a busy machine. */
const GONE_MS = 60_000;
const APPEARS_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), "reticle-e2e-"));
const started = [];
let browser;
let page;
let port;
let server;
let servicePort;
let client;
let app;

function start(program, args, stdio = ["ignore", "ignore", "inherit"]) {
  const child = spawn(program, args, { stdio, cwd: folder });
  started.push(child);
  return child;
}

/** Runs a script under a name of our own, by which the map will know it. */
function startNamed(name, script, ...args) {
  const path = join(folder, name);
  if (!existsSync(path)) symlinkSync(process.execPath, path);
  return start(path, ["-e", script, ...args], ["ignore", "pipe", "inherit"]);
}

async function startApp() {
  app = start(RETICLE_APP, ["--listen", `127.0.0.1:${port}`, "--data", folder, "--web", DIST]);
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (r) => r.ok,
      () => false,
    );
  await until("the server's answer", ready, APPEARS_MS);
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: free } = probe.address();
  probe.close();
  return free;
}

const labelled = (name) =>
  page.evaluate(
    (l) => [...window.reticle.store.graph.nodes.values()].find((n) => n.label === l) ?? null,
    name,
  );
const appears = (name) => until(`${name} on the map`, () => labelled(name), APPEARS_MS);

before(async () => {
  if (missing) return;
  port = await freePort();
  await startApp();
  start(RETICLE_PROBE, [`127.0.0.1:${port}`]);
  browser = await launch();
  page = await open(browser, `http://127.0.0.1:${port}/`);
});

after(async () => {
  await browser?.close();
  for (const child of started) if (child.exitCode === null) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

test("a started server and its client appear, with the conversation between them", options, async () => {
  server = startNamed(SERVER, SERVE);
  servicePort = Number(String((await once(server.stdout, "data"))[0]));
  client = startNamed(CLIENT, CALL, String(servicePort));
  const [from, to] = [await appears(CLIENT), await appears(SERVER)];
  assert.equal(from.attributes.pid, client.pid);
  assert.equal(to.attributes.pid, server.pid);
  await until("the edge between them", () =>
    page.evaluate(
      ([a, b, p]) =>
        [...window.reticle.store.graph.edges.values()].some(
          (e) => e.source === a && e.target === b && e.port === p,
        ),
      [from.h, to.h, servicePort],
    ),
  );
  await keep(page, "live-graph");
});

test("a search narrows the table to what it names", options, async () => {
  await page.keyboard.press("t");
  await page.keyboard.press("/");
  await page.keyboard.type(CLIENT);
  await until("one row", async () => (await page.locator(".nodes tbody tr:not(.spacer)").count()) === 1);
  assert.match(await page.locator(".nodes tbody").textContent(), new RegExp(CLIENT));
  await keep(page, "live-table");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
});

test("a click on the node opens its details with the right numbers", options, async () => {
  const node = await labelled(CLIENT);
  await page.waitForSelector(".map-canvas canvas");
  await page.evaluate((n) => {
    window.reticle.map.pilot.automatic = false;
    window.reticle.map.pilot.flyTo({ x: n.x / 16, y: n.y / 16, scale: 1 }, true);
  }, node);
  await settled(page);
  const [at] = await places(page, CLIENT);
  await page.mouse.click(at.x, at.y);
  await page.waitForSelector(`.panel h2:text("${CLIENT}")`);
  const panel = page.locator(".panel");
  assert.match(await panel.textContent(), new RegExp(String(client.pid)));
  const row = panel.locator(".edges tbody tr", { hasText: SERVER });
  assert.match(await row.textContent(), new RegExp(`:${servicePort}`));
  const sent = await until(
    "its 20 kB/s",
    () =>
      page.evaluate((p) => {
        const { graph } = window.reticle.store;
        const edge = [...graph.edges.values()].find((e) => e.port === p);
        return edge.sent_bytes_per_second > 5000 && edge.sent_bytes_per_second;
      }, servicePort),
    APPEARS_MS,
  );
  assert.ok(sent < 60_000, `2,000 bytes ten times a second, not ${sent}`);
  await keep(page, "live-details");
});

test("a killed process goes", options, async () => {
  client.kill("SIGKILL");
  await until("its end to be seen", async () => (await labelled(CLIENT))?.state !== "live", APPEARS_MS);
  await until("the node gone", async () => (await labelled(CLIENT)) === null, GONE_MS);
  assert.match(await page.locator(".panel").textContent(), /ended/);
  await keep(page, "live-gone");
});

test("a server that is killed and started again is the same map, without a reload", options, async () => {
  client = startNamed(CLIENT, CALL, String(servicePort));
  await appears(SERVER);
  app.kill("SIGKILL");
  await page.waitForSelector(".connection-bar");
  assert.equal((await labelled(SERVER)).attributes.pid, server.pid, "the last picture stays");
  await startApp();
  await until("the bar gone", async () => (await page.locator(".connection-bar").count()) === 0, APPEARS_MS);
  const again = async () =>
    (await labelled(CLIENT))?.state === "live" && (await labelled(SERVER))?.state === "live";
  await until("both on the new server's map", again, APPEARS_MS);
  assert.equal((await labelled(CLIENT)).attributes.pid, client.pid);
  await keep(page, "live-restarted");
});

test("the page had nothing to complain about but the lost connection", options, () => {
  const others = page.faults.filter((f) => !/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|WebSocket/.test(f));
  assert.deepEqual(others, []);
});
