/**
 * The HTTP server: which path answers what, what holds for every request before
 * GraphQL sees it, and how it stops.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { ContextSource } from '../context.ts';
import type { LiveBus } from '../live/bus.ts';
import { acceptJson, MAX_BODY_BYTES, type ReadRequest, readBody } from './body.ts';
import { answerGateway, isForGateway } from './gateway.ts';
import { answerGraphiql, wantsGraphiql } from './graphiql.ts';
import { createGraphql, GRAPHQL_PATH } from './graphql.ts';
import { addHeader, beginHead, setHead } from './head.ts';
import { answerJson, endReady, sendText } from './json.ts';
import { refuseNonRequests } from './non-requests.ts';
import { checkReadiness, createMetricsGate, registerGauges } from './operator.ts';
import { allowOrigin, answerPreflight, hasGoodHost, isAllowedOrigin } from './origin.ts';
import { answerFile, type Page } from './page.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { awaitTurn, endAfter, isEnding, isLast, noteLast } from './pipeline.ts';
import { createRawRefusal } from './raw-refusal.ts';
import { createRequestNamer, requestIdOf } from './request-id.ts';
import { listSecurityHeaders } from './security-headers.ts';
import { UnderWay } from './under-way.ts';
import { serveWebSocket } from './websocket.ts';

/** How long shutting down waits for peers to close their sockets, and for requests under way. */
const SOCKETS_DEADLINE_MS = 3000;
const REQUESTS_DEADLINE_MS = 5000;

/** How long a client may take to send the head of a request, and all of it; looked after this often. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUT_CHECK_MS = 5000;

/** Longer than the idle timeout of usual load balancers, so that none of them reuses a connection that we just closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** How long a client may leave an answer unread, all or some of it. Event streams have something to be read more often. */
const UNREAD_TIMEOUT_MS = 65_000;

export class ListenError extends Error {
  override name = 'ListenError';
}

export interface Listening {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  url: string;
  /** Takes nothing new, closes sockets and streams, and finishes requests, all within deadlines. */
  close(): Promise<void>;
}

export interface Served {
  /** The only operations that are run; null for all. */
  operations: PersistedOperations | null;
  /** Null where it was not built, or is not wanted. */
  page: Page | null;
}

/** @throws ListenError */
export async function listen(
  config: Config,
  source: ContextSource,
  bus: LiveBus,
  { operations, page }: Served,
): Promise<Listening> {
  const { db, log, metrics } = source.core;
  const nameRequest = createRequestNamer(config.trustedProxies);
  const mayReadMetrics = createMetricsGate(config);
  const graphql = createGraphql(source, config, operations);
  const hasGraphiql = !config.production && !operations;
  const securityHeaders = Object.entries(listSecurityHeaders(config)).flat();
  /** Requests that are being answered. */
  const underWay = new UnderWay();
  let draining = false;

  /** At once, unless there is something to wait for. */
  function route(request: ReadRequest, response: ServerResponse): void | Promise<void> {
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      endAfter(response);
      return answerJson(response, 400, { message: 'A request of HTTP/1.1 says its Host.' });
    }
    const path = request.url?.split('?', 1)[0] ?? '';
    switch (path) {
      case GRAPHQL_PATH:
        return answerGraphql(request, response);
      case '/health/live':
        return answerJson(response, 200, { status: 'live' });
      case '/health/ready':
        return answerReadiness(response);
      case '/metrics':
        return answerMetrics(request, response);
      default:
        if (isForGateway(path)) return answerGateway(source, request, response);
        return answerElse(path, request, response);
    }
  }

  function answerElse(path: string, request: ReadRequest, response: ServerResponse): void {
    const file = page?.get(path);
    if (!file) {
      const isMissing = path === '/' && config.page && !page;
      answerNothing(response, isMissing ? PAGE_NOT_BUILT : undefined);
      return;
    }
    if (request.method === 'GET' || request.method === 'HEAD') {
      setHead(response);
      answerFile(request, response, file);
      return;
    }
    addHeader(response, 'Allow', 'GET, HEAD');
    answerJson(response, 405, { message: 'This is to be read alone: use GET or HEAD.' });
  }

  async function answerReadiness(response: ServerResponse): Promise<void> {
    const readiness = await checkReadiness(db, bus, draining);
    answerJson(response, readiness.status === 'not ready' ? 503 : 200, readiness);
  }

  async function answerMetrics(request: ReadRequest, response: ServerResponse): Promise<void> {
    const access = mayReadMetrics(request);
    if (access === 'absent') return answerNothing(response);
    if (access === 'refused') {
      addHeader(response, 'WWW-Authenticate', 'Bearer');
      return answerJson(response, 401, {
        message: 'Send the value of CURFEW_METRICS_TOKEN as a Bearer token.',
      });
    }
    const { contentType, text } = await metrics.write();
    sendText(response, 200, ['Content-Type', contentType], text);
  }

  function answerGraphql(request: ReadRequest, response: ServerResponse): void | Promise<void> {
    if (!hasGoodHost(request)) {
      return refuse(response, 400, 'BAD_REQUEST', 'The Host header is not a host.');
    }
    if (!isAllowedOrigin(config, request)) {
      const message = 'This origin may not use this server. It is allowed with CURFEW_ORIGINS.';
      return refuse(response, 403, 'ORIGIN_NOT_ALLOWED', message);
    }
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') return answerPreflight(response);
    if (hasGraphiql && wantsGraphiql(request)) {
      setHead(response);
      return answerGraphiql(response);
    }
    readBody(request, (isWhole) => attempt(request, response, () => answerBody(request, response, isWhole)));
  }

  function answerBody(
    request: ReadRequest,
    response: ServerResponse,
    isWhole: boolean,
  ): void | Promise<void> {
    if (!isWhole) {
      endAfter(response);
      return refuse(response, 413, 'BODY_TOO_LARGE', `A request body has at most ${MAX_BODY_BYTES} bytes.`);
    }
    if (request.method === 'POST' && !acceptJson(request)) {
      const message = 'A request body is JSON in UTF-8: send it with “Content-Type: application/json”.';
      return refuse(response, 415, 'UNSUPPORTED_MEDIA_TYPE', message);
    }
    return graphql.answer(request, response);
  }

  /** Whatever goes wrong in it is answered, at once or later. */
  function attempt(request: ReadRequest, response: ServerResponse, answer: () => void | Promise<void>): void {
    const fail = (error: unknown) => answerFault(request, response, error);
    try {
      answer()?.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  function answerFault(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    // A client that went away in the middle of its request is nobody's fault.
    if (request.destroyed && !request.complete) return;
    log.error({ err: error, requestId: requestIdOf(request) }, 'a request failed');
    if (response.headersSent) response.destroy();
    else answerJson(response, 500, { message: 'Something went wrong on the server.' });
  }

  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  };
  /** One for all: it is emitted once, and there are many. */
  function finish(this: ServerResponse): void {
    underWay.remove(this);
    if (draining && underWay.size === 0) http.closeAllConnections();
  }

  /** @returns false when it is not to be answered. */
  function begin(request: IncomingMessage, response: ServerResponse): boolean {
    // It came in one packet with one for which the connection was cut.
    if (request.socket.destroyed) return false;
    if (!response.socket) {
      endReady();
      if (!awaitTurn(request.socket, response)) {
        log.debug('a connection was cut: too many of its requests wait for their answers');
        request.socket.destroy();
        return false;
      }
    }
    if (isEnding(request.socket)) return false;
    noteLast(response);
    underWay.add(response);
    response.on('close', finish);
    nameRequest(request);
    beginHead(response, securityHeaders);
    addHeader(response, 'X-Request-Id', requestIdOf(request));
    if (draining) endAfter(response);
    if (log.isLevelEnabled('debug')) logAnswer(log, request, response);
    return true;
  }

  // Whatever Node answers by itself is not seen here, nor counted among those that wait.
  const http = createServer({ ...timeouts, requireHostHeader: false }, (request, response) => {
    if (begin(request, response)) attempt(request, response, () => route(request, response));
  });
  http.setTimeout(UNREAD_TIMEOUT_MS);
  http.on('checkExpectation', (request, response) => {
    if (!begin(request, response)) return;
    answerJson(response, 417, { message: 'Of what may be expected, only “100-continue” is known here.' });
  });
  // Node ends its own half at once when the client has ended its.
  http.on('connection', (connection) => connection.prependListener('end', endReady));
  http.prependListener('upgrade', nameRequest);
  const refuseRaw = createRawRefusal(config);
  refuseNonRequests(http, underWay, refuseRaw);
  const sockets = serveWebSocket(http, source, graphql, config, { underWay, refuseRaw });
  registerGauges(source.core, { bus, hub: source.hub, countSockets: () => sockets.countSockets() });

  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error) => reject(explainListenError(config, cause));
    http.once('error', fail);
    http.listen(config.port, config.host, () => {
      http.off('error', fail);
      resolve();
    });
  });

  return {
    url: formatUrl(http.address() as AddressInfo),
    async close() {
      draining = true;
      const stopped = new Promise((resolve) => http.close(resolve));
      http.closeIdleConnections();
      for (const response of underWay.list()) {
        if (!response.headersSent && isLast(response)) endAfter(response);
      }
      await sockets.close(SOCKETS_DEADLINE_MS);
      endStreams(underWay.list());
      // One that has sent nothing yet, as browsers open ahead of need, is not idle to Node.
      if (underWay.size === 0) http.closeAllConnections();
      const timer = setTimeout(() => http.closeAllConnections(), REQUESTS_DEADLINE_MS);
      await stopped;
      clearTimeout(timer);
    },
  };
}

function explainListenError({ host, port }: Config, cause: NodeJS.ErrnoException): ListenError {
  const message =
    cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
      ? `PORT: ${port} on ${host} is ${cause.code === 'EACCES' ? 'not allowed to this user' : 'in use'}. Set it to another, such as 4001, or to 0 for any that is free`
      : `HOST: “${host}” can’t be listened on (${cause.message}). Set it to an address of this machine, such as 127.0.0.1`;
  return new ListenError(message, { cause });
}

/** Event streams would go on for ever. They end without “complete”, so that clients connect again elsewhere. */
function endStreams(answers: ServerResponse[]): void {
  for (const response of answers) {
    const type = response.getHeader('content-type');
    if (typeof type === 'string' && type.startsWith('text/event-stream')) response.destroy();
  }
}

/** Path and not query: there may be variables in it. */
function logAnswer(log: Logger, request: IncomingMessage, response: ServerResponse): void {
  const startedAtMs = performance.now();
  response.once('close', () => {
    const { method, url = '' } = request;
    const ms = Math.round(performance.now() - startedAtMs);
    const answered = { requestId: requestIdOf(request), method, path: url.split('?', 1)[0], ms };
    log.debug({ ...answered, status: response.statusCode }, 'a request was answered');
  });
}

const PAGE_NOT_BUILT = 'The page is not built. Run “npm run build”, and start the server again.';

function answerNothing(response: ServerResponse, why = 'There is nothing here.'): void {
  answerJson(response, 404, { message: `${why} GraphQL is at ${GRAPHQL_PATH}.` });
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  answerJson(response, status, { errors: [{ message, extensions: { code } }] });
}

function formatUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
