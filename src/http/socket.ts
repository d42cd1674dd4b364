/**
 * One WebSocket: the adapter between `ws` and graphql-ws, and the ways in which
 * it comes to its end. Whatever the peer does, each of them has a deadline.
 */
import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Connection } from '../live/hub.ts';

/** A peer that answers no ping for so long is gone. */
const PING_INTERVAL_MS = 12_000;
/** What a socket that is to be closed may still take to answer what it was asked. */
const DRAIN_TIMEOUT_MS = 2000;
/** How long a peer may take to answer our close frame. */
const CLOSE_TIMEOUT_MS = 5000;
/** How long a socket may stay open without a session. */
const ANONYMOUS_TIMEOUT_MS = 60_000;
/** Bytes waiting for a peer that doesn't read, before it is dropped. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** What a close frame has room for (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What the operations on a socket share. */
export interface SocketState {
  request: IncomingMessage;
  connection: Connection;
  /** Operations to be answered once, by the ids that the peer gave them. */
  oneShots: Set<string>;
  /** Unties the socket from its session; null while it has none. */
  detach: (() => void) | null;
  isOpen(): boolean;
  close(code: number, reason: string): void;
}

export interface OpenSocket {
  /** The server goes away: answers what is under way, then closes with 1001. */
  goAway(): Promise<void>;
  terminate(): void;
}

export function openSocket(
  protocol: Server<SocketState>,
  socket: WebSocket,
  request: IncomingMessage,
  log: Logger,
): OpenSocket {
  const operations = new Set<Promise<void>>();
  let deaf = false;

  const close = (code: number, reason: string) => {
    // graphql-ws names the operation's id in it, and a reason that is too long would throw.
    socket.close(code, Buffer.byteLength(reason) <= MAX_REASON_BYTES ? reason : '');
    later(CLOSE_TIMEOUT_MS, () => socket.terminate());
  };
  const connection: Connection = {
    end(reason) {
      if (deaf) return;
      deaf = true;
      const drained = Promise.allSettled(operations);
      void Promise.race([drained, delay(DRAIN_TIMEOUT_MS)]).then(() => close(CloseCode.Forbidden, reason));
    },
    drop: () => socket.terminate(),
  };
  const state: SocketState = {
    request,
    connection,
    oneShots: new Set(),
    detach: null,
    isOpen: () => socket.readyState === socket.OPEN,
    close,
  };

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) =>
        new Promise((resolve) => {
          if (socket.readyState !== socket.OPEN) return resolve();
          if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
            close(TRY_AGAIN_LATER, 'Read what you are sent');
            return resolve();
          }
          // A send that fails is followed by the socket's close, which ends its operations.
          socket.send(data, () => resolve());
        }),
      close,
      onMessage: (handle) =>
        socket.on('message', (data) => {
          if (deaf) return;
          const operation = handle(String(data))
            .catch((error: unknown) => {
              // A good message of the wrong direction, such as `next`: graphql-ws throws for it.
              if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
                return close(CloseCode.BadRequest, 'Invalid message received');
              }
              log.error({ err: error }, 'a socket message could not be handled');
              close(CloseCode.InternalServerError, 'Internal server error');
            })
            .finally(() => operations.delete(operation));
          operations.add(operation);
        }),
    },
    state,
  );

  const pings = pingRegularly(socket);
  // Without a session an operation lasts no longer than its answer.
  const anonymity = later(ANONYMOUS_TIMEOUT_MS, () => {
    if (!state.detach) close(CloseCode.Unauthorized, 'Not signed in');
  });
  // Frames that break the protocol or are too large: `ws` closes the socket itself, and waits for its peer.
  socket.on('error', (error) => {
    log.debug({ err: error }, 'a socket failed');
    later(CLOSE_TIMEOUT_MS, () => socket.terminate());
  });
  socket.once('close', (code, reason) => {
    clearInterval(pings);
    clearTimeout(anonymity);
    closed(code, String(reason)).catch((error: unknown) => {
      log.error({ err: error }, 'a closed socket could not be cleaned up');
    });
  });

  return {
    async goAway() {
      deaf = true;
      const deadline = Date.now() + DRAIN_TIMEOUT_MS;
      while (state.oneShots.size > 0 && Date.now() < deadline) await delay(10);
      close(GOING_AWAY, 'The server is going away');
    },
    terminate: () => socket.terminate(),
  };
}

function pingRegularly(socket: WebSocket): NodeJS.Timeout {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  return setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_INTERVAL_MS).unref();
}

/** Keeps no process alive. */
function later(ms: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, ms).unref();
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
