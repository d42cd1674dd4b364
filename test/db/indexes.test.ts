/** The queries that the server really makes are served by the indexes made for them. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { listUsers } from '../../src/accounts/find.ts';
import { signIn } from '../../src/accounts/sign-in.ts';
import type { Core } from '../../src/core.ts';
import { Preparation } from '../../src/db/prepared.ts';
import { createTransactions } from '../../src/db/transaction.ts';
import { InvalidCredentialsError } from '../../src/errors.ts';
import { Languages } from '../../src/i18n/languages.ts';
import { Outbox } from '../../src/mail/outbox.ts';
import { endLapsed } from '../../src/sessions/end.ts';
import { finishMassEndings } from '../../src/sessions/end-all.ts';
import { countSessions, createListFirst, listSessions } from '../../src/sessions/list.ts';
import { createLookUp } from '../../src/sessions/look-up.ts';
import { recognize } from '../../src/sessions/recognition.ts';
import { readKnown } from '../../src/sessions/start.ts';
import { transact } from '../../src/sessions/transact.ts';
import { connectExplainer } from '../explain.ts';
import { userFactory } from '../factories/user.ts';
import { openPool } from '../pool.ts';
import { createDatabase, startTestServer } from '../server.ts';

const DATABASE_URL = await createDatabase();
const server = await startTestServer({ DATABASE_URL });
const { client, explain, ...connected } = await connectExplainer(DATABASE_URL);
const { db, query } = connected;
const core: Core = {
  ...server.core,
  ...connected,
  lookUp: createLookUp(query),
  listFirst: createListFirst({ ...server.core, query }),
};
const user = await userFactory.create({}, { transient: { db } });

beforeAll(async () => {
  // Many users with a few live sessions, and a user with hundreds of ended ones.
  await client.query(
    `INSERT INTO users (id, email, password_hash, created_at)
     SELECT gen_random_uuid(), n || '@example.com', '', now() FROM generate_series(1, 500) n`,
  );
  await client.query(
    `INSERT INTO sessions (id, user_id, kind, secret_hash, created_at, last_active_at, confirmed_at, expires_at, ended_at, end_reason)
     SELECT gen_random_uuid(), u.id, 'API', decode(repeat('00', 32), 'hex'), now(), at, now(), at + interval '30 days',
       CASE WHEN n > 2 THEN now() END, CASE WHEN n > 2 THEN 'REVOKED'::session_end_reason END
     FROM users u, generate_series(1, CASE WHEN u.id = $1 THEN 500 ELSE 10 END) n,
       LATERAL (SELECT now() - n * interval '1 minute' AS at) _`,
    [user.id],
  );
  // Mails that were sent, and a few that were not.
  await client.query(
    `INSERT INTO mails (id, kind, user_id, recipient, details, created_at, next_try_at, sent_at)
     SELECT gen_random_uuid(), 'NEW_SIGN_IN', id, 'ada@example.com', '{}', at, at, CASE WHEN n > 1 THEN at END
     FROM users, generate_series(1, 20) n, LATERAL (SELECT now() - n * interval '1 day' AS at) _`,
  );
  await client.query('ANALYZE');
});

const list = { userId: user.id, currentId: randomUUID() };
const page = { limit: 21, after: null, before: null, fromEnd: false };

test('a user’s live sessions are found without going through the ended ones', async () => {
  for (const after of [null, { rank: 0, at: new Date(), id: randomUUID() } as const]) {
    const find = () => listSessions(core, { ...list, status: 'ACTIVE' }, { ...page, after });
    const { indexes } = await explain(find, (query) => query.includes('ORDER BY'));
    expect(indexes).toEqual(['sessions_not_ended_by_user_idx']);
  }
});

test('sessions are looked up with their users by the keys of both, however many at once', async () => {
  const find = () => core.lookUp(randomUUID());
  const { indexes, nodes } = await explain(find, (query) => query.includes('JOIN users'));
  expect(indexes).toEqual(['sessions_pkey', 'users_pkey']);
  expect(nodes).toContain('Nested Loop');
});

test('a user’s live sessions are counted by the same index', async () => {
  const count = () => countSessions(core, { ...list, status: 'ACTIVE' });
  const { indexes } = await explain(count, (query) => query.includes('count('));
  expect(indexes).toEqual(['sessions_not_ended_by_user_idx']);
});

test('a page of ended sessions is read in its order, without sorting them all', async () => {
  const find = () => listSessions(core, { ...list, status: 'ENDED' }, page);
  const { indexes, nodes } = await explain(find, (query) => query.includes('ORDER BY'));
  expect(indexes).toEqual(['sessions_user_id_last_active_at_id_idx']);
  expect(nodes).not.toContain('Sort');
});

test('a sign-in finds the sessions that count for the limit without going through the ended ones', async () => {
  const place = {
    client: { ipAddress: null, userAgent: null },
    deviceId: null,
    presented: null,
    replaceId: null,
  };
  const read = () => readKnown(core, query, user.id, { kind: 'API', ...place });
  const { indexes } = await explain(read, (text) => text.includes('kind = '));
  expect(indexes).toEqual(['sessions_not_ended_by_user_idx']);
});

test('a device is known by its cookie without going through the user’s sessions', async () => {
  const newcomer = { client: { ipAddress: null, userAgent: null }, deviceId: randomUUID() };
  const find = () => recognize(query, user.id, newcomer, new Date());
  const { indexes } = await explain(find, (query) => query.includes('knowsDevice'));
  expect(indexes.sort()).toEqual([
    'sessions_user_id_device_id_idx',
    'sessions_user_id_last_active_at_id_idx',
  ]);
});

test('a sign-in finds its account, and whether its device is known, without going through other rows', async () => {
  const place = {
    client: { ipAddress: '203.0.113.7', userAgent: null },
    deviceId: randomUUID(),
    hasDeviceCookie: true,
    presented: null,
    replaceId: null,
  };
  const credentials = { email: user.email ?? '', password: 'not the password' };
  const attempt = () =>
    expect(signIn(core, credentials, { kind: 'API', ...place })).rejects.toThrow(InvalidCredentialsError);
  const { indexes } = await explain(attempt, (text) => text.includes('found'));
  expect(indexes).toEqual([
    'sessions_user_id_device_id_idx',
    'sessions_user_id_last_active_at_id_idx',
    'users_email_key',
  ]);
});

test('the sweep looks only at sessions not ended, by either lifetime', async () => {
  const sweep = () => endLapsed(core, { limit: 500 });
  const { indexes } = await explain(sweep, (query) => query.includes('SKIP LOCKED'));
  expect(indexes).toEqual(
    expect.arrayContaining(['sessions_not_ended_by_activity_idx', 'sessions_not_ended_by_expiry_idx']),
  );
});

const mailer = { concurrency: 5, send: async () => {}, close() {} };
const languages = new Languages([]);

test('mails that are due are found, in their order, without going through those that were sent', async () => {
  const outbox = new Outbox({ ...core, languages, mailer });
  const claim = async () => {
    outbox.open('http://localhost');
    await outbox.close();
  };
  const { indexes, nodes } = await explain(claim, (query) => query.includes('WITH due'));
  expect(indexes).toEqual(expect.arrayContaining(['mails_due_idx']));
  expect(nodes).not.toContain('Sort');
});

test('a user’s mails of the last hour are counted without going through those of before', async () => {
  const outbox = new Outbox({ ...core, languages, mailer });
  const details = {} as never;
  const mail = { kind: 'NEW_SIGN_IN', userId: user.id, recipient: 'ada@example.com', details } as const;
  const enqueue = () => Promise.all(outbox.enqueue(new Date(), [mail]).map(query));
  const { indexes } = await explain(enqueue, (query) => query.includes('INSERT INTO mails'));
  expect(indexes).toEqual(['mails_user_id_created_at_idx']);
});

test('a page of users is read in its order, without sorting them all', async () => {
  const find = () => listUsers(core, '', { ...page, after: { rank: 0, at: new Date(), id: randomUUID() } });
  const { indexes, nodes } = await explain(find, (query) => query.includes('ORDER BY'));
  expect(indexes).toEqual(['users_created_at_id_idx']);
  expect(nodes).not.toContain('Sort');
});

test('the next users whose sessions are all to be ended are found in the order of an index', async () => {
  // From before all sessions: there is no user to be found.
  const requestedAt = new Date(Date.now() - 60_000);
  await db.massEnding.create({ data: { requestedById: user.id, requestedAt } });
  const finish = () => finishMassEndings(core, new AbortController().signal);
  const { indexes, nodes } = await explain(finish, (query) => query.includes('DISTINCT user_id'));
  expect(indexes).toEqual(['sessions_not_ended_by_user_idx']);
  expect(nodes.some((node) => node.includes('Sort'))).toBe(false);
});

test('the lock on a user is planned once, and not with each transaction', async () => {
  const pool = openPool({ connectionString: DATABASE_URL, pipeline: true, max: 1 });
  const inTransaction = createTransactions({ pool, preparation: new Preparation(), timeoutMs: 5000 });
  for (let count = 0; count < 10; count++)
    await transact({ ...core, inTransaction }, [user.id], async () => {});
  // The first five are planned each for itself, whatever they are.
  const { rows } = await pool.query(
    "SELECT custom_plans::int FROM pg_prepared_statements WHERE statement LIKE '%FROM users%'",
  );
  expect(rows).toEqual([{ custom_plans: 5 }]);
});
