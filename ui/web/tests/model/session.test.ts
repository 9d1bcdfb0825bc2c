import { expect, test } from "vitest";
import { reconnectDelay } from "../../src/model/reconnect.ts";
import { Session } from "../../src/model/session.ts";
import { delta, node } from "../support/things.ts";

const hello = { type: "hello", app_epoch: "e1", version: "0", host_name: "m", time_ms: 0 } as const;

test("Session: does not ask to resume what it never had", () => {
  const session = new Session();
  session.want("processes", {});
  expect(session.opened()).toEqual([{ type: "subscribe", sub: 1, view: "processes", options: {} }]);
});

test("Session: a change of view ends the old subscription and never reads its late deltas", () => {
  const session = new Session();
  session.want("processes", {});
  session.receive(hello);
  session.receive(delta({ reset: true, nodes: { put: [node(1)] } }));
  const messages = session.want("hosts", {});
  expect(messages.map((m) => [m.type, m.sub])).toEqual([
    ["unsubscribe", 1],
    ["subscribe", 2],
  ]);
  session.receive(delta({ sub: 1, seq: 2, nodes: { put: [node(2)] } }));
  expect(session.graph.nodes.size).toBe(0);
  expect(session.loaded).toBe(false);
});

test("Session: numbers of subscriptions stay within what the server allows", () => {
  const session = new Session();
  for (let i = 0; i < 200; i++) {
    const sub = session.want(`v${i}`, {}).at(-1)!.sub;
    expect(sub).toBeGreaterThanOrEqual(1);
    expect(sub).toBeLessThanOrEqual(64);
  }
});

test("Session: a snapshot shows only when whole", () => {
  const session = new Session();
  session.want("processes", {});
  session.receive(hello);
  session.receive(delta({ reset: true, more: true, nodes: { put: [node(1)] } }));
  expect(session.graph.nodes.size).toBe(0);
  const event = session.receive(delta({ seq: 2, nodes: { put: [node(2)] } }));
  expect(session.graph.nodes.size).toBe(2);
  expect(event.kind === "graph" && event.change.nodes.size).toBe(2);
});

test("reconnectDelay: grows from half a second to fifteen, and is never the same for all", () => {
  expect(reconnectDelay(0, 0)).toBe(250);
  expect(reconnectDelay(0, 0.999)).toBeLessThanOrEqual(500);
  expect(reconnectDelay(30, 0.999)).toBeLessThanOrEqual(15_000);
  expect(reconnectDelay(30, 0)).toBe(7500);
});
