/** Prepared statements, which not every pooler can carry. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { Prisma } from '../../src/db/generated/prisma/client.ts';
import { createPreparedQuery } from '../../src/db/prepared.ts';
import { onCleanup } from '../cleanup.ts';
import { createDatabase } from '../server.ts';

const connectionString = await createDatabase();
const add = (a: number, b: number) => Prisma.sql`SELECT ${a}::int + ${b}::int AS sum`;

function openPool(): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1 });
  onCleanup(() => pool.end());
  return pool;
}

test('what is asked again with other values is prepared once', async () => {
  const pool = openPool();
  const query = createPreparedQuery(pool);
  for (const value of [1, 2, 3]) expect(await query(add(value, 1))).toEqual([{ sum: value + 1 }]);
  const { rows } = await pool.query('SELECT statement FROM pg_prepared_statements');
  expect(rows).toEqual([{ statement: add(1, 1).text }]);
});

test('behind a pooler, where it was lost in between, it is asked without', async () => {
  const pool = openPool();
  const query = createPreparedQuery(pool);
  await query(add(1, 1));
  await pool.query('DEALLOCATE ALL');
  for (const value of [1, 2]) expect(await query(add(value, 1))).toEqual([{ sum: value + 1 }]);
});

test('behind a pooler, where another has prepared it on this connection, too', async () => {
  const pool = openPool();
  const asked = vi.spyOn(pool, 'query');
  const query = createPreparedQuery(pool);
  await query(add(1, 1));
  const [{ name }] = asked.mock.calls[0] as unknown as [{ name: string }];
  const other = openPool();
  await other.query(`PREPARE "${name}" AS SELECT 1`);
  const again = createPreparedQuery(other);
  for (const value of [1, 2]) expect(await again(add(value, 1))).toEqual([{ sum: value + 1 }]);
});

test('what is wrong with the query itself is told', async () => {
  const query = createPreparedQuery(openPool());
  await expect(query(Prisma.sql`SELECT 1 / ${0}::int AS x`)).rejects.toMatchObject({ code: '22012' });
});
