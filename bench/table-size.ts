/** Whether a table that is full slows down those who are asked for: a large database beside a small one. */

import { deriveSigningKeys, writeToken } from '../src/sessions/token.ts';
import { hold, type Row } from './contest.ts';
import { type Place, SECRET, settle, withClient } from './database.ts';
import { COOKIE_NAME, USER_AGENTS } from './people.ts';
import { progress, quantile } from './report.ts';
import type { RunningServer } from './server.ts';
import { fireAndCheck, graphqlShot } from './shot.ts';
import { clear, type Stage, startOurs } from './stage.ts';

const SESSIONS_EACH = 5;

/** Asked for before, so that what is compiled is compiled: other users than those who are timed. */
const WARM_UP = 1500;
const WARM_UP_AT_ONCE = 8;

/** Far from what a server can do, so that what is measured is one request and not a queue. */
const PER_SECOND = 200;

/** As UUIDv7 has it: two sessions a second, one after the other, the rest at random. */
const SESSION_ID = `(
  lpad(to_hex(1700000000000 + n * 500), 12, '0') || '7' || substr(md5(n::text), 1, 3) ||
  '8' || substr(md5(n::text), 4, 15)
)::uuid`;
const USER_ID = `('00000000-0000-7000-8000-' || lpad(to_hex((n - 1) / ${SESSIONS_EACH}), 12, '0'))::uuid`;
/** That of a token, of which the row has the hash. */
const SESSION_SECRET = `sha256(convert_to('bench ' || n, 'UTF8'))`;

/** Used at some time of the last week, and begun before. */
const LAST_ACTIVE = `now() - (n % 604800) * interval '1 second'`;

async function fill({ address }: Place, count: number): Promise<void> {
  await withClient(address, async (client) => {
    // Checks of foreign keys row by row would take longer than all else; so would indexes that grow row by row.
    await client.query(`
      SET session_replication_role = replica;
      SET synchronous_commit = off;
      SET maintenance_work_mem = '512MB'`);
    const { rows: indexes } = await client.query<{ name: string; text: string }>(`
      SELECT indexname AS name, indexdef AS text FROM pg_indexes
      WHERE tablename = 'sessions' AND indexname <> 'sessions_pkey'`);
    for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`);
    await client.query(
      `INSERT INTO users (id, email, password_hash, created_at)
       SELECT ${USER_ID}, 'user-' || n || '@example.com', 'none', now() - interval '1 year'
       FROM generate_series(1, $1::bigint, ${SESSIONS_EACH}) n`,
      [count],
    );
    await client.query(
      `INSERT INTO sessions (id, user_id, kind, secret_hash, user_agent, ip_address, last_ip_address,
                             created_at, last_active_at, confirmed_at, expires_at)
       SELECT ${SESSION_ID}, ${USER_ID}, 'BROWSER', sha256(${SESSION_SECRET}),
              ($2::text[])[1 + n % ${USER_AGENTS.length}], '127.0.0.1', '127.0.0.1',
              ${LAST_ACTIVE} - interval '1 hour', ${LAST_ACTIVE}, ${LAST_ACTIVE} - interval '1 hour',
              now() + interval '20 days'
       FROM generate_series(1, $1::bigint) n`,
      [count, USER_AGENTS],
    );
    for (const { text } of indexes) await client.query(text);
    await client.query('VACUUM ANALYZE');
    await settle(client);
  });
}

/** @returns the cookies of so many sessions from all over the table. */
async function sample({ address }: Place, count: number, size: number): Promise<string[]> {
  const keys = deriveSigningKeys([SECRET]);
  return withClient(address, async (client) => {
    const { rows } = await client.query<{ id: string; secret: Buffer }>(
      `SELECT ${SESSION_ID} AS id, ${SESSION_SECRET} AS secret
       FROM unnest($1::bigint[]) AS given(n)`,
      [Array.from({ length: size }, () => 1 + Math.floor(Math.random() * count))],
    );
    return rows.map(({ id, secret }) => `${COOKIE_NAME}=${writeToken(keys, id, secret)}`);
  });
}

interface Table {
  name: string;
  server: RunningServer;
  /** For each query: of those to warm up with, and of those who are timed, one for each request. */
  cookies: string[];
}

async function openTable(stage: Stage, name: string, count: number): Promise<Table> {
  const written = count.toLocaleString('en');
  progress(`a table is filled with ${written} sessions`);
  const place = await stage.database.makeDatabase(name, 'Curfew’s');
  await fill(place, count);
  const server = await startOurs(stage, place, { CURFEW_MEMORY_SESSIONS: '0' });
  const { rounds, seconds } = stage.plan;
  const size = WARM_UP + Math.round(PER_SECOND * seconds) * rounds;
  return { name: `among ${written} sessions`, server, cookies: await sample(place, count, size) };
}

const QUERIES = {
  resume: { text: '{ currentSession { id } }', wanted: ['"currentSession":{"id":"'] },
  mySessions: {
    text: '{ mySessions { nodes { id device { name } lastActiveAt } } }',
    wanted: ['{"mySessions":{"nodes":[{"id":"'],
  },
};

export async function benchTableSize(stage: Stage): Promise<Row[]> {
  const { plan, loader } = stage;
  const large = await openTable(stage, 'large', plan.largeTable);
  const small = await openTable(stage, 'small', plan.smallTable);
  const rows: Row[] = [];
  for (const [name, { text, wanted }] of Object.entries(QUERIES)) {
    const contender = ({ name: table, server, cookies }: Table) => {
      const shots = cookies.map((cookie) => graphqlShot(server.url, { cookie }, text));
      const [first] = shots;
      const before = shots.splice(0, WARM_UP);
      return {
        name: `Curfew ${table}`,
        async check() {
          if (first) await fireAndCheck(first, wanted);
        },
        warmUp: () => loader.run('drain', { shots: before, wanted, concurrency: WARM_UP_AT_ONCE }),
        async measure() {
          const timed = shots.splice(0, Math.round(PER_SECOND * plan.seconds));
          const job = { shots: timed, wanted, perSecond: PER_SECOND, seconds: plan.seconds };
          const delays = await loader.run('fireOnTime', job);
          return { values: [quantile(delays, 0.5)], busy: null };
        },
      };
    };
    rows.push(
      ...(await hold(
        {
          id: `table-size/${name}`,
          metrics: [{ name: `${name} ${large.name}, p50`, unit: 'ms' }],
          ours: contender(large),
          peers: [{ id: 'small', ...contender(small), goals: [1.2] }],
        },
        plan.rounds,
      )),
    );
  }
  await clear(stage);
  return rows;
}
