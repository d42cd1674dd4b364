/**
 * Puts the parts together: the database, the domain, the live connections, and
 * one HTTP server in front of them; and takes them apart in the reverse order.
 */
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { Throttle } from './accounts/throttle.ts';
import type { Config } from './config.ts';
import type { ContextSource } from './context.ts';
import type { Clock, Core } from './core.ts';
import { connectDatabase } from './db/client.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { acceptJson, limitBody, MAX_BODY_BYTES, type ReadRequest } from './http/body.ts';
import { createClientReader } from './http/client.ts';
import { nameCookie } from './http/credentials.ts';
import { createGraphql, GRAPHQL_PATH } from './http/graphql.ts';
import { allowOrigin, answerPreflight, hasGoodHost, isAllowedOrigin } from './http/origin.ts';
import { serveWebSocket } from './http/websocket.ts';
import { Hub } from './live/hub.ts';
import { createLocalBus } from './live/local-bus.ts';
import { startWatch, type Watch } from './live/watch.ts';
import { withoutErrorDetails } from './log.ts';
import { loadSecrets } from './secrets.ts';
import { Activity } from './sessions/activity.ts';
import { SessionMemory } from './sessions/memory.ts';
import { deriveSigningKeys } from './sessions/token.ts';

/** How long shutting down waits for peers to close their sockets, and for requests under way. */
const SOCKETS_DEADLINE_MS = 3000;
const REQUESTS_DEADLINE_MS = 5000;

/** How long a client may take to send the head of a request, and all of it; looked after this often. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUT_CHECK_MS = 5000;

/** Longer than the idle timeout of usual load balancers, so that none of them reuses a connection that we just closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

export interface CurfewServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  url: string;
  core: Core;
  hub: Hub;
  watch: Watch;
  /** Finishes what is under way, tells every peer, and stops all that it started. Safe to call twice. */
  close(): Promise<void>;
}

export interface ServerOptions {
  clock?: Clock;
  log?: Logger;
  /** Called when the server can't go on, such as when its own PostgreSQL is gone. */
  onFatal?: (error: Error) => void;
}

/** @throws ConfigError, EmbeddedPostgresError, MigrationError, or the system's error when it can't listen. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<CurfewServer> {
  const log = withoutErrorDetails(options.log ?? pino({ level: config.logLevel }));
  const clock = options.clock ?? { now: () => new Date() };
  const onFatal = options.onFatal ?? ((error) => log.fatal({ err: error }, 'the server can’t go on'));
  // What was started, to be stopped in the reverse order, also when a later part fails to start.
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) {
      await stop().catch((error: unknown) => log.error({ err: error }, 'a part did not stop cleanly'));
    }
  };

  try {
    const keys = deriveSigningKeys(config.secrets ?? (await loadSecrets(config.dataDir)));
    const embedded: EmbeddedPostgres | null = config.databaseUrl
      ? null
      : await startEmbeddedPostgres(config.dataDir, onFatal);
    if (embedded) stops.push(() => embedded.stop());
    const address = embedded?.address ?? { connectionString: config.databaseUrl ?? '' };
    const applied = await migrate(address);
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated');

    const db = connectDatabase(address, (error) =>
      log.warn({ err: error }, 'a database connection was lost'),
    );
    stops.push(() => db.$disconnect());
    const bus = createLocalBus();
    stops.push(() => bus.close());
    const { policy } = config;
    const activity = new Activity(db, clock, log, policy.idleTimeoutMs);
    stops.push(() => activity.close());
    const memory = new SessionMemory();
    const throttle = new Throttle(config.signInLimit);
    const core: Core = { db, policy, keys, memory, activity, bus, throttle, clock, log };
    const hub = new Hub(core);
    stops.push(async () => hub.close());
    const watch = startWatch(core, hub);
    stops.push(() => watch.close());

    const listening = await listen(config, {
      core,
      hub,
      cookieName: nameCookie(config.production),
      describeClient: createClientReader(config.trustedProxies),
    });
    stops.push(() => listening.close());

    let closed: Promise<void> | null = null;
    const close = () => {
      closed ??= stopAll();
      return closed;
    };
    return { url: listening.url, core, hub, watch, close };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function listen(config: Config, source: ContextSource) {
  const { db, log } = source.core;
  const graphql = createGraphql(source, config);
  /** Requests that are being answered. */
  const underWay = new Set<ServerResponse>();
  let draining = false;

  async function route(request: ReadRequest, response: ServerResponse): Promise<void> {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('X-Frame-Options', 'DENY');
    response.setHeader('Cache-Control', 'no-store');
    const path = request.url?.split('?', 1)[0];
    switch (path) {
      case GRAPHQL_PATH:
        if (!hasGoodHost(request)) {
          return refuse(response, 400, 'BAD_REQUEST', 'The Host header is not a host.');
        }
        if (!isAllowedOrigin(config, request)) {
          return refuse(
            response,
            403,
            'ORIGIN_NOT_ALLOWED',
            'This origin may not use this server. It is allowed with CURFEW_ORIGINS.',
          );
        }
        allowOrigin(request, response);
        if (request.method === 'OPTIONS') return answerPreflight(response);
        if (!(await limitBody(request))) {
          response.setHeader('Connection', 'close');
          return refuse(
            response,
            413,
            'BODY_TOO_LARGE',
            `A request body has at most ${MAX_BODY_BYTES} bytes.`,
          );
        }
        if (request.method === 'POST' && !acceptJson(request)) {
          return refuse(
            response,
            415,
            'UNSUPPORTED_MEDIA_TYPE',
            'A request body is JSON in UTF-8: send it with “Content-Type: application/json”.',
          );
        }
        await graphql(request, response);
        return;
      case '/health/live':
        return answer(response, 200, { status: 'live' });
      case '/health/ready': {
        const ready = !draining && (await isAnswering(db));
        return answer(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
      }
      default:
        return answer(response, 404, { message: `There is nothing here. GraphQL is at ${GRAPHQL_PATH}.` });
    }
  }

  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  };
  const http = createHttpServer(timeouts, (request, response) => {
    underWay.add(response);
    response.once('close', () => {
      underWay.delete(response);
      if (draining && underWay.size === 0) http.closeAllConnections();
    });
    if (draining) response.setHeader('Connection', 'close');
    route(request, response).catch((error: unknown) => {
      // A client that went away in the middle of its request is nobody's fault.
      if (request.destroyed && !request.complete) return;
      log.error({ err: error }, 'a request failed');
      if (response.headersSent) response.destroy();
      else answer(response, 500, { message: 'Something went wrong on the server.' });
    });
  });
  const sockets = serveWebSocket(http, source, graphql, config);

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(config.port, config.host, () => {
      http.off('error', reject);
      resolve();
    });
  });

  return {
    url: formatUrl(http.address() as AddressInfo),
    async close() {
      draining = true;
      const stopped = new Promise((resolve) => http.close(resolve));
      http.closeIdleConnections();
      await sockets.close(SOCKETS_DEADLINE_MS);
      endStreams(underWay);
      // One that has sent nothing yet, as browsers open ahead of need, is not idle to Node.
      if (underWay.size === 0) http.closeAllConnections();
      const timer = setTimeout(() => http.closeAllConnections(), REQUESTS_DEADLINE_MS);
      await stopped;
      clearTimeout(timer);
    },
  };
}

/** Event streams would go on for ever. They end without “complete”, so that clients connect again elsewhere. */
function endStreams(underWay: Set<ServerResponse>): void {
  for (const response of underWay) {
    const type = response.getHeader('content-type');
    if (typeof type === 'string' && type.startsWith('text/event-stream')) response.destroy();
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  answer(response, status, { errors: [{ message, extensions: { code } }] });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    })
    .end(text);
}

async function isAnswering(db: Core['db']): Promise<boolean> {
  return db.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
}

function formatUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
