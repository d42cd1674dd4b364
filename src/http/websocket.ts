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
import { type createGraphql, GRAPHQL_PATH } from './graphql.ts';
import { hasGoodHost, isAllowedOrigin, type OriginPolicy } from './origin.ts';
import { requestIdOf } from './request-id.ts';
import { OpenSocket } from './socket.ts';
import { createSocketProtocol } from './socket-protocol.ts';

const MAX_FRAME_BYTES = 64 * 1024;

/** A peer that has not answered one ping by the next is gone. */
const PING_INTERVAL_MS = 12_000;
/** Pings are spread over the interval, so that many sockets make no burst. */
const PING_ROUNDS = 12;

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
  { socketLimits, origins, production }: OriginPolicy & { socketLimits: SocketLimits },
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
  /** Those of each round of pings. */
  const rounds = Array.from({ length: PING_ROUNDS }, () => new Set<OpenSocket>());
  const byNetwork = new Map<string, number>();
  let opened = 0;
  let round = 0;
  let closing = false;
  let onEmpty = () => {};

  const countSockets = () => rounds.reduce((count, { size }) => count + size, 0);

  const pings = setInterval(() => {
    round = (round + 1) % PING_ROUNDS;
    for (const socket of rounds[round] ?? []) socket.ping();
  }, PING_INTERVAL_MS / PING_ROUNDS).unref();

  function open(socket: WebSocket, request: IncomingMessage): void {
    const client = source.describeClient(request);
    const network = networkOf(client.ipAddress);
    const others = byNetwork.get(network) ?? 0;
    socket.once('close', (code) => metrics.socketsClosed.inc({ code: describeCode(code) }));
    if (others >= socketLimits.perAddress) {
      metrics.socketsRefused.inc({ limit: 'address' });
      socket.on('error', () => {});
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many sockets from this address');
      setTimeout(() => socket.terminate(), REFUSED_TIMEOUT_MS).unref();
      return;
    }
    byNetwork.set(network, others + 1);
    const { authorization, cookie } = request.headers;
    // Only what is needed of the request is kept with the socket.
    const opening = {
      headers: { ...(authorization && { authorization }), ...(cookie && { cookie }) },
      requestId: requestIdOf(request),
      client,
      log,
    };
    const openSocket = new OpenSocket(protocol, socket, opening);
    const ofRound = rounds[opened++ % PING_ROUNDS];
    ofRound?.add(openSocket);
    socket.once('close', () => {
      ofRound?.delete(openSocket);
      const left = (byNetwork.get(network) ?? 1) - 1;
      if (left > 0) byNetwork.set(network, left);
      else byNetwork.delete(network);
      if (closing && countSockets() === 0) onEmpty();
    });
  }

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = closing ? '503 Service Unavailable' : findRefusal(request, { origins, production });
    if (refusal) {
      // A peer that keeps its half open would hold the connection, and the server's shutdown, for ever.
      stream.once('finish', () => stream.destroy());
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    upgrader.handleUpgrade(request, stream, head, (socket) => open(socket, request));
  });

  return {
    countSockets,
    async close(deadlineMs) {
      closing = true;
      clearInterval(pings);
      const all = rounds.flatMap((ofRound) => [...ofRound]);
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
  return code <= 1015 || (code >= 4400 && code <= 4500) ? String(code) : 'other';
}

function findRefusal(request: IncomingMessage, originPolicy: OriginPolicy): string | null {
  const path = request.url?.split('?')[0];
  if (path !== GRAPHQL_PATH) return '404 Not Found';
  if (!hasGoodHost(request)) return '400 Bad Request';
  if (!isAllowedOrigin(originPolicy, request)) return '403 Forbidden';
  return null;
}
