/**
 * What the page knows of the server, fed with the stream's messages and asked what to send. It has no
 * socket and no clock of its own: reconnecting, resuming and changing views are tested without a network.
 */
import { Graph, type GraphChange } from "./graph.ts";
import type { ClientMessage, Delta, Hello, ServerMessage, Status, StreamError, Subscribe } from "./types.ts";

/** What a message did, for those who show it. */
export type SessionEvent =
  | { kind: "graph"; change: GraphChange }
  | { kind: "hello" }
  | { kind: "status" }
  | { kind: "error"; error: StreamError }
  | { kind: "none" };

const SUBSCRIPTIONS = 64;

export class Session {
  graph = new Graph();
  hello: Hello | null = null;
  status: Status | null = null;
  error: StreamError | null = null;
  seq = -1;
  /** True once a snapshot of the wanted view is complete. */
  loaded = false;
  /** The server's clock at the last delta or status. */
  time_ms = 0;
  /** The epoch whose numbering `seq` belongs to; a new hello does not change it, a snapshot does. */
  #epoch = "";
  #wanted: { view: string; options: Record<string, string> } | null = null;
  #sub = 0;
  #staging: Graph | null = null;

  /** Changes the wanted view; answers what to send on an open socket. */
  want(view: string, options: Record<string, string>): ClientMessage[] {
    const messages: ClientMessage[] = this.#wanted ? [{ type: "unsubscribe", sub: this.#sub }] : [];
    this.#wanted = { view, options };
    this.#sub = (this.#sub % SUBSCRIPTIONS) + 1;
    this.seq = -1;
    this.loaded = false;
    this.error = null;
    this.#staging = null;
    this.graph = new Graph();
    return [...messages, ...this.#subscribe()];
  }

  /** What to send when a socket has opened: the wanted subscription, resumed if it had begun. */
  opened(): ClientMessage[] {
    this.#staging = null;
    return this.#subscribe();
  }

  #subscribe(): Subscribe[] {
    if (!this.#wanted) return [];
    const { view, options } = this.#wanted;
    const message: Subscribe = { type: "subscribe", sub: this.#sub, view, options };
    if (this.loaded && this.#epoch) message.resume = { app_epoch: this.#epoch, seq: this.seq };
    return [message];
  }

  receive(message: ServerMessage): SessionEvent {
    switch (message.type) {
      case "hello":
        this.hello = message;
        this.time_ms = message.time_ms;
        return { kind: "hello" };
      case "status":
        this.status = message;
        this.time_ms = message.time_ms;
        return { kind: "status" };
      case "error":
        if (message.sub === undefined || message.sub === this.#sub) this.error = message;
        return { kind: "error", error: message };
      case "delta":
        return this.#delta(message);
      default:
        return { kind: "none" };
    }
  }

  /** A snapshot in several chunks takes effect as a whole, so that a reset never flashes an empty map. */
  #delta(delta: Delta): SessionEvent {
    if (delta.sub !== this.#sub) return { kind: "none" };
    if (delta.reset) this.#staging = new Graph();
    this.time_ms = delta.time_ms;
    if (!this.#staging) {
      this.seq = delta.seq;
      return { kind: "graph", change: this.graph.apply(delta) };
    }
    const change = this.#staging.apply(delta);
    if (delta.more) return { kind: "none" };
    this.graph = this.#staging;
    this.#staging = null;
    this.seq = delta.seq;
    this.loaded = true;
    this.#epoch = this.hello?.app_epoch ?? "";
    change.reset = true;
    change.structure = true;
    for (const h of this.graph.nodes.keys()) change.nodes.add(h);
    for (const h of this.graph.edges.keys()) change.edges.add(h);
    return { kind: "graph", change };
  }
}
