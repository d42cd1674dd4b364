/** A server of a test's own: the real one, on a port and a database of its own. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { loadConfig } from '../src/config.ts';
import type { Clock } from '../src/core.ts';
import { type CurfewServer, type ServerOptions, startServer } from '../src/server.ts';
import { onCleanup } from './cleanup.ts';
import { TEMPLATE } from './postgres.ts';

/** Time that a test can move; it stands at the real time otherwise. */
export interface TestClock extends Clock {
  /** Moves time forward. */
  advance(ms: number): void;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const TEST_SECRET = 'a secret that only tests sign with';

export function createClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance: (ms) => {
      offsetMs += ms;
    },
  };
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client({
    host: inject('postgresHost'),
    user: inject('postgresUser'),
    database: 'postgres',
  });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A migrated, empty database; gone after the test or the file. @returns its DATABASE_URL. */
export async function createDatabase(template: string = TEMPLATE): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  onCleanup(() => query(`DROP DATABASE ${name} WITH (FORCE)`));
  return `postgresql:///${name}?host=${inject('postgresHost')}&user=${inject('postgresUser')}`;
}

export interface TestServer extends CurfewServer {
  clock: TestClock;
  /** The GraphQL endpoint. */
  endpoint: string;
  socketEndpoint: string;
}

/** @param settings as in the environment, over quiet ones that a test can live with. */
export async function startTestServer(
  settings: Record<string, string> = {},
  options: Pick<ServerOptions, 'log' | 'pageDir' | 'locales'> = {},
): Promise<TestServer> {
  const clock = createClock();
  const databaseUrl = settings['DATABASE_URL'] ?? (await createDatabase());
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    CURFEW_SECRETS: TEST_SECRET,
    CURFEW_SIGN_IN_LIMIT: '10000/3m',
    // Those that need it say where it is.
    CURFEW_PAGE: 'off',
    ...(settings['NODE_ENV'] === 'production' && { CURFEW_URL: 'https://curfew.example' }),
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'fatal',
    ...settings,
  });
  const server = await startServer(config, { clock, ...options });
  onCleanup(() => server.close());
  const endpoint = `${server.url}/graphql`;
  return { ...server, clock, endpoint, socketEndpoint: endpoint.replace(/^http/, 'ws') };
}
