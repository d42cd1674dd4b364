/** Sessions that are looked up at about the same time are read as one, and each is as fresh as if it were alone. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import {
  createPreparedQuery,
  Preparation,
  type QueryPrepared,
  type Statement,
} from '../../src/db/prepared.ts';
import { createListFirst } from '../../src/sessions/list.ts';
import { createLookUp } from '../../src/sessions/look-up.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { openPool } from '../pool.ts';
import { createDatabase, MINUTE, startTestServer } from '../server.ts';

const connectionString = await createDatabase();
const { core } = await startTestServer({ DATABASE_URL: connectionString });
const transient = { core };

afterEach(() => {
  vi.useRealTimers();
});

/** Queries of which the first has its rows, and does not hand them over until `release` is called. */
function holdFirst() {
  // A statement that takes long holds up nobody: here, none takes long.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked: Statement[] = [];
  let release = () => {};
  let reach = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const read = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const query: QueryPrepared = async <Row extends object>(statement: Statement) => {
    asked.push(statement);
    const isFirst = asked.length === 1;
    const rows = await core.query<Row>(statement);
    if (isFirst) {
      reach();
      await released;
    }
    return rows;
  };
  return { query, asked, read, release };
}

test('many are read by one statement, and each gets its own, whether or not there is one', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => sessionFactory.create({}, { transient })));
  const ids = made.map(({ session }) => session.id);
  const { query, asked, read, release } = holdFirst();
  const lookUp = createLookUp(query);
  const first = lookUp(ids[0] ?? '');
  const wanted = [...ids, randomUUID(), ids[3] ?? ''];
  const others = wanted.map(lookUp);
  await read;
  release();
  const found = await Promise.all([first, ...others]);
  expect(found.map((each) => each?.session.id)).toEqual([ids[0], ...ids, undefined, ids[3]]);
  for (const each of found) expect(each?.user.id).toBe(each?.session.userId);
  expect(asked).toHaveLength(2);
});

test('what was committed before a session is asked for is seen, while an older read is under way', async () => {
  const { session } = await sessionFactory.create({}, { transient });
  const { query, read, release } = holdFirst();
  const lookUp = createLookUp(query);
  const before = lookUp(session.id);
  await read;
  await core.db.session.update({
    where: { id: session.id },
    data: { endedAt: new Date(), endReason: 'REVOKED' },
  });
  const after = lookUp(session.id);
  release();
  expect((await before)?.session.endedAt).toBeNull();
  expect((await after)?.session.endReason).toBe('REVOKED');
});

test('a statement that the database refuses fails those alone that were in it', async () => {
  const { session } = await sessionFactory.create({}, { transient });
  const { query, asked, read, release } = holdFirst();
  const lookUp = createLookUp(query);
  const first = lookUp(session.id);
  await read;
  const together = [lookUp('no id'), lookUp(session.id)];
  release();
  expect((await first)?.session.id).toBe(session.id);
  for (const outcome of await Promise.allSettled(together))
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '22P02' } });
  expect((await lookUp(session.id))?.session.id).toBe(session.id);
  expect(asked).toHaveLength(3);
});

test('what is read for one or two at a time is planned once, as what is read for many', async () => {
  const pool = openPool({ connectionString, max: 1 });
  const query = createPreparedQuery(pool, new Preparation());
  const lookUp = createLookUp(query);
  const listFirst = createListFirst({ ...core, query });
  for (let count = 0; count < 10; count++) {
    const ids = Array.from({ length: 1 + (count % 3) }, () => randomUUID());
    await Promise.all(ids.map(lookUp));
    await Promise.all(ids.map((id) => listFirst({ userId: id, currentId: id, limit: 21 })));
  }
  // The first five are planned each for itself, whatever they are.
  const { rows } = await pool.query('SELECT custom_plans::int FROM pg_prepared_statements');
  expect(rows).toEqual([{ custom_plans: 5 }, { custom_plans: 5 }]);
});

test('lists of several users are read as one, each in its order and of its size', async () => {
  const people = await Promise.all(
    [0, 1, 4].map(async (others) => {
      const user = await userFactory.create({}, { transient: { db: core.db } });
      const own = { core, userId: user.id };
      const longAgo = new Date(Date.now() - 60 * MINUTE);
      const current = await sessionFactory.create({ lastActiveAt: longAgo }, { transient: own });
      const ids = [current.session.id];
      for (let count = 1; count <= others; count++) {
        const lastActiveAt = new Date(Date.now() - count * MINUTE);
        ids.push((await sessionFactory.create({ lastActiveAt }, { transient: own })).session.id);
      }
      await sessionFactory.ended().create({}, { transient: own });
      await sessionFactory.idle().create({}, { transient: own });
      return { ask: { userId: user.id, currentId: current.session.id }, ids };
    }),
  );
  const { query, asked, read, release } = holdFirst();
  const listFirst = createListFirst({ ...core, query });
  const nobody = { userId: randomUUID(), currentId: randomUUID(), limit: 21 };
  const first = listFirst(nobody);
  const sizes = [21, 3, 0];
  const lists = sizes.flatMap((limit) => people.map(({ ask }) => listFirst({ ...ask, limit })));
  await read;
  release();
  expect(await first).toEqual([]);
  const found = await Promise.all(lists);
  expect(found.map((rows) => rows.map(({ id }) => id))).toEqual(
    sizes.flatMap((limit) => people.map(({ ids }) => ids.slice(0, limit))),
  );
  expect(asked).toHaveLength(2);
  for (const row of found.flat()) {
    const inTable = await core.db.session.findUnique({ where: { id: row.id } });
    expect({ ...row, secretHash: new Uint8Array(row.secretHash) }).toEqual(inTable);
  }
});
