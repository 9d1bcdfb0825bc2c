/** The one WebSocket: it stays open, tries again with patience, and hands messages to the session. */
import { reconnectDelay } from "../model/reconnect.ts";
import type { Session, SessionEvent } from "../model/session.ts";
import type { ClientMessage, ServerMessage } from "../model/types.ts";

export type LinkState = "connecting" | "open" | "lost";

export interface StreamEvents {
  event(event: SessionEvent): void;
  /** `retry_ms` is the wait before the next attempt, when lost. */
  link(state: LinkState, retry_ms: number): void;
}

/** No message for this long (status comes every second) means the line is dead even if nobody said so. */
export const SILENCE_MS = 8000;

export class Stream {
  readonly #url: string;
  readonly #session: Session;
  readonly #events: StreamEvents;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(url: string, session: Session, events: StreamEvents) {
    this.#url = url;
    this.#session = session;
    this.#events = events;
  }

  /** Opens the socket; does nothing while one is open or opening. */
  connect(): void {
    if (this.#socket || this.#stopped) return;
    clearTimeout(this.#retry);
    this.#events.link("connecting", 0);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (e) => this.#message(String(e.data));
    socket.onclose = () => this.#closed(socket);
    this.#watch();
  }

  /** Changes what is subscribed to, now or as soon as the socket is open. */
  want(view: string, options: Record<string, string>): void {
    const messages = this.#session.want(view, options);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#send(messages);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#socket?.close();
  }

  #opened(): void {
    this.#send(this.#session.opened());
    this.#events.link("open", 0);
  }

  #send(messages: ClientMessage[]): void {
    for (const message of messages) this.#socket?.send(JSON.stringify(message));
  }

  #message(text: string): void {
    this.#watch();
    this.#attempt = 0;
    let message: ServerMessage;
    try {
      message = JSON.parse(text) as ServerMessage;
    } catch {
      // A server that sends anything but JSON is not ours: begin again rather than guess.
      this.#socket?.close();
      return;
    }
    this.#events.event(this.#session.receive(message));
  }

  #watch(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      const socket = this.#socket;
      socket?.close();
      if (socket) this.#closed(socket);
    }, SILENCE_MS);
  }

  #closed(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#silence);
    if (this.#stopped) return;
    const delay = reconnectDelay(this.#attempt++, Math.random());
    this.#events.link("lost", delay);
    this.#retry = setTimeout(() => this.connect(), delay);
  }
}
