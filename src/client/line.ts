/**
 * The socket of a watch, kept open: it connects again after whatever breaks it,
 * slower with each failure, and notices a connection that is dead without
 * having said so. It reports what it hears, and decides nothing about the session.
 */
import { type Client, createClient } from 'graphql-ws/client';
import { readSignedOut, type SignedOut } from './ends.ts';
import { IDENTIFY_SOCKET, WATCH_REVOKED, WATCH_STARTED } from './operations.ts';
import { backOffLongMs, backOffMs, createPauses } from './pauses.ts';
import { isUnauthenticated } from './unauthenticated.ts';

export interface LineOptions {
  /** `ws:` or `wss:`. */
  url: string;
  /** Asked for each connection. */
  params(): Promise<Record<string, unknown>>;
  webSocketImpl: unknown;
  /** The socket is good, and events come from now on. */
  onLive(sessionId: string): void;
  onLost(): void;
  /** The session has a new token. */
  onRenewed(): void;
  onEnd(how: SignedOut): void;
  onEvent(data: EventData): void;
  /** To be settled before the line connects again, since it was taken for nobody, or for an older token. Never rejects. */
  confirm(): Promise<void>;
}

export interface EventData {
  sessionRevoked?: { isCurrent: boolean; reason: string; revokedAt: string; session: SessionData };
  sessionStarted?: { session: SessionData };
}

export interface SessionData {
  id: string;
  device: { name: string };
}

export interface Line {
  client: Client;
  isLive(): boolean;
  /** Connects now if it was waiting to. */
  hurry(): void;
  /** Finds out whether the connection still carries anything. */
  probe(): void;
  close(): void;
}

const OPEN = 1;
const CONNECTING = 0;

const RENEWED = 4205;
const UNAUTHORIZED = 4401;
const ENDED = 4403;
const CROWDED = 4429;

/** How long a connection may take to open, to be acknowledged, and to answer a ping. */
const OPENING_MS = 15_000;
const ANSWER_MS = 10_000;
/** Subscriptions complete before the server says why: how long it may take to tell of an end, and to close. */
const FAREWELL_MS = 5000;
/** A connection that lasted so long was a good one: after it, failures count anew. */
const STEADY_MS = 10_000;

/** @throws where there is no WebSocket. */
export function openLine(options: LineOptions): Line {
  const pauses = createPauses();
  let socket: WebSocket | null = null;
  let connectingSince = 0;
  let closed = false;
  let liveSince: number | null = null;
  let failures = 0;
  let isRenewed = false;
  let probing: ReturnType<typeof setTimeout> | undefined;
  /** Events of a socket of which it is not known yet whose it is. */
  let held: EventData[] = [];
  let stopIdentifying = () => {};
  let stopListening = () => {};
  let interrupt: (cause?: unknown) => void = () => {};

  const client = createClient({
    url: options.url,
    connectionParams: options.params,
    webSocketImpl: track(options.webSocketImpl, (opened) => {
      socket = opened;
      connectingSince = Date.now();
      return !closed;
    }),
    connectionAckWaitTimeout: ANSWER_MS,
    lazyCloseTimeout: FAREWELL_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => !closed,
    async retryWait() {
      if (!isRenewed) return pauses.wait(backOffMs(failures++));
      isRenewed = false;
      await options.confirm();
    },
    on: { connected: identify, closed: onClosed, message: stopProbing },
  });

  function stopProbing(): void {
    clearTimeout(probing);
    probing = undefined;
  }

  function onClosed(event: unknown): void {
    const { code, reason } = readClose(event);
    stopProbing();
    isRenewed = code === RENEWED && liveSince !== null;
    if (liveSince !== null && Date.now() - liveSince >= STEADY_MS) failures = 0;
    liveSince = null;
    if (closed) return;
    if (code === RENEWED) options.onRenewed();
    // The server closes it at the moment of the end.
    if (code === ENDED) options.onEnd(readSignedOut(reason, new Date().toISOString()));
    else options.onLost();
  }

  /** The cookie may be another session's by now. */
  function identify(): void {
    held = [];
    stopIdentifying();
    stopIdentifying = client.subscribe<{ currentSession: { id: string } | null }>(
      { query: IDENTIFY_SOCKET },
      {
        next({ data, errors }) {
          if (closed) return;
          // Without a session, the subscriptions say so.
          if (!data?.currentSession) return errors ? interrupt(errors) : undefined;
          liveSince = Date.now();
          options.onLive(data.currentSession.id);
          for (const event of held.splice(0)) if (!closed) options.onEvent(event);
        },
        error: (cause) => interrupt(cause),
        complete: () => {},
      },
    );
  }

  function hear(data: EventData | null | undefined): void {
    if (!data || closed) return;
    const { sessionRevoked: revoked } = data;
    if (revoked?.isCurrent) options.onEnd(readSignedOut(revoked.reason, revoked.revokedAt));
    else if (liveSince === null) held.push(data);
    else options.onEvent(data);
  }

  function listen(): void {
    if (closed) return;
    let isLost = false;
    let farewell: ReturnType<typeof setTimeout> | undefined;
    const stops = [WATCH_REVOKED, WATCH_STARTED].map((query) =>
      client.subscribe<Record<string, unknown>>(
        { query },
        {
          next: ({ data, errors }) => (errors ? lose(errors) : hear(data as EventData | null)),
          error: lose,
          // To hang up now would be to miss the event, or the close, that says why.
          complete() {
            if (!isLost) farewell ??= setTimeout(lose, FAREWELL_MS);
          },
        },
      ),
    );
    stopListening = () => {
      isLost = true;
      clearTimeout(farewell);
      for (const stop of stops) stop();
    };
    function lose(cause?: unknown): void {
      if (isLost) return;
      stopListening();
      if (!closed) void listenAgain(cause);
    }
    interrupt = lose;
  }

  async function listenAgain(cause: unknown): Promise<void> {
    const { code } = readClose(cause);
    liveSince = null;
    options.onLost();
    if (code === UNAUTHORIZED || isUnauthenticated(cause)) {
      await options.confirm();
      // If there is a session after all, this socket will never know.
      if (!closed) client.terminate();
    } else if (cause === undefined && !closed) {
      // Nor does one that others keep open say again whose it is.
      client.terminate();
    }
    await pauses.wait(code === CROWDED ? backOffLongMs(failures++) : backOffMs(failures++));
    listen();
  }

  listen();
  return {
    client,
    isLive: () => liveSince !== null,
    hurry: pauses.hurry,
    probe() {
      if (socket?.readyState === CONNECTING && Date.now() - connectingSince > OPENING_MS) client.terminate();
      if (socket?.readyState !== OPEN || liveSince === null || probing !== undefined) return;
      socket.send('{"type":"ping"}');
      probing = setTimeout(() => client.terminate(), ANSWER_MS);
    },
    close() {
      closed = true;
      stopIdentifying();
      stopListening();
      stopProbing();
      // Subscriptions of others complete; one that waits to connect again is let go.
      client.dispose()?.catch?.(() => {});
      pauses.stop();
      socket?.close(1000, 'Normal Closure');
    },
  };
}

/**
 * The WebSocket that graphql-ws is to use: it shows each one that is opened, and
 * opens none when told not to; graphql-ws gets one that is closed already then.
 */
function track(given: unknown, onOpen: (socket: WebSocket | null) => boolean): unknown {
  const Impl = (given ?? globalThis.WebSocket) as typeof WebSocket | undefined;
  if (typeof Impl !== 'function') {
    throw new TypeError(
      'There is no WebSocket here: give one as webSocketImpl, such as that of the package ws.',
    );
  }
  function Tracked(url: string, protocols: string) {
    if (!onOpen(null)) return makeClosedSocket();
    const socket = new (Impl as typeof WebSocket)(url, protocols);
    // graphql-ws takes its listeners away from a socket that it gives up; in Node, an error that nobody hears ends the process.
    socket.addEventListener('error', () => {});
    onOpen(socket);
    return socket;
  }
  return Object.assign(Tracked, { CONNECTING, OPEN, CLOSING: 2, CLOSED: 3 });
}

function makeClosedSocket() {
  const socket = { readyState: 3, onclose: (_event: unknown) => {}, close: () => {} };
  queueMicrotask(() => socket.onclose({ code: 1000, reason: 'Normal Closure' }));
  return socket;
}

function readClose(event: unknown): { code: unknown; reason: unknown } {
  const { code, reason } = (typeof event === 'object' && event !== null ? event : {}) as {
    code?: unknown;
    reason?: unknown;
  };
  return { code, reason };
}
