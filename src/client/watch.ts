/**
 * Tells a frontend, once and at once, that its session has ended: while it is
 * connected, when it comes back from sleep or from offline, and when another tab
 * finds out first.
 *
 *     const watch = watchSession({ url: '/graphql', onSignedOut: ({ reason }) => showSignIn(reason) });
 *
 * Only the server's own word ends a session. A network that fails, a server at
 * fault or a proxy's page never signs anybody out. Nothing here throws later on:
 * what a callback throws is reported to the host, and changes nothing.
 */
import { ask } from './ask.ts';
import { readSignedOut, type SessionEndReason, type SignedOut } from './ends.ts';
import { type EventData, openLine } from './line.ts';
import { createPauses } from './pauses.ts';
import { callHost } from './report.ts';
import { joinSiblings } from './siblings.ts';
import type { SessionSocket } from './subscriptions.ts';
import { isOffline, watchWaking } from './wake.ts';

export type { SessionEndReason, SignedOut } from './ends.ts';
export type { Operation, Result, ResultError, SessionSocket, Sink } from './subscriptions.ts';

export interface WatchOptions {
  /** Of the GraphQL endpoint: `http(s):`, or relative to the page. The WebSocket's is made from it. */
  url: string;
  /**
   * The id of the session that is watched (`currentSession { id }`), where the page knows it already.
   * Default: the first session that the server names.
   */
  sessionId?: string;
  /**
   * Goes along with each check and, as `connectionParams`, with each connection; asked anew each time.
   * For Bearer clients: `() => ({ authorization: 'Bearer cfw_…' })`. When it fails, that try fails, and is repeated.
   */
  headers?(): Record<string, string> | Promise<Record<string, string>>;
  /** This device is signed out. Called exactly once, after which the watch is over; never after `close()`. */
  onSignedOut(how: SignedOut): void;
  /** Not called for the `connecting` that a watch begins with. At each `live`, read again what may have been missed. */
  onStatus?(status: LiveStatus): void;
  /** Another session of the user ended or started. */
  onEvent?(event: SessionEvent): void;
  /** Default: the global one. Node has one since version 22. */
  webSocketImpl?: unknown;
  /** For checks. Default: the global one. */
  fetch?: typeof fetch;
}

/**
 * - `connecting`: at first.
 * - `live`: an end will be heard of at once.
 * - `reconnecting`: the connection is lost, and will be tried again.
 * - `offline`: the same, and the device says that it has no network.
 * - `signed-out`: for ever.
 */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'signed-out';

export interface SessionNews {
  id: string;
  device: { name: string };
}

export type SessionEvent =
  | { type: 'started'; session: SessionNews }
  | { type: 'ended'; session: SessionNews; reason: SessionEndReason | null; at: Date | null };

export interface SessionWatch {
  /**
   * For subscriptions of one's own over the same socket. They come back by themselves after each
   * reconnection; when the watch is over, they complete.
   */
  readonly socket: SessionSocket;
  readonly status: LiveStatus;
  /**
   * Asks the server now whether the session lives, such as after an answer of UNAUTHENTICATED. Never
   * rejects; settles when it is known, or can't be. Done on focus, on wake and on coming online anyway.
   */
  check(): Promise<void>;
  /** This device has signed itself out: tells the other tabs too. Default: for `SIGNED_OUT`, now. */
  signOut(how?: Partial<SignedOut>): void;
  /** Stops watching, and leaves nothing behind. Nothing is called any more. */
  close(): void;
}

/** Between two checks that nobody asked for. */
const CHECK_EVERY_MS = 10_000;
/** A request under way with a token that was just replaced is answered as nobody's: so it is asked again, for so long. */
const DOUBT_MS = 1000;
const ASK_AGAIN_MS = 250;
/** How long after a renewal such an answer is not believed: the new cookie may still be on its way. */
const RENEWAL_MS = 10_000;

/** @throws TypeError for a url that is none, and where there is no WebSocket. */
export function watchSession(options: WatchOptions): SessionWatch {
  const endpoint = findEndpoint(options.url);
  const ending = new AbortController();
  const asking = createPauses();
  let sessionId = options.sessionId ?? null;
  let status: LiveStatus = 'connecting';
  let isOver = false;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  let queued: Promise<void> | null = null;

  const readHeaders = async () => (await options.headers?.()) ?? {};

  function setStatus(next: LiveStatus): void {
    if (isOver || status === next) return;
    status = next;
    callHost(() => options.onStatus?.(next));
  }

  function stop(): void {
    isOver = true;
    ending.abort();
    asking.stop();
    stopWaking();
    line.close();
    siblings.close();
  }

  function finish(how: SignedOut, isTold = false): void {
    if (isOver) return;
    if (!isTold) siblings.tell(sessionId, how);
    status = 'signed-out';
    stop();
    callHost(() => options.onStatus?.('signed-out'));
    callHost(() => options.onSignedOut(how));
  }

  /** One session for one watch: what the page shows is not for another, even of the same user. */
  function recognize(id: string): boolean {
    sessionId ??= id;
    if (sessionId !== id) finish(readSignedOut(null, null));
    return !isOver;
  }

  async function run(): Promise<void> {
    const since = Date.now();
    for (let waitMs = ASK_AGAIN_MS; !isOver; waitMs = Math.min(2 * waitMs, DOUBT_MS)) {
      checkedAt = Date.now();
      const answer = await ask({
        url: endpoint,
        headers: readHeaders,
        fetch: options.fetch,
        signal: ending.signal,
      });
      if (isOver || answer.kind === 'unknown') return;
      if (answer.kind === 'live') return void recognize(answer.sessionId);
      if (answer.kind === 'ended') return finish(answer.how);
      const isSure = checkedAt - since >= DOUBT_MS && checkedAt - renewedAt >= RENEWAL_MS;
      if (isSure) return finish(readSignedOut(null, null));
      await asking.wait(waitMs);
    }
  }

  /** One at a time. One that is under way may have been answered before whatever the caller has seen. */
  function check(): Promise<void> {
    if (isOver) return Promise.resolve();
    if (running) {
      queued ??= running.then(() => {
        queued = null;
        return check();
      });
      return queued;
    }
    running = run().finally(() => {
      running = null;
    });
    return running;
  }

  function checkByTheWay(): void {
    if (Date.now() - checkedAt >= CHECK_EVERY_MS) void check();
  }

  function lookAround(): void {
    line.hurry();
    line.probe();
    checkByTheWay();
  }

  const line = openLine({
    url: endpoint.replace(/^http/, 'ws'),
    params: async () => toParams(await readHeaders()),
    webSocketImpl: options.webSocketImpl,
    confirm: check,
    recognize,
    onLive: () => setStatus('live'),
    onLost: () => setStatus(isOffline() ? 'offline' : 'reconnecting'),
    onRenewed() {
      renewedAt = Date.now();
    },
    onEnd: (how) => finish(how),
    onEvent(data) {
      const event = readEvent(data);
      if (event && !isOver) callHost(() => options.onEvent?.(event));
    },
  });

  const siblings = joinSiblings(endpoint, (endedId, how) => {
    if (isOver) return;
    if (endedId !== null && endedId === sessionId) finish(how, true);
    else if (endedId === null || sessionId === null) checkByTheWay();
  });

  const stopWaking = watchWaking({
    onWake: lookAround,
    onReturn() {
      line.hurry();
      line.probe();
      void check();
    },
    onOnline() {
      setStatus(line.isLive() ? 'live' : 'reconnecting');
      lookAround();
    },
    onOffline: () => setStatus('offline'),
    onBeat() {
      line.probe();
      // Where no WebSocket gets through, this is how it is known.
      if (!line.isLive()) checkByTheWay();
    },
  });

  return {
    socket: line.socket,
    get status() {
      return status;
    },
    check,
    signOut: (how) => finish({ reason: 'SIGNED_OUT', at: new Date(), ...how }),
    close() {
      if (!isOver) stop();
    },
  };
}

/** @throws TypeError */
function findEndpoint(url: string): string {
  try {
    const { href, protocol } = new URL(url, globalThis.location?.href);
    if (/^https?:$/.test(protocol)) return href;
  } catch {
    // Said below.
  }
  throw new TypeError(
    `watchSession needs the url of the GraphQL endpoint, such as "https://auth.example.com/graphql", or "/graphql" in a page; not "${url}".`,
  );
}

/** On a socket, the server reads the language under a name of its own. */
function toParams(headers: Record<string, string>): Record<string, unknown> {
  const language = Object.keys(headers).find((name) => name.toLowerCase() === 'accept-language');
  return language === undefined ? headers : { ...headers, acceptLanguage: headers[language] };
}

function readEvent({ sessionRevoked, sessionStarted }: EventData): SessionEvent | null {
  if (sessionStarted) return { type: 'started', session: sessionStarted.session };
  if (!sessionRevoked) return null;
  const { session, reason, revokedAt } = sessionRevoked;
  return { type: 'ended', session, ...readSignedOut(reason, revokedAt) };
}
