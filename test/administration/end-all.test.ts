/** The global switch: with thousands of users, with sockets, in a race with sign-ins, and when the process dies. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { finishMassEndings } from '../../src/sessions/end-all.ts';
import { NOTHING_KNOWN, startSession } from '../../src/sessions/start.ts';
import { transact } from '../../src/sessions/transact.ts';
import { onCleanup } from '../cleanup.ts';
import { signIn } from '../device.ts';
import { startProcess } from '../fleet.ts';
import { listen } from '../live/listen.ts';
import { AuditEvents, EndAllSessions, MyAuditTrail, SessionRevoked, SignOut, Viewer } from '../operations.ts';
import { createDatabase, SECOND, startTestServer, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';
import { makeAccount, makeAdministrator } from './askers.ts';

const USERS = 3000;

vi.setConfig({ testTimeout: 90_000 });

const PATIENT = { timeout: 20_000, interval: 20 };

/** So many users, each with two live sessions, one that ended and one past its lifetime. */
async function makeCrowd({ core }: TestServer, count: number): Promise<void> {
  await core.db.$executeRaw`
    INSERT INTO users (id, email, password_hash, created_at)
    SELECT gen_random_uuid(), 'crowd' || n || '@example.com', '', now() FROM generate_series(1, ${count}::int) n`;
  await core.db.$executeRaw`
    INSERT INTO sessions (id, user_id, kind, secret_hash, created_at, last_active_at, confirmed_at, expires_at, ended_at, end_reason)
    SELECT gen_random_uuid(), u.id, 'API', decode(repeat('00', 32), 'hex'), at, at, at,
      CASE n WHEN 4 THEN now() - interval '1 hour' ELSE now() + interval '30 days' END,
      CASE n WHEN 3 THEN now() END, CASE n WHEN 3 THEN 'REVOKED'::session_end_reason END
    FROM users u, generate_series(1, 4) n, LATERAL (SELECT now() - interval '1 day' AS at) _
    WHERE u.email LIKE 'crowd%'`;
}

const countLive = ({ core }: TestServer) =>
  core.db.session.count({ where: { endedAt: null, expiresAt: { gt: new Date() } } });

const countEnded = ({ core }: TestServer) =>
  core.db.session.count({ where: { endReason: 'REVOKED_BY_ADMIN' } });

const countEvents = ({ core }: TestServer) =>
  core.db.auditEvent.count({ where: { type: 'SESSION_ENDED', actorKind: 'ADMINISTRATOR' } });

test('everybody is signed out, on every process, but the one who asked; new sign-ins stay', async () => {
  const DATABASE_URL = await createDatabase();
  const server = await startTestServer({ DATABASE_URL });
  const other = await startTestServer({ DATABASE_URL });
  await makeCrowd(server, USERS);
  const admin = await makeAdministrator(server);
  const tablet = await signIn(server, admin.email);
  const here = await makeAccount(server);
  const there = await makeAccount(other);
  const onHere = await listen(server, here.device, SessionRevoked);
  const onThere = await listen(other, there.device, SessionRevoked);
  const silent = await connect(other, { headers: tablet.headers });

  const { endAllSessions } = await admin.device.ask(EndAllSessions, { keepCurrent: true });
  expect(endAllSessions).toEqual({
    __typename: 'EndAllSessionsSuccess',
    revokedCount: 2 * USERS + 3,
  });
  // With the answer, no token is accepted by the process that gave it.
  for (const device of [here.device, tablet]) expect((await device.ask(Viewer)).viewer).toBeNull();
  expect((await admin.device.ask(Viewer)).viewer).not.toBeNull();
  for (const { closed, events } of [onHere, onThere]) {
    expect(await closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
    expect(events).toMatchObject([{ sessionRevoked: { isCurrent: true, reason: 'REVOKED_BY_ADMIN' } }]);
  }
  expect(await silent.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
  expect((await there.device.ask(Viewer)).viewer).toBeNull();

  expect(await countLive(server)).toBe(1);
  expect(await countEnded(server)).toBe(2 * USERS + 3);
  expect(await countEvents(server)).toBe(2 * USERS + 3);
  expect(await server.core.db.massEnding.findMany()).toMatchObject([{ finishedAt: expect.any(Date) }]);
  const { auditEvents } = await admin.device.ask(AuditEvents, { filter: { types: ['ALL_SESSIONS_ENDED'] } });
  expect(auditEvents.nodes).toMatchObject([
    { actor: { kind: 'ADMINISTRATOR', id: admin.id }, ipAddress: '127.0.0.1', user: null, session: null },
  ]);

  const again = await signIn(server, here.email);
  await other.watch.round();
  expect((await again.ask(Viewer)).viewer).not.toBeNull();
  const { myAuditEvents } = await again.ask(MyAuditTrail);
  // Uses of ended tokens are written behind, and may come in between.
  expect(myAuditEvents.nodes.find(({ type }) => type === 'SESSION_ENDED')).toMatchObject({
    type: 'SESSION_ENDED',
    actor: { kind: 'ADMINISTRATOR', id: null },
    ipAddress: null,
  });
});

test('the administrator’s own sessions end too when they are not kept, over the socket that hears the answer', async () => {
  const server = await startTestServer();
  await makeCrowd(server, 250);
  const admin = await makeAdministrator(server);
  const socket = await connect(server, { headers: admin.device.headers });
  const { data } = await socket.run(
    'mutation { endAllSessions { ... on EndAllSessionsSuccess { revokedCount } } }',
  );
  expect(data).toEqual({ endAllSessions: { revokedCount: 501 } });
  expect(await socket.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
  expect((await admin.device.ask(Viewer)).viewer).toBeNull();
  expect(await countLive(server)).toBe(0);
});

test('it takes the cookie of the administrator who asked', async () => {
  const server = await startTestServer();
  const { email } = await makeAdministrator(server);
  const browser = await signIn(server, email, { delivery: 'COOKIE' });
  const kept = await browser.send(EndAllSessions, { keepCurrent: true });
  expect(kept.headers.getSetCookie()).toEqual([]);
  const { headers } = await browser.send(EndAllSessions, { keepCurrent: false });
  expect(headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')]);
});

test('a sign-in that began before and is not committed yet is ended with the rest', async () => {
  const server = await startTestServer();
  const { core } = server;
  const admin = await makeAdministrator(server);
  const ada = await makeAccount(server);
  // So that nothing else of hers is to be ended.
  await ada.device.ask(SignOut);
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const place = {
    kind: 'API' as const,
    client: { ipAddress: null, userAgent: null },
    deviceId: null,
    presented: null,
    replaceId: null,
  };
  // The transaction of a sign-in that takes its time.
  const slow = transact(core, [ada.userId], async (change) => {
    const started = await startSession(core, change, { userId: ada.userId, ...place }, NOTHING_KNOWN);
    begun();
    await finished;
    return started;
  });
  await hasBegun;
  const answer = admin.device.ask(EndAllSessions, { keepCurrent: true });
  // It looks for such transactions, and finds this one.
  await vi.waitFor(async () => {
    const [row] = await core.db.$queryRaw<{ looking: number }[]>`
      SELECT count(*)::int AS looking FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%FROM pg_locks%'`;
    expect(row?.looking).toBeGreaterThan(0);
  }, PATIENT);
  finish();
  const { session } = await slow;
  expect((await answer).endAllSessions).toMatchObject({ revokedCount: 1 });
  const row = await core.db.session.findUniqueOrThrow({ where: { id: session.id } });
  expect(row.endReason).toBe('REVOKED_BY_ADMIN');
});

test('what a process that was killed left undone another one finishes, and ends nothing newer', async () => {
  const DATABASE_URL = await createDatabase();
  const server = await startTestServer({ DATABASE_URL });
  const victim = await startProcess({ DATABASE_URL });
  await makeCrowd(server, 500);
  const admin = await makeAdministrator(server);
  const ada = await makeAccount(server);
  const socket = await connect(server, { headers: ada.device.headers });
  // Somewhere in the middle the victim has to wait, and is killed.
  const [middle] = await server.core.db.$queryRaw<{ id: string }[]>`
    SELECT user_id AS id FROM sessions WHERE ended_at IS NULL ORDER BY user_id OFFSET 750 LIMIT 1`;
  const blocker = new pg.Client({ connectionString: DATABASE_URL });
  await blocker.connect();
  onCleanup(() => blocker.end());
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM sessions WHERE user_id = $1 FOR UPDATE', [middle?.id]);
  const asking = fetch(victim.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...admin.device.headers },
    body: JSON.stringify({ query: 'mutation { endAllSessions(keepCurrent: true) { __typename } }' }),
  }).catch(() => null);
  await vi.waitFor(async () => {
    expect(await countEnded(server)).toBeGreaterThan(0);
    const { rows } = await blocker.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rows).toHaveLength(1);
  }, PATIENT);
  victim.kill('SIGKILL');
  await victim.running.exited;
  expect(await asking).toBeNull();
  await blocker.query('ROLLBACK');

  expect(await countEnded(server)).toBeLessThan(1000);
  // It may be at work still: nobody joins in yet.
  await server.watch.round();
  expect(await server.core.db.massEnding.findMany()).toMatchObject([{ finishedAt: null }]);
  const late = await makeAccount(server);
  server.clock.advance(11 * SECOND);
  await server.watch.round();
  expect(await socket.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
  expect(await countEnded(server)).toBe(1001);
  expect(await countEvents(server)).toBe(1001);
  expect(await server.core.db.massEnding.findMany()).toMatchObject([{ finishedAt: expect.any(Date) }]);
  for (const { device } of [admin, late]) expect((await device.ask(Viewer)).viewer).not.toBeNull();
  const [first] = await server.core.db.auditEvent.findMany({
    where: { type: 'SESSION_ENDED', userId: ada.userId },
  });
  expect(first).toMatchObject({ actorKind: 'ADMINISTRATOR', actorId: admin.userId });
  const { auditEvents } = await admin.device.ask(AuditEvents, {
    filter: { userId: encodeGlobalId('User', ada.userId) },
    first: 1,
  });
  expect(auditEvents.nodes).toMatchObject([{ endReason: 'REVOKED_BY_ADMIN', actor: { id: admin.id } }]);
});

test('a server that stops leaves the rest to others', async () => {
  const server = await startTestServer();
  const { core } = server;
  await makeCrowd(server, 300);
  const admin = await makeAdministrator(server);
  await core.db.massEnding.create({
    data: { requestedById: admin.userId, requestedAt: new Date(Date.now() - 60 * SECOND) },
  });
  const stopping = new AbortController();
  // It stops in the middle, with the first that are ended.
  onCleanup(core.bus.listen(() => stopping.abort()));
  await finishMassEndings(core, stopping.signal);
  const ended = await countEnded(server);
  expect(ended).toBeGreaterThan(0);
  expect(ended).toBeLessThan(600);
  expect(await core.db.massEnding.findMany()).toMatchObject([{ finishedAt: null }]);
  server.clock.advance(11 * SECOND);
  await server.watch.round();
  expect(await countEnded(server)).toBe(600);
  expect(await core.db.massEnding.findMany()).toMatchObject([{ finishedAt: expect.any(Date) }]);
  // The session that began after the order was given.
  expect((await admin.device.ask(Viewer)).viewer).not.toBeNull();
});
