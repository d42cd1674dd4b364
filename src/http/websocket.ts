/**
 * GraphQL over WebSocket (`graphql-transport-ws`) on the path of the HTTP
 * endpoint: which upgrades are taken, how many from one address, and how all
 * sockets are looked after and closed.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketLimits } from '../config.ts';
import type { ContextSource } from '../context.ts';
import { networkOf } from '../networks.ts';
import { EXPECTED_SESSION_HEADER } from './credentials.ts';
import { type createGraphql, GRAPHQL_PATH } from './graphql.ts';
import { hasGoodHost, isAllowedOrigin, type OriginPolicy } from './origin.ts';
import { type RefuseRaw, takeOver } from './raw-refusal.ts';
import { requestIdOf } from './request-id.ts';
import { OpenSocket } from './socket.ts';
import { createSocketProtocol } from './socket-protocol.ts';
import type { UnderWay } from './under-way.ts';

const MAX_FRAME_BYTES = 64 * 1024;

/** A peer that has not answered one ping by the next is gone. */
const PING_INTERVAL_MS = 12_000;
/** Pings are spread over the interval, so that many sockets make no burst. */
const PING_ROUNDS = 120;

/** How often those are looked at that have not signed in. */
const SIGN_IN_CHECK_MS = 250;

/** How long a peer that is turned away may take to close. */
const REFUSED_TIMEOUT_MS = 1000;

export interface WebSocketEndpoint {
  countSockets(): number;
  /** Tells every peer that the server goes away, and waits until all are closed; after the deadline it ends them. */
  close(deadlineMs: number): Promise<void>;
}

export function serveWebSocket(
  http: Server,
  source: ContextSource,
  graphql: ReturnType<typeof createGraphql>,
  { socketLimits, ...originPolicy }: OriginPolicy & { socketLimits: SocketLimits },
  { underWay, refuseRaw }: { underWay: UnderWay; refuseRaw: RefuseRaw },
): WebSocketEndpoint {
  const { log, metrics } = source.core;
  const protocol = createSocketProtocol(source, graphql, socketLimits.subscriptionsPerSocket);
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  // By itself it would wait for the peer to read it, for ever.
  upgrader.on('wsClientError', ({ message }, stream) =>
    refuseRaw(stream, '400 Bad Request', `${message}.`, { 'Sec-WebSocket-Version': '13' }),
  );
  /** By when they are pinged: always at the same moment of the interval. */
  const sockets = Array.from({ length: PING_ROUNDS }, () => new Set<OpenSocket>());
  /** Since when they are open without a session, by the monotonic clock. */
  const anonymous = new Map<OpenSocket, number>();
  const byNetwork = new Map<string, number>();
  let count = 0;
  let opened = 0;
  let round = 0;
  let closing = false;
  let onEmpty = () => {};

  const timers = [
    setInterval(() => {
      round = (round + 1) % PING_ROUNDS;
      for (const socket of sockets[round] ?? []) socket.ping();
    }, PING_INTERVAL_MS / PING_ROUNDS).unref(),
    setInterval(() => {
      const now = performance.now();
      for (const [socket, since] of anonymous) {
        if (socket.checkSignedIn(now - since)) anonymous.delete(socket);
      }
    }, SIGN_IN_CHECK_MS).unref(),
  ];

  function open(socket: WebSocket, request: IncomingMessage): void {
    const client = source.describeClient(request);
    const network = networkOf(client.ipAddress);
    const others = byNetwork.get(network) ?? 0;
    if (others >= socketLimits.perAddress) {
      turnAway(socket);
      return;
    }
    byNetwork.set(network, others + 1);
    const { authorization, cookie, 'accept-language': language } = request.headers;
    const expected = request.headers[EXPECTED_SESSION_HEADER];
    // Only what is needed of the request is kept with the socket.
    const headers = {
      ...(authorization && { authorization }),
      ...(cookie && { cookie }),
      ...(language && { 'accept-language': language }),
      ...(expected !== undefined && { [EXPECTED_SESSION_HEADER]: expected }),
    };
    const pingRound = opened++ % PING_ROUNDS;
    const opening = { headers, requestId: requestIdOf(request), client, pingRound, log, onClose };
    const added = new OpenSocket(protocol, socket, opening);
    sockets[pingRound]?.add(added);
    anonymous.set(added, performance.now());
    count++;
  }

  function turnAway(socket: WebSocket): void {
    metrics.socketsRefused.inc({ limit: 'address' });
    socket.on('error', () => {});
    socket.on('close', countClose);
    socket.close(CloseCode.TooManyInitialisationRequests, 'Too many sockets from this address');
    setTimeout(() => socket.terminate(), REFUSED_TIMEOUT_MS).unref();
  }

  function onClose(socket: OpenSocket, code: number): void {
    countClose(code);
    sockets[socket.pingRound]?.delete(socket);
    count--;
    anonymous.delete(socket);
    const network = networkOf(socket.client.ipAddress);
    const others = (byNetwork.get(network) ?? 1) - 1;
    if (others > 0) byNetwork.set(network, others);
    else byNetwork.delete(network);
    if (closing && count === 0) onEmpty();
  }

  function countClose(code: number): void {
    metrics.socketsClosed.inc({ code: describeCode(code) });
  }

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (!takeOver(underWay, stream)) return;
    const refusal = closing ? '503 Service Unavailable' : findRefusal(request, originPolicy);
    if (refusal) refuseRaw(stream, refusal);
    else upgrader.handleUpgrade(request, stream, head, (socket) => open(socket, request));
  });

  return {
    countSockets: () => count,
    async close(deadlineMs) {
      closing = true;
      for (const timer of timers) clearInterval(timer);
      const all = sockets.flatMap((ofRound) => [...ofRound]);
      const emptied = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const socket of all) void socket.goAway();
      const timer = setTimeout(() => {
        for (const socket of all) socket.drop();
      }, deadlineMs);
      if (all.length > 0) await emptied;
      clearTimeout(timer);
    },
  };
}

/** The peer chooses codes too: those that nobody knows count as one. */
function describeCode(code: number): string {
  return code <= 1015 || code === 4205 || (code >= 4400 && code <= 4500) ? String(code) : 'other';
}

function findRefusal(request: IncomingMessage, originPolicy: OriginPolicy): string | null {
  const path = request.url?.split('?')[0];
  if (path !== GRAPHQL_PATH) return '404 Not Found';
  if (!hasGoodHost(request)) return '400 Bad Request';
  if (!isAllowedOrigin(originPolicy, request)) return '403 Forbidden';
  return null;
}
