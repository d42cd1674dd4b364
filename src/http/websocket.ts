/**
 * GraphQL over WebSocket (`graphql-transport-ws`). The protocol is graphql-ws's;
 * this is the adapter to `ws`, and what ties a socket to its session.
 *
 * A socket whose session ends finishes what it is sending and is closed with
 * 4403 and the reason, whether or not it subscribed to anything.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql';
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Context, type ContextSource, resumePresented } from '../context.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import type { Connection } from '../live/hub.ts';
import { createErrorMask } from './errors.ts';
import type { createGraphql } from './graphql.ts';
import { GRAPHQL_PATH } from './graphql.ts';
import { hasGoodHost, isAllowedOrigin, type OriginPolicy } from './origin.ts';

const MAX_FRAME_BYTES = 64 * 1024;
/** A peer that answers no ping for so long is gone. */
const PING_INTERVAL_MS = 12_000;
/** What a socket of an ended session may still take to be sent. */
const DRAIN_TIMEOUT_MS = 1000;
/** How long a peer may take to answer our close frame. */
const CLOSE_TIMEOUT_MS = 5000;
/** Operations that a socket may have under way at once. */
const MAX_OPERATIONS = 100;
/** Bytes waiting for a peer that doesn't read, before it is dropped. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** What a close frame has room for (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What belongs to one socket. */
interface Extra {
  request: IncomingMessage;
  connection: Connection;
  close(code: number, reason: string): void;
  /** Unties the socket from its session. */
  detach: (() => void) | null;
}

type Graphql = ReturnType<typeof createGraphql>;
type Runners = Pick<ReturnType<Graphql['getEnveloped']>, 'execute' | 'subscribe'>;

export interface WebSocketEndpoint {
  /** Tells every peer that the server goes away, and waits until all are closed; after the deadline it ends them. */
  close(deadlineMs: number): Promise<void>;
}

export function serveWebSocket(
  http: Server,
  source: ContextSource,
  graphql: Graphql,
  originPolicy: OriginPolicy,
): WebSocketEndpoint {
  const { core, hub } = source;
  const maskError = createErrorMask(core.log);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  let closing = false;

  const server = makeServer<Record<string, unknown>, Extra>({
    execute: (args) => (args.rootValue as Runners).execute(args),
    subscribe: (args) => (args.rootValue as Runners).subscribe(args),

    async onConnect({ connectionParams, extra }) {
      // What is wrong with the credentials is for each operation to say; so is a database that is away.
      const session = await resumePresented(source, extra.request, connectionParams).catch(() => null);
      if (!session) return true;
      return attach(session, extra);
    },

    async onSubscribe({ connectionParams, extra, subscriptions }, _id, payload) {
      try {
        if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
          return [refuse(`A socket may have ${MAX_OPERATIONS} operations at once. Complete some first.`)];
        }
        const session = await resumePresented(source, extra.request, connectionParams);
        // The database may have been away when the socket was opened.
        if (session && !extra.detach && !attach(session, extra)) return [refuse('Too many connections.')];
        const context: Context = {
          core,
          hub,
          client: source.describeClient(extra.request),
          cookies: null,
          connection: extra.connection,
          session,
        };
        return await prepare(graphql, context, payload);
      } catch (error) {
        return [asGraphQLError(maskError(error, ''))];
      }
    },

    onNext: (_context, _id, _payload, _args, result) =>
      result.errors && ({ ...result, errors: result.errors.map(writeError) } as FormattedExecutionResult),
    onError: (_context, _id, _payload, errors) => errors.map(writeError),

    onClose({ extra }) {
      extra.detach?.();
    },
  });

  /** @returns false when it closed the socket instead, because its session has too many. */
  function attach(session: Session, extra: Extra): boolean {
    extra.detach = hub.attach(session, extra.connection);
    if (!extra.detach) {
      extra.close(CloseCode.TooManyInitialisationRequests, 'Too many connections');
      return true;
    }
    // Whoever ended it while it was being resumed did not find this socket yet.
    if (core.memory.hasEnded(session)) extra.connection.end('REVOKED');
    return true;
  }

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const operations = new Set<Promise<void>>();
    let ended = false;

    const close = (code: number, reason: string) => {
      // graphql-ws names the operation's id in it, and a reason that is too long would throw.
      socket.close(code, Buffer.byteLength(reason) <= MAX_REASON_BYTES ? reason : '');
      setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    };
    const connection: Connection = {
      end(reason) {
        if (ended) return;
        ended = true;
        const drained = Promise.allSettled(operations);
        const late = new Promise((resolve) => setTimeout(resolve, DRAIN_TIMEOUT_MS).unref());
        void Promise.race([drained, late]).then(() => close(CloseCode.Forbidden, reason));
      },
      drop: () => socket.terminate(),
    };

    const closed = server.opened(
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
            if (ended || closing) return;
            const operation = handle(String(data))
              .catch((error: unknown) => {
                // A good message of the wrong direction, such as `next`: graphql-ws throws for it.
                if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
                  return close(CloseCode.BadRequest, 'Invalid message received');
                }
                core.log.error({ err: error }, 'a socket message could not be handled');
                close(CloseCode.InternalServerError, 'Internal server error');
              })
              .finally(() => operations.delete(operation));
            operations.add(operation);
          }),
      },
      { request, connection, close, detach: null },
    );

    let answered = true;
    const pings = setInterval(() => {
      if (!answered) return socket.terminate();
      answered = false;
      socket.ping();
    }, PING_INTERVAL_MS).unref();
    socket.on('pong', () => {
      answered = true;
    });
    // Frames that break the protocol or are too large: `ws` closes the socket itself, and waits for its peer.
    socket.on('error', (error) => {
      core.log.debug({ err: error }, 'a socket failed');
      setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    });
    socket.once('close', (code, reason) => {
      clearInterval(pings);
      void closed(code, String(reason));
    });
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
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request));
  });

  return {
    async close(deadlineMs) {
      closing = true;
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'The server is going away');
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, deadlineMs);
      await new Promise((resolve) => sockets.close(resolve));
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

/** Parses and validates as over HTTP. @returns what graphql-ws executes, or the errors that it sends. */
async function prepare(
  graphql: Graphql,
  prepared: Context,
  { query, operationName, variables }: SubscribePayload,
) {
  const enveloped = graphql.getEnveloped({ prepared } as Parameters<Graphql['getEnveloped']>[0]);
  const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped;
  const document = parse(query);
  if (!getOperationAST(document, operationName)) {
    return [
      new GraphQLError('Could not determine what operation to execute.', {
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      }),
    ];
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return errors as readonly GraphQLError[];
  const contextValue = await contextFactory();
  // The functions that hold the rules come along, for graphql-ws to call (see `execute` above).
  const rootValue = { execute, subscribe } satisfies Runners;
  return { schema, document, operationName, variableValues: variables, contextValue, rootValue };
}

/** Without the HTTP status that the error would have had. */
function writeError(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  const formatted = error instanceof GraphQLError ? error.toJSON() : error;
  const { http: _status, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions };
}

function refuse(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS' } });
}

function asGraphQLError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message);
}
