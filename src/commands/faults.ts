/** What is told of a command that can't do its work: what is wrong, and what would be right. */
import { type Config, ConfigError, loadConfig } from '../config.ts';
import { DataDirError } from '../data-dir.ts';
import { EmbeddedPostgresError } from '../db/embedded-cluster.ts';
import { MigrationError } from '../db/migrate.ts';
import { UserError } from '../errors.ts';
import { ListenError } from '../http/listen.ts';
import { OperationsFileError } from '../http/persisted-operations.ts';
import { BusError } from '../live/bus.ts';
import { complain } from './output.ts';

const EXPLAINED = [
  DataDirError,
  EmbeddedPostgresError,
  ListenError,
  MigrationError,
  OperationsFileError,
  UserError,
];

/** The settings of the environment; a fault in them ends the process. */
export function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    complain(`Curfew can’t start with these settings:\n\n${error.message.replaceAll(/^/gm, '  ')}`);
    process.exit(1);
  }
}

/** What to do about it; null for an error of which the stack is worth more. */
export function explain(error: unknown, config: Config): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof BusError) return explainBus(error, config);
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
function explainBus({ bus, message }: BusError, { listenUrl }: Config): string {
  if (bus === 'Redis') {
    return `REDIS_URL: Redis can’t be used (${message}). Set it to one that can, such as redis://:password@localhost:6379, or leave it out to use PostgreSQL alone`;
  }
  return listenUrl
    ? `CURFEW_LISTEN_URL: it can’t be used to hear what DATABASE_URL says (${message}). Set it to where the same database is reached directly, such as postgresql://user:password@localhost:5432/curfew`
    : `DATABASE_URL: the database can’t be listened to (${message}). If a pooler stands in front of it, set CURFEW_LISTEN_URL to lead past it`;
}
