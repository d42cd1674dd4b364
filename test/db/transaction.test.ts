/** Transactions over connections of our own: all of it, or nothing, in few round trips. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { connectDatabase } from '../../src/db/client.ts';
import { Prisma } from '../../src/db/generated/prisma/client.ts';
import { Preparation } from '../../src/db/prepared.ts';
import { createTransactions, type Transaction } from '../../src/db/transaction.ts';
import { onCleanup } from '../cleanup.ts';
import { openPool } from '../pool.ts';
import { failBegins } from '../queries.ts';
import { createDatabase } from '../server.ts';

const connectionString = await createDatabase();
const { db, query, inTransaction } = connectDatabase({ connectionString }, () => {});
onCleanup(() => db.$disconnect());
await query(Prisma.sql`CREATE TABLE numbers (n int PRIMARY KEY)`);

const insert = (n: number) => Prisma.sql`INSERT INTO numbers VALUES (${n}::int) RETURNING n`;
const readAll = async () => {
  const rows = await query<{ n: number }>(Prisma.sql`SELECT n FROM numbers ORDER BY n`);
  return rows.map(({ n }) => n);
};

/** Numbers that no other test uses. */
let used = 0;
const next = () => ++used;

test('what is done in it, and along with its commit, is done', async () => {
  const [first, second] = [next(), next()];
  const answer = await inTransaction(async (tx) => {
    expect(await tx.query(insert(first))).toEqual([{ n: first }]);
    expect(await tx.commit([insert(second), Prisma.sql`SELECT 1 AS one`])).toEqual([
      [{ n: second }],
      [{ one: 1 }],
    ]);
    return 'done';
  });
  expect(answer).toBe('done');
  expect(await readAll()).toEqual(expect.arrayContaining([first, second]));
});

test('it is committed at its end by itself', async () => {
  const n = next();
  await inTransaction((tx) => tx.query(insert(n)));
  expect(await readAll()).toContain(n);
});

test('those that are asked for at once are sent at once, and run in their order', async () => {
  const n = next();
  await inTransaction(async (tx) => {
    const sent = vi.spyOn(pg.Client.prototype, 'query');
    onCleanup(() => sent.mockRestore());
    const answers = [
      tx.query(insert(n)),
      tx.query(Prisma.sql`SELECT count(*)::int AS count FROM numbers WHERE n = ${n}::int`),
    ];
    expect(await Promise.all(answers)).toEqual([[{ n }], [{ count: 1 }]]);
    expect(sent).toHaveBeenCalledTimes(1);
  });
});

test('what throws in it undoes all of it', async () => {
  const n = next();
  const failing = inTransaction(async (tx) => {
    await tx.query(insert(n));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readAll()).not.toContain(n);
});

test('a statement that fails undoes all of it, and is what is told', async () => {
  const n = next();
  const failing = inTransaction((tx) => Promise.all([tx.query(insert(n)), tx.query(insert(n))]));
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await readAll()).not.toContain(n);
});

test('so does one that goes along with the commit', async () => {
  const [n, after] = [next(), next()];
  const failing = inTransaction(async (tx) => {
    await tx.query(insert(n));
    return tx.commit([insert(n), insert(after)]);
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  const all = await readAll();
  expect(all).not.toContain(n);
  expect(all).not.toContain(after);
});

test('what failed first is told, also to who hears first of what failed by that', async () => {
  const n = next();
  await query(insert(n));
  const failing = inTransaction(async (tx) => {
    const far = async () => (await (async () => await tx.query(insert(n)))())[0];
    return Promise.all([far(), tx.query(Prisma.sql`SELECT 1`)]);
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
});

test('a failure that nobody looked at is none the less one: nothing is said to be committed that is not', async () => {
  const n = next();
  const failing = inTransaction(async (tx) => {
    await tx.query(insert(n)).catch(() => {});
    await tx.query(insert(n)).catch(() => {});
  });
  await expect(failing).rejects.toThrow('The transaction was rolled back');
  expect(await readAll()).not.toContain(n);
});

test('nothing is sent after its commit', async () => {
  const n = next();
  let late: Promise<unknown> = Promise.resolve();
  await inTransaction(async (tx) => {
    await tx.commit([]);
    late = tx.query(insert(n));
  });
  await expect(late).rejects.toThrow('committed already');
  expect(await readAll()).not.toContain(n);
});

test('nothing is sent after it was rolled back, by whatever part of it goes on', async () => {
  const n = next();
  let part: Promise<unknown> = Promise.resolve();
  let goOn = () => {};
  const failing = inTransaction(async (tx) => {
    await tx.query(Prisma.sql`SELECT 1`);
    const told = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    part = told.then(() => tx.query(insert(n)));
    part.catch(() => {});
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  goOn();
  await expect(part).rejects.toThrow('The transaction was rolled back');
  expect(await readAll()).not.toContain(n);
});

test('what is asked for and not awaited is undone as well, and leaves its connection as it was', async () => {
  const pool = openPool({ connectionString, pipeline: true, max: 1 });
  const alone = createTransactions({ pool, preparation: new Preparation(), timeoutMs: 5000 });
  const n = next();
  const failing = alone((tx) => {
    void tx.query(insert(n));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readAll()).not.toContain(n);
  expect((await pool.query('SELECT pg_current_xact_id_if_assigned() AS id')).rows).toEqual([{ id: null }]);
});

test('a statement that PostgreSQL never saw, behind one that failed, is prepared when it is asked for again', async () => {
  const pool = openPool({ connectionString, pipeline: true, max: 1 });
  const alone = createTransactions({ pool, preparation: new Preparation(), timeoutMs: 5000 });
  const work = vi.fn((tx: Transaction) => tx.query(Prisma.sql`SELECT 'seen' AS it`));
  const failing = alone((tx) => Promise.all([tx.query(Prisma.sql`SELECT 1 / 0`), work(tx)]));
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await alone(work)).toEqual([{ it: 'seen' }]);
  expect(work).toHaveBeenCalledTimes(2);
});

const unwritable = {
  toJSON() {
    throw new Error('It can’t be written');
  },
} as never;

test('one with a value that can’t be written is not committed, nor is what goes along', async () => {
  const n = next();
  const failing = inTransaction((tx) => tx.commit([insert(n), Prisma.sql`SELECT ${unwritable}::text`]));
  await expect(failing).rejects.toThrow('It can’t be written');
  expect(await readAll()).not.toContain(n);
});

test('whoever asks for something along with it hears of it', async () => {
  const failing = inTransaction((tx) =>
    Promise.allSettled([tx.query(Prisma.sql`SELECT ${unwritable}::text`), tx.query(Prisma.sql`SELECT 1`)]),
  );
  await expect(failing).rejects.toThrow();
  expect(await inTransaction((tx) => tx.query(Prisma.sql`SELECT 1 AS one`))).toEqual([{ one: 1 }]);
});

test('a statement without text has no rows', async () => {
  const answers = await inTransaction((tx) =>
    Promise.all([tx.query(Prisma.sql`-- nothing`), tx.query(Prisma.sql`SELECT 1 AS one`)]),
  );
  expect(answers).toEqual([[], [{ one: 1 }]]);
});

test.each<{ name: string; work(tx: Transaction, n: number): Promise<unknown> }>([
  {
    name: 'after an answer',
    async work(tx, n) {
      await tx.query(Prisma.sql`SELECT 1`);
      await tx.query(insert(n));
    },
  },
  {
    name: 'once it has begun',
    async work(tx, n) {
      await tx.begun;
      await tx.query(insert(n));
    },
  },
  { name: 'along with its commit', work: (tx, n) => tx.commit([insert(n)]) },
])('where it could not begin, nothing is written by itself, $name', async ({ work }) => {
  const n = next();
  const letBegin = failBegins();
  const failing = inTransaction((tx) => work(tx, n));
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  letBegin();
  expect(await readAll()).not.toContain(n);
});

test('one in which all is slow is not committed, however late', async () => {
  const pool = openPool({ connectionString, pipeline: true, max: 1 });
  const hurried = createTransactions({ pool, preparation: new Preparation(), timeoutMs: 50 });
  const [first, second, third] = [next(), next(), next()];
  const wait = Prisma.sql`SELECT pg_sleep(0.06)`;
  const writing = hurried(async (tx) => {
    await tx.query(insert(first));
    await tx.query(wait);
    await tx.query(insert(second));
  });
  await expect(writing).rejects.toThrow('takes too long');
  const committing = hurried(async (tx) => {
    await tx.query(wait);
    await tx.commit([insert(third)]);
  });
  await expect(committing).rejects.toThrow('takes too long');
  const all = await readAll();
  for (const n of [first, second, third]) expect(all).not.toContain(n);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('behind a pooler that lost what was prepared, it is done once, without', async () => {
  const other = connectDatabase({ connectionString }, () => {});
  onCleanup(() => other.db.$disconnect());
  const [first, second] = [next(), next()];
  await other.inTransaction((tx) => tx.query(insert(first)));
  // Its one connection is used for all of it.
  await other.db.$executeRaw`DEALLOCATE ALL`;
  const work = vi.fn((tx: { query: typeof query }) => tx.query(insert(second)));
  expect(await other.inTransaction(work)).toEqual([{ n: second }]);
  expect(work).toHaveBeenCalledTimes(2);
  expect(await other.inTransaction((tx) => tx.query(Prisma.sql`SELECT 1 AS one`))).toEqual([{ one: 1 }]);
});

test('so it is where the statement that was lost is not the one that is heard of first', async () => {
  const other = connectDatabase({ connectionString }, () => {});
  onCleanup(() => other.db.$disconnect());
  const n = next();
  await other.inTransaction((tx) => tx.query(insert(n)));
  await other.db.$executeRaw`DEALLOCATE ALL`;
  const after = next();
  await other.inTransaction(async (tx) => {
    const far = async () => (await (async () => await tx.query(insert(after)))())[0];
    await Promise.all([far(), tx.query(Prisma.sql`SELECT 1`)]);
  });
  expect(await readAll()).toContain(after);
});

test('its connection is free again, however it ended', async () => {
  const ends = Array.from({ length: 30 }, (_, index) =>
    inTransaction(async (tx) => {
      await tx.query(Prisma.sql`SELECT 1 / ${index % 2}::int`);
    }).catch(() => {}),
  );
  await Promise.all(ends);
  expect(await inTransaction((tx) => tx.query(Prisma.sql`SELECT 1 AS one`))).toEqual([{ one: 1 }]);
});

test('it finds what was committed since it began, whatever its connection is set to', async () => {
  const other = connectDatabase({ connectionString }, () => {});
  onCleanup(() => other.db.$disconnect());
  // Its one connection is used for all of it. A pooler would give it others, which took no settings of ours.
  await other.query(Prisma.sql`SET default_transaction_isolation = 'repeatable read'`);
  const n = next();
  await other.inTransaction(async (tx) => {
    await tx.query(Prisma.sql`SELECT 1`);
    await query(insert(n));
    const found = await tx.query(Prisma.sql`SELECT n FROM numbers WHERE n = ${n}::int`);
    expect(found).toEqual([{ n }]);
  });
});
