/** Prepared statements, which not every pooler can carry. */
import { expect, test, vi } from 'vitest';
import { Prisma } from '../../src/db/generated/prisma/client.ts';
import { createPreparedQuery, Preparation } from '../../src/db/prepared.ts';
import { openPool } from '../pool.ts';
import { createDatabase } from '../server.ts';

const connectionString = await createDatabase();
const add = (a: number, b: number) => Prisma.sql`SELECT ${a}::int + ${b}::int AS sum`;

test('what is asked again with other values is prepared once', async () => {
  const pool = openPool({ connectionString, max: 1 });
  const query = createPreparedQuery(pool, new Preparation());
  for (const value of [1, 2, 3]) expect(await query(add(value, 1))).toEqual([{ sum: value + 1 }]);
  const { rows } = await pool.query('SELECT statement FROM pg_prepared_statements');
  expect(rows).toEqual([{ statement: add(1, 1).text }]);
});

test('behind a pooler, where it was lost in between, it is asked without', async () => {
  const pool = openPool({ connectionString, max: 1 });
  const query = createPreparedQuery(pool, new Preparation());
  await query(add(1, 1));
  await pool.query('DEALLOCATE ALL');
  for (const value of [1, 2]) expect(await query(add(value, 1))).toEqual([{ sum: value + 1 }]);
});

test('behind a pooler, where another has prepared it on this connection, too', async () => {
  const pool = openPool({ connectionString, max: 1 });
  const asked = vi.spyOn(pool, 'query');
  const query = createPreparedQuery(pool, new Preparation());
  await query(add(1, 1));
  const [{ name }] = asked.mock.calls[0] as unknown as [{ name: string }];
  const other = openPool({ connectionString, max: 1 });
  await other.query(`PREPARE "${name}" AS SELECT 1`);
  const again = createPreparedQuery(other, new Preparation());
  for (const value of [1, 2]) expect(await again(add(value, 1))).toEqual([{ sum: value + 1 }]);
});

test('where several find at once that nothing stays prepared, each is answered', async () => {
  const first = openPool({ connectionString, max: 1 });
  await createPreparedQuery(first, new Preparation())(add(1, 1));
  const { rows } = await first.query('SELECT name FROM pg_prepared_statements');
  const pool = openPool({ connectionString, max: 3 });
  const query = createPreparedQuery(pool, new Preparation());
  const connections = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
  for (const connection of connections) await connection.query(`PREPARE "${rows[0].name}" AS SELECT 1`);
  for (const connection of connections) connection.release();
  const sums = await Promise.all(connections.map(() => query(add(1, 1))));
  expect(sums).toEqual(connections.map(() => [{ sum: 2 }]));
});

test('a migration that gives a column another type ends no query', async () => {
  const pool = openPool({ connectionString, max: 1 });
  const query = createPreparedQuery(pool, new Preparation());
  const all = Prisma.sql`SELECT * FROM colours`;
  await pool.query('CREATE TABLE colours (name varchar(10))');
  await query(all);
  await pool.query('ALTER TABLE colours ALTER COLUMN name TYPE text');
  expect(await query(all)).toEqual([]);
});

test('what is wrong with the query itself is told', async () => {
  const query = createPreparedQuery(openPool({ connectionString, max: 1 }), new Preparation());
  await expect(query(Prisma.sql`SELECT 1 / ${0}::int AS x`)).rejects.toMatchObject({ code: '22012' });
});
