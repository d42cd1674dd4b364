/**
 * The connection of a watch, kept open: there is another after whatever breaks
 * one, later with each failure. It is live once the server has said whose it is
 * and both subscriptions are asked for; when anything of that ends, all of it is
 * begun anew. It reports what it hears, and decides nothing about the session.
 */
import { type Connection, GIVEN_UP, NORMAL_CLOSURE, openConnection } from './connection.ts';
import { readSignedOut, type SignedOut } from './ends.ts';
import { IDENTIFY_SOCKET, WATCH_REVOKED, WATCH_STARTED } from './operations.ts';
import { backOffLongMs, backOffMs, createPauses } from './pauses.ts';
import { createSubscriptions, type SessionSocket } from './subscriptions.ts';
import { isUnauthenticated } from './unauthenticated.ts';

export interface LineOptions {
  /** `ws:` or `wss:`. */
  url: string;
  /** Asked for each connection. */
  params(): Promise<Record<string, unknown>>;
  webSocketImpl: unknown;
  /** @returns whether that is the session that is watched. Where it isn't, the line is closed already. */
  recognize(sessionId: string): boolean;
  /** Events come from now on. */
  onLive(): void;
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
  /** For the host's own subscriptions. */
  socket: SessionSocket;
  isLive(): boolean;
  /** Connects now if it was waiting to. */
  hurry(): void;
  /** Finds out whether the connection still carries anything. */
  probe(): void;
  close(): void;
}

const RENEWED = 4205;
const UNAUTHORIZED = 4401;
const ENDED = 4403;
const CROWDED = 4429;

/** Subscriptions complete before the server says why: how long it may take to close. */
const FAREWELL_MS = 5000;
/** A connection that was live for so long was a good one: after it, failures count anew. */
const STEADY_MS = 10_000;

/** @throws TypeError where there is no WebSocket. */
export function openLine(options: LineOptions): Line {
  const WebSocketImpl = findWebSocket(options.webSocketImpl);
  const pauses = createPauses();
  const subscriptions = createSubscriptions();
  let connection: Connection | null = null;
  let liveSince: number | null = null;
  let isClosed = false;

  async function keepOpen(): Promise<void> {
    for (let failures = 0; !isClosed; ) {
      const { code, liveMs } = await connect();
      if (isClosed) return;
      if (liveMs >= STEADY_MS) failures = 0;
      if (code === RENEWED || code === UNAUTHORIZED) await options.confirm();
      // A new token is no fault, unless there is one after the other.
      const isPrompt = code === RENEWED && failures === 0;
      if (!isPrompt) await pauses.wait(code === CROWDED ? backOffLongMs(failures) : backOffMs(failures));
      failures++;
    }
  }

  /** @returns once it is closed, by what, and for how long it was live. */
  function connect(): Promise<{ code: number; liveMs: number }> {
    return new Promise((resolve) => {
      const { url, params } = options;
      connection = openConnection({
        url,
        params,
        WebSocketImpl,
        onReady: begin,
        onClose(code, reason) {
          const liveMs = liveSince === null ? 0 : Date.now() - liveSince;
          connection = null;
          liveSince = null;
          subscriptions.moveTo(null);
          resolve({ code, liveMs });
          if (isClosed) return;
          if (code === RENEWED) options.onRenewed();
          // The server closes it at the moment of the end.
          if (code === ENDED) options.onEnd(readSignedOut(reason, new Date().toISOString()));
          else options.onLost();
        },
      });
    });
  }

  function begin(): void {
    let isEnding = false;
    const lose = (errors: unknown) => connection?.close(isUnauthenticated(errors) ? UNAUTHORIZED : GIVEN_UP);
    for (const query of [WATCH_REVOKED, WATCH_STARTED]) {
      connection?.subscribe(JSON.stringify({ query }), {
        next: ({ data, errors }) => (errors ? lose(errors) : hear(data as EventData)),
        error: lose,
        // To hang up now would be to miss the close that says why.
        complete() {
          isEnding = true;
          connection?.setDeadline(FAREWELL_MS);
        },
      });
    }
    // The cookie may be another session's by now.
    connection?.subscribe(JSON.stringify({ query: IDENTIFY_SOCKET }), {
      next({ data, errors }) {
        const session = (data as { currentSession: { id: string } | null } | null)?.currentSession;
        if (!session) connection?.close(!errors || isUnauthenticated(errors) ? UNAUTHORIZED : GIVEN_UP);
        else if (options.recognize(session.id) && !isEnding) goLive();
      },
      error: lose,
      complete: () => {},
    });
  }

  function goLive(): void {
    connection?.setDeadline(null);
    liveSince = Date.now();
    subscriptions.moveTo(connection);
    options.onLive();
  }

  /** What comes before it is live is among what is read again then. */
  function hear(data: EventData): void {
    const { sessionRevoked: revoked } = data;
    if (!revoked?.isCurrent) {
      if (liveSince !== null) options.onEvent(data);
    } else if (options.recognize(revoked.session.id)) {
      options.onEnd(readSignedOut(revoked.reason, revoked.revokedAt));
    }
  }

  void keepOpen();
  return {
    socket: { subscribe: subscriptions.subscribe },
    isLive: () => liveSince !== null,
    hurry: pauses.hurry,
    probe: () => connection?.probe(),
    close() {
      isClosed = true;
      pauses.stop();
      connection?.close(NORMAL_CLOSURE);
      subscriptions.end();
    },
  };
}

function findWebSocket(given: unknown): typeof WebSocket {
  const found = given ?? globalThis.WebSocket;
  if (typeof found === 'function') return found as typeof WebSocket;
  throw new TypeError(
    'There is no WebSocket here: give one as webSocketImpl, such as that of the package ws.',
  );
}
