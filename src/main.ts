#!/usr/bin/env node
/** The `curfew` command: starts the server with the environment's settings, and stops it on a signal. */
import { pino } from 'pino';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { DataDirError } from './data-dir.ts';
import { EmbeddedPostgresError } from './db/embedded-cluster.ts';
import { MigrationError } from './db/migrate.ts';
import { ListenError } from './http/listen.ts';
import { OperationsFileError } from './http/persisted-operations.ts';
import { BusError } from './live/bus.ts';
import { collectProcessMetrics } from './metrics.ts';
import { type CurfewServer, startServer } from './server.ts';

const EXPLAINED = [DataDirError, EmbeddedPostgresError, ListenError, MigrationError, OperationsFileError];

const config = readConfig();
const log = pino({ level: config.logLevel });

let server: CurfewServer | undefined;
/** Not null: asked to stop. */
let exitCode: number | null = null;

/** A second signal ends the process at once. */
async function stop(code: number): Promise<void> {
  if (exitCode !== null) process.exit(code || 1);
  exitCode = code;
  log.info('the server stops');
  // A start under way is stopped below, once there is a server to close: leaving now would leave PostgreSQL running.
  if (!server) return;
  await server.close();
  process.exit(exitCode);
}

collectProcessMetrics();

process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(0));

try {
  server = await startServer(config, {
    log,
    onFatal: (error) => {
      log.fatal({ err: error }, 'the embedded PostgreSQL is gone');
      void stop(1);
    },
  });
  if (exitCode !== null) {
    await server.close();
    process.exit(exitCode);
  }
  say(`Curfew is ready.

  API        ${server.url}/graphql
  ${config.production || config.operationsFile ? '' : `GraphiQL   ${server.url}/graphql (open it in a browser)\n  `}Health     ${server.url}/health/ready
  Bus        ${config.redisUrl ? 'PostgreSQL and Redis' : 'PostgreSQL'}
  Database   ${config.databaseUrl ? 'DATABASE_URL' : `embedded PostgreSQL under ${config.dataDir}`}
`);
} catch (error) {
  const reason = explain(error);
  if (reason === null) throw error;
  complain(`Curfew can’t start: ${reason}`);
  process.exit(1);
}

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    complain(`Curfew can’t start with these settings:\n\n${error.message.replaceAll(/^/gm, '  ')}`);
    process.exit(1);
  }
}

/** What to do about it; null for an error of which the stack is worth more. */
function explain(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof BusError) return explainBus(error);
  if (EXPLAINED.some((type) => error instanceof type)) return error.message;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  // The system's (not Node's own ERR_…), and PostgreSQL's for a refused login, a database that is not there,
  // missing rights, too many connections, and a server that starts or stops.
  if (!/^(E(?!RR_)[A-Z]\w+|28\w{3}|3D000|42501|53300|57P0\d)$/.test(code)) return null;
  return config.databaseUrl
    ? `DATABASE_URL: the database can’t be used (${error.message}). Set it to one that can, such as postgresql://user:password@localhost:5432/curfew`
    : error.message;
}

/** The first connection must be had: a setting that is wrong would show only as slowness later. */
function explainBus({ bus, message }: BusError): string {
  if (bus === 'Redis') {
    return `REDIS_URL: Redis can’t be used (${message}). Set it to one that can, such as redis://:password@localhost:6379, or leave it out to use PostgreSQL alone`;
  }
  return config.listenUrl
    ? `CURFEW_LISTEN_URL: it can’t be used to hear what DATABASE_URL says (${message}). Set it to where the same database is reached directly, such as postgresql://user:password@localhost:5432/curfew`
    : `DATABASE_URL: the database can’t be listened to (${message}). If a pooler stands in front of it, set CURFEW_LISTEN_URL to lead past it`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
