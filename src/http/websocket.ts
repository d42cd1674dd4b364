/**
 * GraphQL over WebSocket (`graphql-transport-ws`) on the path of the HTTP
 * endpoint: which upgrades are taken, and how all sockets are closed.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ContextSource } from '../context.ts';
import { type createGraphql, GRAPHQL_PATH } from './graphql.ts';
import { hasGoodHost, isAllowedOrigin, type OriginPolicy } from './origin.ts';
import { type OpenSocket, openSocket } from './socket.ts';
import { createSocketProtocol } from './socket-protocol.ts';

const MAX_FRAME_BYTES = 64 * 1024;

export interface WebSocketEndpoint {
  /** Tells every peer that the server goes away, and waits until all are closed; after the deadline it ends them. */
  close(deadlineMs: number): Promise<void>;
}

export function serveWebSocket(
  http: Server,
  source: ContextSource,
  graphql: ReturnType<typeof createGraphql>,
  originPolicy: OriginPolicy,
): WebSocketEndpoint {
  const { log } = source.core;
  const protocol = createSocketProtocol(source, graphql);
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const open = new Set<OpenSocket>();
  let closing = false;

  upgrader.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const opened = openSocket(protocol, socket, request, log);
    open.add(opened);
    socket.once('close', () => open.delete(opened));
  });

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = closing ? '503 Service Unavailable' : findRefusal(request, originPolicy);
    if (refusal) {
      // A peer that keeps its half open would hold the connection, and the server's shutdown, for ever.
      stream.once('finish', () => stream.destroy());
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    upgrader.handleUpgrade(request, stream, head, (socket) => upgrader.emit('connection', socket, request));
  });

  return {
    async close(deadlineMs) {
      closing = true;
      for (const socket of open) void socket.goAway();
      const timer = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, deadlineMs);
      await new Promise((resolve) => upgrader.close(resolve));
      clearTimeout(timer);
    },
  };
}

function findRefusal(request: IncomingMessage, originPolicy: OriginPolicy): string | null {
  const path = request.url?.split('?')[0];
  if (path !== GRAPHQL_PATH) return '404 Not Found';
  if (!hasGoodHost(request)) return '400 Bad Request';
  if (!isAllowedOrigin(originPolicy, request)) return '403 Forbidden';
  return null;
}
