/** Retention: what is too old goes, and nothing else, while everybody goes on. */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { newEmail, send, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { Viewer } from '../operations.ts';
import { createDatabase, DAY, HOUR, MINUTE, startTestServer, type TestServer } from '../server.ts';

const RETENTION = { CURFEW_AUDIT_RETENTION: '30d' };
/** On either side of the cut-off. */
const OLD = 30 * DAY + MINUTE;
const YOUNG = 30 * DAY - MINUTE;

/** A server, and a connection of an operator's own to its database. */
async function start() {
  const DATABASE_URL = await createDatabase();
  const server = await startTestServer({ ...RETENTION, DATABASE_URL });
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  onCleanup(() => client.end());
  return { server, client, DATABASE_URL };
}

function ago(server: TestServer, ms: number): Date {
  return new Date(server.clock.now().getTime() - ms);
}

/** Events that happened so long ago. @returns what finds them. */
async function addEvents(server: TestServer, client: pg.Client, count: number, ageMs: number) {
  const userId = randomUUID();
  await client.query(
    `INSERT INTO audit_events (id, type, user_id, occurred_at)
     SELECT gen_random_uuid(), 'SIGN_IN_FAILED', $1, $2 FROM generate_series(1, $3)`,
    [userId, ago(server, ageMs), count],
  );
  return { count: () => server.core.db.auditEvent.count({ where: { userId } }) };
}

/** Writes down how many rows each statement deletes. */
async function watchDeletes(client: pg.Client, table: string): Promise<() => Promise<number[]>> {
  await client.query(`
    CREATE TABLE deletes (at serial, rows int);
    CREATE FUNCTION note_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO deletes (rows) SELECT count(*) FROM gone; RETURN NULL; END $$;
    CREATE TRIGGER note AFTER DELETE ON ${table} REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION note_delete()`);
  return async () => {
    const { rows } = await client.query<{ rows: number }>(
      'SELECT rows FROM deletes WHERE rows > 0 ORDER BY at',
    );
    return rows.map((row) => row.rows);
  };
}

describe('what goes, and what stays:', async () => {
  const { server, client } = await start();
  const { core } = server;
  const { db } = core;
  const past = (ms: number) => ago(server, ms);

  test('events, by when they happened', async () => {
    const old = await addEvents(server, client, 3, OLD);
    const young = await addEvents(server, client, 3, YOUNG);
    await server.retention.round();
    expect([await old.count(), await young.count()]).toEqual([0, 3]);
  });

  test('sessions, by when they ended; a live one of any age stays', async () => {
    const make = (params: object) =>
      sessionFactory.api().create({ createdAt: past(100 * DAY), ...params }, { transient: { core } });
    const old = await make({ endedAt: past(OLD), endReason: 'REVOKED' });
    const young = await make({ endedAt: past(YOUNG), endReason: 'REVOKED' });
    const live = await make({});
    await server.retention.round();
    const ids = [old, young, live].map(({ session }) => session.id);
    const left = await db.session.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
    expect(left.map(({ id }) => id)).toEqual([young.session.id, live.session.id]);
    // Its token is no more than unknown, and the account is as it was.
    expect((await send(server, Viewer, {}, old.headers)).data).toEqual({
      viewer: null,
      currentSession: null,
    });
    expect(await db.user.count({ where: { id: old.session.userId } })).toBe(1);
    expect((await send(server, Viewer, {}, live.headers)).data?.viewer).not.toBeNull();
  });

  test('a session that time has ended, once that is written down, and with the event of it kept', async () => {
    const long = past(100 * DAY);
    const lapsed = { createdAt: long, lastActiveAt: long, confirmedAt: long, expiresAt: past(OLD) };
    const { session } = await sessionFactory.create(lapsed, { transient: { core } });
    const count = () => db.session.count({ where: { id: session.id } });
    await server.retention.round();
    expect(await count()).toBe(1);
    await server.watch.round();
    await server.retention.round();
    expect(await count()).toBe(0);
    const events = await db.auditEvent.findMany({ where: { sessionId: session.id } });
    expect(events.map(({ type }) => type)).toEqual(['SESSION_ENDED']);
  });

  test('mails, by when they were sent or given up; one that is still to be sent stays', async () => {
    const { id: userId } = await userFactory.create({}, { transient: { db } });
    const add = (recipient: string, ends: { sentAt?: Date; failedAt?: Date }) =>
      db.mail.create({
        data: {
          ...{ kind: 'NEW_SIGN_IN', userId, recipient, details: {} },
          // Not to be sent in the course of this test.
          ...{ createdAt: past(2 * OLD), nextTryAt: past(-DAY), ...ends },
        },
      });
    await add('old-sent', { sentAt: past(OLD) });
    await add('old-failed', { failedAt: past(OLD) });
    await add('young-sent', { sentAt: past(YOUNG) });
    await add('young-failed', { failedAt: past(YOUNG) });
    await add('due', {});
    await server.retention.round();
    const left = await db.mail.findMany({ where: { userId } });
    expect(left.map(({ recipient }) => recipient).toSorted()).toEqual(['due', 'young-failed', 'young-sent']);
  });

  test('mass endings, by when they were done; one that is under way stays', async () => {
    const requestedById = randomUUID();
    const add = (exceptId: string, finishedAt: Date | null) =>
      db.massEnding.create({
        data: { requestedById, exceptId, requestedAt: past(2 * OLD), finishedAt },
      });
    const [young, underWay] = [randomUUID(), randomUUID()];
    await add(randomUUID(), past(OLD));
    await add(young, past(YOUNG));
    // Whether or not it is finished meanwhile.
    await add(underWay, null);
    await server.retention.round();
    const left = await db.massEnding.findMany({ where: { requestedById } });
    expect(left.map(({ exceptId }) => exceptId).toSorted()).toEqual([young, underWay].toSorted());
  });

  test('counts of tries, an hour after their window, so that a slow clock forgets none', async () => {
    const add = (key: string, ageMs: number) =>
      db.rateLimit.create({ data: { key, points: 1, expire: BigInt(past(ageMs).getTime()) } });
    await add('old', HOUR + MINUTE);
    await add('young', HOUR - MINUTE);
    await add('running', -HOUR);
    await server.retention.round();
    const left = await db.rateLimit.findMany({ orderBy: { key: 'asc' } });
    expect(left.map(({ key }) => key)).toEqual(['running', 'young']);
  });
});

test('20,000 events are purged in small batches, while people sign in', async () => {
  const { server, client } = await start();
  const old = await addEvents(server, client, 20_000, OLD);
  const young = await addEvents(server, client, 100, YOUNG);
  const deletes = await watchDeletes(client, 'audit_events');
  const email = newEmail();
  await signUp(server, email);
  let isOver = false;
  const purging = server.retention.round().finally(() => {
    isOver = true;
  });
  let signIns = 0;
  for (; !isOver; signIns++) await signIn(server, email);
  await purging;
  expect(signIns).toBeGreaterThan(10);
  expect([await old.count(), await young.count()]).toEqual([0, 100]);
  expect(await deletes()).toEqual(Array(40).fill(500));
}, 120_000);

test('two processes at once purge everything once, and one of them at a time', async () => {
  const { server, client, DATABASE_URL } = await start();
  const other = await startTestServer({ ...RETENTION, DATABASE_URL });
  const old = await addEvents(server, client, 3000, OLD);
  const young = await addEvents(server, client, 100, YOUNG);
  const deletes = await watchDeletes(client, 'audit_events');
  await Promise.all([server.retention.round(), other.retention.round()]);
  await server.retention.round();
  expect([await old.count(), await young.count()]).toEqual([0, 100]);
  expect((await deletes()).reduce((sum, rows) => sum + rows)).toBe(3000);

  // While somebody is at it, nobody else is.
  const due = await addEvents(server, client, 10, OLD);
  await client.query("BEGIN; SELECT pg_advisory_xact_lock(hashtext('curfew retention'))");
  await Promise.all([server.retention.round(), other.retention.round()]);
  expect(await due.count()).toBe(10);
  await client.query('COMMIT');
  await other.retention.round();
  expect(await due.count()).toBe(0);
});

test('a row that somebody holds is waited for by nobody, and goes the next time', async () => {
  const { server, client } = await start();
  const { core } = server;
  const ended = { endedAt: ago(server, OLD), endReason: 'REVOKED' as const };
  const held = await sessionFactory.create(ended, { transient: { core } });
  await sessionFactory.create(ended, { transient: { core } });
  await client.query('BEGIN');
  await client.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [held.session.id]);
  await server.retention.round();
  expect(await core.db.session.findMany({ select: { id: true } })).toEqual([{ id: held.session.id }]);
  await client.query('COMMIT');
  await server.retention.round();
  expect(await core.db.session.count()).toBe(0);
});

test('a server that is closed stops in the middle, and what is left goes another time', async () => {
  const { server, client, DATABASE_URL } = await start();
  await addEvents(server, client, 5000, OLD);
  const countLeft = async () => {
    const { rows } = await client.query<{ left: number }>('SELECT count(*)::int AS left FROM audit_events');
    return rows[0]?.left ?? Number.NaN;
  };
  const purging = server.retention.round();
  await vi.waitFor(async () => expect(await countLeft()).toBeLessThan(5000));
  await server.close();
  await purging;
  const left = await countLeft();
  expect(left).toBeGreaterThan(0);
  // Whole batches went, and nothing goes on behind its back.
  expect(left % 500).toBe(0);
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  expect(await countLeft()).toBe(left);
  const next = await startTestServer({ ...RETENTION, DATABASE_URL });
  await next.retention.round();
  expect(await countLeft()).toBe(0);
});

test('a database that refuses is no reason to stop, and is asked again', async () => {
  const { server, client } = await start();
  const old = await addEvents(server, client, 3, OLD);
  await client.query('ALTER TABLE sessions RENAME TO away');
  await server.retention.round();
  expect(await old.count()).toBe(3);
  await client.query('ALTER TABLE away RENAME TO sessions');
  await server.retention.round();
  expect(await old.count()).toBe(0);
});
