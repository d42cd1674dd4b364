/** Instants are read as they were written, whatever form PostgreSQL gives them. */
import { expect, test } from 'vitest';
import { Prisma } from '../../src/db/generated/prisma/client.ts';
import { createPreparedQuery, Preparation } from '../../src/db/prepared.ts';
import { openPool } from '../pool.ts';
import { createDatabase } from '../server.ts';

const connectionString = await createDatabase();
const TEXTS = [
  '2026-01-31 12:00:00Z',
  '2026-01-31 12:00:00.1Z',
  '2026-12-31 23:59:59.999Z',
  '2024-02-29 00:00:00.05Z',
  '2999-12-31 23:59:59.999Z',
  '1969-12-31 23:59:59.999Z',
  '0050-01-01 00:00:00Z',
  '20260-01-01 00:00:00Z',
  '2026-01-01 00:00:00Z BC',
];

async function readIn(timeZone: string) {
  const pool = openPool({ connectionString, options: `-c TimeZone=${timeZone}` });
  const query = createPreparedQuery(pool, new Preparation());
  return async (text: string) => {
    const [row] = await query<{ at: unknown; ms: string }>(Prisma.sql`
      SELECT ${text}::timestamptz(3) AS at, extract(epoch FROM ${text}::timestamptz(3)) * 1000 AS ms`);
    return row;
  };
}

test.each(['UTC', 'Asia/Kathmandu', 'America/New_York', 'Europe/London'])(
  'an instant is the same, read in %s',
  async (timeZone) => {
    const read = await readIn(timeZone);
    for (const text of TEXTS) {
      const row = await read(text);
      expect(row?.at).toEqual(new Date(Number(row?.ms)));
    }
  },
);

test('each millisecond is read as itself', async () => {
  const pool = openPool({ connectionString, options: '-c TimeZone=UTC' });
  const rows = await createPreparedQuery(
    pool,
    new Preparation(),
  )<{ at: Date }>(Prisma.sql`
    SELECT timestamptz '2026-01-31 12:00:00Z' + n * interval '1 millisecond' AS at
    FROM generate_series(0, 999) n ORDER BY n`);
  const first = Date.parse('2026-01-31T12:00:00.000Z');
  expect(rows.map(({ at }) => at.getTime() - first)).toEqual(rows.map((_, index) => index));
});

test('what is no instant stays what `pg` makes of it', async () => {
  const read = await readIn('UTC');
  expect(await read('infinity')).toMatchObject({ at: Number.POSITIVE_INFINITY });
});
