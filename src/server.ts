/**
 * Puts the parts together: the database, the domain, the live connections, and
 * one HTTP server in front of them; and takes them apart in the reverse order.
 */
import { type Logger, pino } from 'pino';
import { openCounters } from './accounts/counters.ts';
import { createThrottles } from './accounts/throttle.ts';
import { UserMemory } from './accounts/user-memory.ts';
import { type Retention, startRetention } from './audit/retention.ts';
import type { Config } from './config.ts';
import type { Clock, Core } from './core.ts';
import { ensureDataDir } from './data-dir.ts';
import { connectDatabase } from './db/client.ts';
import { DatabaseClock } from './db/clock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { createClientReader } from './http/client.ts';
import { nameCookies, writeCookie } from './http/credentials.ts';
import { listen } from './http/listen.ts';
import { loadPage, loadPageOperations, PAGE_DIR } from './http/page.ts';
import { joinOperations, loadOperations } from './http/persisted-operations.ts';
import { loadLanguages } from './i18n/languages.ts';
import { createBus } from './live/bus.ts';
import { Hub } from './live/hub.ts';
import { postgresWire } from './live/postgres-wire.ts';
import { redisWire } from './live/redis-wire.ts';
import { startWatch, type Watch } from './live/watch.ts';
import { withoutErrorDetails } from './log.ts';
import { createMailer } from './mail/mailer.ts';
import { Outbox } from './mail/outbox.ts';
import { createMetrics } from './metrics.ts';
import { loadSecrets } from './secrets.ts';
import { Activity } from './sessions/activity.ts';
import { deriveDeviceKeys } from './sessions/device-id.ts';
import { createListFirst } from './sessions/list.ts';
import { createLookUp } from './sessions/look-up.ts';
import { SessionMemory } from './sessions/memory.ts';
import { Sightings } from './sessions/sightings.ts';
import { deriveSigningKeys, TokenReader } from './sessions/token.ts';

export interface CurfewServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  url: string;
  /** Under which people reach it: CURFEW_URL, or else where it listens. */
  origin: string;
  /** Whether it serves the page: it is wanted, and built. */
  hasPage: boolean;
  core: Core;
  hub: Hub;
  watch: Watch;
  retention: Retention;
  /** Finishes what is under way, tells every peer, and stops all that it started. Safe to call twice. */
  close(): Promise<void>;
}

export interface ServerOptions {
  clock?: Clock;
  log?: Logger;
  /** Called when the server can't go on, such as when its own PostgreSQL is gone. */
  onFatal?: (error: Error) => void;
  /** Where the texts are, a file for each language; those of src/locales when left out. */
  locales?: URL;
  /** Where the page was built; `dist/web` when left out. */
  pageDir?: string;
}

/** @throws OperationsFileError, DataDirError, EmbeddedPostgresError, MigrationError, BusError, ListenError, or what `pg` says of DATABASE_URL. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<CurfewServer> {
  const log = withoutErrorDetails(options.log ?? pino({ level: config.logLevel }));
  const onFatal = options.onFatal ?? ((error) => log.fatal({ err: error }, 'the server can’t go on'));
  // What was started, to be stopped in the reverse order, also when a later part fails to start.
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) {
      await stop().catch((error: unknown) => log.error({ err: error }, 'a part did not stop cleanly'));
    }
  };

  try {
    const pageDir = options.pageDir ?? PAGE_DIR;
    const page = config.page ? await loadPage(pageDir) : null;
    const operations =
      config.operationsFile === null
        ? null
        : joinOperations(
            page ? await loadPageOperations(pageDir, config) : null,
            await loadOperations(config.operationsFile, config),
          );
    const languages = await loadLanguages(options.locales);
    if (!config.secrets || !config.databaseUrl) await ensureDataDir(config.dataDir);
    const secrets = config.secrets ?? (await loadSecrets(config.dataDir));
    const keys = deriveSigningKeys(secrets);
    const deviceKeys = deriveDeviceKeys(secrets);
    const embedded: EmbeddedPostgres | null = config.databaseUrl
      ? null
      : await startEmbeddedPostgres(config.dataDir, onFatal);
    if (embedded) stops.push(() => embedded.stop());
    const address = embedded?.address ?? { connectionString: config.databaseUrl ?? '' };
    const listenAddress = config.listenUrl ? { connectionString: config.listenUrl } : address;
    const applied = await migrate(address);
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated');

    const { db, query, inTransaction } = connectDatabase(address, (error) =>
      log.warn({ err: error }, 'a database connection was lost'),
    );
    stops.push(() => db.$disconnect());
    const databaseClock = new DatabaseClock();
    await databaseClock.ask(db);
    const clock = options.clock ?? databaseClock;
    const metrics = createMetrics();
    const bus = createBus({
      query,
      log,
      metrics,
      postgres: postgresWire({
        address,
        listenAddress,
        onTime: (...sample) => databaseClock.learn(...sample),
      }),
      redis: config.redisUrl === null ? null : redisWire(config.redisUrl),
    });
    stops.push(() => bus.close());
    const { policy } = config;
    const activity = new Activity(db, clock, log, policy.idleTimeoutMs);
    stops.push(() => activity.close());
    const sightings = new Sightings({ db, query, clock, log });
    stops.push(() => sightings.close());
    const memory = new SessionMemory(config.memorySessions, () => bus.isHeard());
    const users = new UserMemory(db, config.memorySessions, () => bus.isHeard());
    const counters = await openCounters({ query, redisUrl: config.redisUrl, log });
    stops.push(async () => counters.close());
    const throttles = createThrottles(config.signInLimit, counters);
    const outbox = new Outbox({ db, clock, log, metrics, languages, mailer: createMailer(config, log) });
    stops.push(() => outbox.close());
    const core: Core = {
      db,
      query,
      inTransaction,
      lookUp: createLookUp(query),
      listFirst: createListFirst({ query, policy, clock }),
      policy,
      keys,
      tokens: new TokenReader(keys, config.memorySessions),
      deviceKeys,
      memory,
      users,
      activity,
      sightings,
      bus,
      throttles,
      outbox,
      clock,
      metrics,
      log,
    };
    const hub = new Hub(core, config.socketLimits);
    stops.push(async () => hub.close());
    const watch = startWatch(core, bus, hub);
    stops.push(() => watch.close());
    const retention = startRetention(core);
    stops.push(() => retention.close());
    await bus.open({ mayBeDeaf: config.listenUrl === null });

    const cookies = nameCookies(config.production);
    const source = {
      core,
      hub,
      cookies,
      writeCookie: (token: string) => writeCookie(cookies.session, token, { secure: config.production }),
      serviceKeys: config.serviceKeys,
      languages,
      describeClient: createClientReader(config.trustedProxies, config.forwardedHeader),
    };
    const listening = await listen(config, source, bus, { operations, page });
    stops.push(() => listening.close());
    const origin = config.url ?? nameForPeople(listening.url);
    outbox.open(origin);

    let closed: Promise<void> | null = null;
    const close = () => {
      closed ??= stopAll();
      return closed;
    };
    return { url: listening.url, origin, hasPage: page !== null, core, hub, watch, retention, close };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** As people write it: browsers keep the cookies of `localhost` and of its address apart. */
function nameForPeople(url: string): string {
  return url.replace(/^http:\/\/127\.0\.0\.1:/, 'http://localhost:');
}
