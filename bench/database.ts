/**
 * A PostgreSQL for the bench, and users in it by the thousand: each with a laptop
 * that revokes and a phone that listens. Their sessions are written straight into
 * the tables, since signing in is slow on purpose.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import pg from 'pg';
import type { DatabaseAddress } from '../src/db/client.ts';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { BEARER_PREFIX } from '../src/http/credentials.ts';
import { encodeGlobalId } from '../src/schema/global-id.ts';
import { deriveSigningKeys, hashSecret, makeSecret, writeToken } from '../src/sessions/token.ts';
import { makeTempDir } from './server.ts';

/** The servers sign with it, so that the tokens made here are theirs. */
export const SECRET = 'the secret of a bench and of nothing else';

const BATCH = 5000;

/** Two devices of one user. */
export interface Pair {
  laptopAuthorization: string;
  phoneAuthorization: string;
  /** As the API names the phone's session, and as the database does. */
  phoneId: string;
  phoneRow: string;
}

export interface Place {
  address: DatabaseAddress;
  /** For DATABASE_URL. */
  url: string;
}

export interface BenchDatabase extends Place {
  /** As PostgreSQL says it, and the id of its process. */
  version: string;
  pid: number;
  /** Another database of the same PostgreSQL: an empty one, or one with Curfew's tables. */
  makeDatabase(name: string, tables: 'none' | 'Curfew’s'): Promise<Place>;
  makePairs(count: number): Promise<Pair[]>;
  stop(): Promise<void>;
}

export async function startDatabase(): Promise<BenchDatabase> {
  const dir = await makeTempDir();
  const removeDir = () => rm(dir, { recursive: true, force: true });
  try {
    const postgres = await startEmbeddedPostgres(dir, (error) => {
      throw error;
    });
    const { address } = postgres;
    await migrate(address);
    return {
      ...describePlace(address),
      ...(await identify(address)),
      async makeDatabase(name, tables) {
        await query(address, `CREATE DATABASE ${name}`);
        const place = describePlace({ ...address, database: name });
        if (tables === 'Curfew’s') await migrate(place.address);
        return place;
      },
      makePairs: (count) => makePairs(address, count),
      async stop() {
        await postgres.stop();
        await removeDir();
      },
    };
  } catch (error) {
    await removeDir();
    throw error;
  }
}

function describePlace(address: DatabaseAddress): Place {
  const { host = '', user = '', database = '' } = address;
  return { address, url: `postgresql:///${database}?host=${encodeURIComponent(host)}&user=${user}` };
}

async function identify(address: DatabaseAddress): Promise<{ version: string; pid: number }> {
  const [row] = await query(
    address,
    `SELECT current_setting('server_version') AS version, pg_read_file('postmaster.pid') AS file`,
  );
  return { version: String(row?.['version']), pid: Number.parseInt(String(row?.['file']), 10) };
}

/** One statement over a connection of its own. @returns its rows. */
export async function query(
  address: DatabaseAddress,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  return withClient(address, async (client) => (await client.query(text, values)).rows);
}

export async function withClient<T>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(address);
  // The query that is under way tells of a connection that is lost.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Good plans from the start, and no checkpoint of what was written in the middle of what is measured. */
export async function settle(client: pg.Client): Promise<void> {
  await client.query('ANALYZE');
  await client.query('CHECKPOINT');
}

async function makePairs(address: DatabaseAddress, count: number): Promise<Pair[]> {
  return withClient(address, async (client) => {
    const pairs: Pair[] = [];
    while (pairs.length < count) {
      pairs.push(...(await insertPairs(client, Math.min(BATCH, count - pairs.length))));
    }
    await settle(client);
    return pairs;
  });
}

async function insertPairs(client: pg.Client, count: number): Promise<Pair[]> {
  const keys = deriveSigningKeys([SECRET]);
  const makeSession = (userId: string) => {
    const id = randomUUID();
    const secret = makeSecret();
    const authorization = `Bearer ${BEARER_PREFIX}${writeToken(keys, id, secret)}`;
    return { id, userId, authorization, hash: Buffer.from(hashSecret(secret)) };
  };
  const users = Array.from({ length: count }, () => randomUUID());
  const devices = users.map((id) => ({ laptop: makeSession(id), phone: makeSession(id) }));
  const sessions = devices.flatMap(({ laptop, phone }) => [laptop, phone]);
  await client.query(
    `INSERT INTO users (id, email, password_hash, created_at)
     SELECT id, id || '@example.com', 'none', now() FROM unnest($1::uuid[]) AS given(id)`,
    [users],
  );
  await client.query(
    `INSERT INTO sessions (id, user_id, kind, secret_hash, user_agent, ip_address,
                           created_at, last_active_at, confirmed_at, expires_at)
     SELECT id, user_id, 'API', hash, 'bench', '127.0.0.1', now(), now(), now(), now() + interval '30 days'
     FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS given(id, user_id, hash)`,
    [sessions.map(({ id }) => id), sessions.map(({ userId }) => userId), sessions.map(({ hash }) => hash)],
  );
  return devices.map(({ laptop, phone }) => ({
    laptopAuthorization: laptop.authorization,
    phoneAuthorization: phone.authorization,
    phoneId: encodeGlobalId('Session', phone.id),
    phoneRow: phone.id,
  }));
}
