import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apiUrl } from "../../src/api/rest.ts";
import { type LinkState, SILENCE_MS, Stream } from "../../src/api/stream.ts";
import { Session } from "../../src/model/session.ts";
import { delta, node } from "../support/things.ts";

/** A socket that does what the test says. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen: () => void = () => {};
  onmessage: (e: { data: string }) => void = () => {};
  onclose: () => void = () => {};

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  say(message: unknown) {
    this.onmessage({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose();
  }
}

const hello = { type: "hello", app_epoch: "e1", version: "0", host_name: "m", time_ms: 0 };
let links: [LinkState, number][];
let session: Session;
let stream: Stream;
const last = () => FakeSocket.all.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.spyOn(Math, "random").mockReturnValue(0);
  FakeSocket.all = [];
  links = [];
  session = new Session();
  stream = new Stream("ws://m/api/v1/stream", session, {
    event: () => {},
    link: (s, ms) => links.push([s, ms]),
  });
  stream.connect();
  stream.want("processes", {});
});

afterEach(() => {
  stream.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("Stream: subscribes once when the socket opens, not before", () => {
  expect(last().sent).toEqual([]);
  last().open();
  expect(last().sent).toEqual([{ type: "subscribe", sub: 1, view: "processes", options: {} }]);
});

test("Stream: waits longer after each failure, and resumes where it was", () => {
  last().open();
  last().say(hello);
  last().say(delta({ reset: true, seq: 7, nodes: { put: [node(1)] } }));
  last().close();
  expect(links.at(-1)).toEqual(["lost", 250]);
  vi.advanceTimersByTime(250);
  last().close();
  expect(links.at(-1)).toEqual(["lost", 500]);
  vi.advanceTimersByTime(500);
  last().open();
  expect(last().sent).toMatchObject([{ type: "subscribe", resume: { app_epoch: "e1", seq: 7 } }]);
  expect(session.graph.nodes.size).toBe(1);
  last().say(hello);
  last().close();
  expect(links.at(-1)).toEqual(["lost", 250]);
});

test("Stream: a line that has fallen silent is given up", () => {
  last().open();
  vi.advanceTimersByTime(SILENCE_MS - 1);
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(links.at(-1)?.[0]).toBe("lost");
  vi.advanceTimersByTime(250);
  expect(FakeSocket.all).toHaveLength(2);
});

test("Stream: what is not JSON ends the connection, not the page", () => {
  last().open();
  last().say("<html>");
  expect(links.at(-1)?.[0]).toBe("lost");
});

test("Stream: changing the view on an open socket tells the server at once", () => {
  last().open();
  stream.want("hosts", { a: "b" });
  expect(last().sent.slice(1)).toEqual([
    { type: "unsubscribe", sub: 1 },
    { type: "subscribe", sub: 2, view: "hosts", options: { a: "b" } },
  ]);
});

test("Stream: after stop it stays stopped", () => {
  last().open();
  stream.stop();
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test("apiUrl: stays under the page's sub-path, and the stream follows the page's security", () => {
  expect(apiUrl("views", "http://m:4040/")).toBe("http://m:4040/api/v1/views");
  expect(apiUrl("nodes/a%3Bb", "https://m/maps/reticle/?q=1")).toBe(
    "https://m/maps/reticle/api/v1/nodes/a%3Bb",
  );
  expect(apiUrl("stream", "https://m/maps/", true)).toBe("wss://m/maps/api/v1/stream");
});
