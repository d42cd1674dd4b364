/**
 * The protocol `graphql-transport-ws` on one WebSocket, from its opening to its close:
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 *
 * Whatever goes wrong is told once and in one way, as a close. A peer that breaks
 * the protocol, or is silent where it should answer, is hung up on.
 */
import type { Result, ResultError, Sink } from './subscriptions.ts';

export interface ConnectionOptions {
  /** `ws:` or `wss:`. */
  url: string;
  WebSocketImpl: typeof WebSocket;
  /** The payload of `connection_init`. */
  params(): Promise<Record<string, unknown>>;
  /** It is acknowledged: operations can be sent. */
  onReady(): void;
  /** Called exactly once, with what comes after it passed over. */
  onClose(code: number, reason: string): void;
}

export interface Connection {
  /** @param payload of the message, in JSON. @returns what completes the operation; then nothing of it is told. */
  subscribe(payload: string, sink: Sink<unknown>): () => void;
  /** Hangs up when so much time has passed, unless it is told otherwise before; null for no deadline. There is one from the beginning. */
  setDeadline(ms: number | null): void;
  /** Finds out whether the peer is still there, and hangs up if it isn't. */
  probe(): void;
  close(code: number): void;
}

export const NORMAL_CLOSURE = 1000;
export const GIVEN_UP = 4499;
/** What browsers say of a connection that failed. */
const FAILED = 1006;
const BAD_MESSAGE = 4400;

/** The deadline that it begins with: whoever finds it good lifts it. And how long the peer may take to answer a ping. */
const OPENING_MS = 15_000;
const PONG_MS = 10_000;
/** How long a peer may take to close, where that can be cut short. */
const CLOSING_MS = 1000;

type Timer = ReturnType<typeof setTimeout>;

export function openConnection(options: ConnectionOptions): Connection {
  const sinks = new Map<string, Sink<unknown>>();
  let socket: WebSocket | null = null;
  let isReady = false;
  let isClosed = false;
  let operations = 0;
  let deadline: Timer | undefined;
  let pong: Timer | undefined;

  async function open(): Promise<void> {
    try {
      const init = JSON.stringify({ type: 'connection_init', payload: await options.params() });
      if (isClosed) return;
      const opened = new options.WebSocketImpl(options.url, 'graphql-transport-ws');
      socket = opened;
      opened.onopen = () => send(init);
      opened.onmessage = ({ data }) => receive(data);
      opened.onclose = ({ code, reason }) => end(code, reason);
      // A close follows. In Node, an error that nobody hears would end the process.
      opened.onerror = () => {};
    } catch {
      end(FAILED, '');
    }
  }

  function send(message: string): void {
    if (!isClosed) socket?.send(message);
  }

  function receive(data: unknown): void {
    if (isClosed) return;
    clearTimeout(pong);
    pong = undefined;
    try {
      handle(readMessage(data));
    } catch {
      close(BAD_MESSAGE);
    }
  }

  /** @throws for what is no message, and where a sink finds no sense in its result. */
  function handle({ type, id, payload }: Message): void {
    if (type === 'ping') send('{"type":"pong"}');
    else if (type === 'connection_ack' && !isReady) {
      isReady = true;
      options.onReady();
    } else if (type === 'next') sinks.get(id)?.next(readResult(payload));
    else if (type === 'error') take(id)?.error(readErrors(payload));
    else if (type === 'complete') take(id)?.complete();
    else if (type !== 'pong') throw new Error('Not known');
  }

  /** None for an operation that was completed while the message was under way. */
  function take(id: string): Sink<unknown> | undefined {
    const sink = sinks.get(id);
    sinks.delete(id);
    return sink;
  }

  function setDeadline(ms: number | null): void {
    clearTimeout(deadline);
    if (ms !== null && !isClosed) deadline = setTimeout(() => close(GIVEN_UP), ms);
  }

  function close(code: number): void {
    if (isClosed) return;
    end(code, '');
    if (socket) hangUp(socket, code);
  }

  function end(code: number, reason: string): void {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(deadline);
    clearTimeout(pong);
    sinks.clear();
    options.onClose(code, reason);
  }

  setDeadline(OPENING_MS);
  void open();
  return {
    subscribe(payload, sink) {
      const id = String(++operations);
      sinks.set(id, sink);
      send(`{"type":"subscribe","id":"${id}","payload":${payload}}`);
      return () => {
        if (sinks.delete(id)) send(`{"type":"complete","id":"${id}"}`);
      };
    },
    setDeadline,
    probe() {
      if (isClosed || !isReady || pong !== undefined) return;
      send('{"type":"ping"}');
      pong = setTimeout(() => close(GIVEN_UP), PONG_MS);
    },
    close,
  };
}

interface Message {
  type: unknown;
  id: string;
  payload: unknown;
}

/** @throws for what is none. */
function readMessage(data: unknown): Message {
  if (typeof data !== 'string') throw new Error('Not text');
  const { type, id, payload } = JSON.parse(data) as Record<string, unknown>;
  return { type, id: String(id), payload };
}

/** @throws for what is none. */
function readResult(payload: unknown): Result<unknown> {
  if (typeof payload !== 'object' || payload === null) throw new Error('No result');
  return payload;
}

/** @throws for what are none. */
function readErrors(payload: unknown): ResultError[] {
  if (!Array.isArray(payload)) throw new Error('No errors');
  return payload;
}

/** The package `ws` waits half a minute for a peer that is gone, and keeps a program from its end for as long. */
function hangUp(socket: WebSocket & { terminate?(): void }, code: number): void {
  if (socket.terminate) {
    const timer = setTimeout(() => socket.terminate?.(), CLOSING_MS);
    socket.onclose = () => clearTimeout(timer);
  }
  socket.close(code);
}
