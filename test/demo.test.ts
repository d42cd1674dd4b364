/** The account of the demo: it fits together, can be made again and again, and is nobody else's business. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { makeDemoAccount } from '../scripts/demo/account.ts';
import { AuditEventType, SessionEndReason } from '../src/db/generated/prisma/client.ts';
import { newEmail, PASSWORD, send, signIn, signUp } from './device.ts';
import { MySessions, SignIn, Viewer } from './operations.ts';
import { createDatabase, DAY, MINUTE, startTestServer } from './server.ts';
import { connect } from './socket.ts';

// The command starts a process, and hashes some thirty passwords.
vi.setConfig({ testTimeout: 120_000 });

const DATABASE_URL = await createDatabase();
const server = await startTestServer({ DATABASE_URL });
const { db } = server.core;
const make = async (email: string) => {
  await makeDemoAccount(server.core, { email, password: PASSWORD });
  return db.user.findUniqueOrThrow({ where: { email }, include: { sessions: true, mails: true } });
};

test('it has sessions that ended for every reason, and every event that a user’s own can have', async () => {
  const { id, sessions, mails } = await make(newEmail());
  const reasons = new Set(sessions.map(({ endReason }) => endReason).filter((reason) => reason !== null));
  expect([...reasons].sort()).toEqual(Object.values(SessionEndReason).sort());
  const events = await db.auditEvent.findMany({ where: { userId: id } });
  const elsewhere = new Set<string>([
    'LIMIT_EXCEEDED',
    'SESSION_CONFIRMED',
    'ROLE_CHANGED',
    'USER_DISABLED',
    'USER_ENABLED',
    'ALL_SESSIONS_ENDED',
  ]);
  expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(
    Object.values(AuditEventType)
      .filter((type) => !elsewhere.has(type))
      .sort(),
  );
  expect(mails).toEqual([]);
});

test('its audit trail and its sessions tell the same', async () => {
  const { id, sessions } = await make(newEmail());
  const events = await db.auditEvent.findMany({
    where: { userId: id },
    orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
  });
  expect(events[0]).toMatchObject({ type: 'SIGNED_UP' });
  for (const session of sessions) {
    const own = events.filter(({ sessionId }) => sessionId === session.id);
    expect(own[0]).toMatchObject({ type: 'SESSION_STARTED', occurredAt: session.createdAt });
    const ends = own.filter(({ type }) => type === 'SESSION_ENDED').map(({ details }) => details);
    expect(ends).toMatchObject(session.endReason ? [{ reason: session.endReason }] : []);
    // The server that runs beside it, whose time is now, has had no part in it.
    const ended = own.find(({ type }) => type === 'SESSION_ENDED');
    if (!ended || !session.endedAt) continue;
    expect(ended.occurredAt.getTime() - session.endedAt.getTime()).toBeLessThanOrEqual(MINUTE);
    expect(session.endedAt.getTime() - session.lastActiveAt.getTime()).toBeLessThanOrEqual(14 * DAY);
  }
  for (const { occurredAt } of events) expect(occurredAt.getTime()).toBeLessThanOrEqual(Date.now());
});

test('somebody who signs in to it sees devices of every kind, one of them marked', async () => {
  const email = newEmail();
  await make(email);
  const device = await signIn(server, email);
  const { mySessions } = await device.ask(MySessions, { status: 'ACTIVE' });
  const types = new Set(mySessions.nodes.map((session) => session.device.type));
  expect(types).toEqual(new Set(['OTHER', 'DESKTOP', 'MOBILE', 'TABLET']));
  expect(mySessions.nodes.filter((session) => session.isNewDevice && session.isSuspicious)).toHaveLength(1);
  expect(mySessions.nodes.filter(({ kind, isCurrent }) => kind === 'API' && !isCurrent)).toHaveLength(1);
});

test('made again, what it had is ended and told at once, and other accounts have what they had', async () => {
  const email = newEmail();
  const bystander = await signUp(server);
  const before = await make(email);
  const device = await signIn(server, email);
  const socket = await connect(server, { headers: device.headers });
  const after = await make(email);
  expect(await socket.closed).toMatchObject({ code: 4403 });
  expect(after.id).not.toBe(before.id);
  expect(after.sessions).toHaveLength(before.sessions.length);
  expect(await send(server, Viewer, {}, device.headers)).toMatchObject({ data: { viewer: null } });
  expect(await bystander.ask(Viewer)).toMatchObject({ viewer: { id: expect.any(String) } });
  expect(await db.user.count({ where: { role: 'ADMIN' } })).toBe(0);
});

const seed = (settings: Record<string, string>, args: string[] = []) =>
  promisify(execFile)('tsx', ['scripts/seed.ts', ...args], {
    env: { ...process.env, DATABASE_URL, ...settings },
  }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );

/** What it says of how to sign in. */
const readAccount = (stdout: string) => {
  const [, email = '', password = ''] = /Email +(\S+)\n +Password +(.+)\n/.exec(stdout) ?? [];
  return { email, password };
};

test('the command makes it, and says how to sign in, again and again', async () => {
  const settings = { DATABASE_URL: await createDatabase() };
  const own = await startTestServer(settings);
  for (let count = 0; count < 2; count++) {
    const { code, stdout } = await seed(settings);
    expect(code).toBe(0);
    const { data } = await send(own, SignIn, { input: { ...readAccount(stdout), delivery: 'BEARER' } });
    expect(data).toMatchObject({ signIn: { __typename: 'SignInSuccess' } });
  }
});

test('the command does nothing beside accounts of others unless told to, and then makes up a password', async () => {
  const settings = { DATABASE_URL: await createDatabase() };
  const own = await startTestServer(settings);
  // Nobody who signs in here.
  await own.core.db.user.create({ data: { externalId: 'user-1815', createdAt: new Date() } });
  expect(await seed(settings)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^This database has an account that is not the demo’s\..* npm run seed -- --beside-others\n$/,
    ),
  });
  await signUp(own);
  expect((await seed(settings)).stderr).toMatch(/^This database has 2 accounts that are not the demo’s\./);
  expect(await own.core.db.user.count()).toBe(2);
  const { code, stdout } = await seed(settings, ['--beside-others']);
  expect(code).toBe(0);
  expect(readAccount(stdout).password).toMatch(/^[\w-]{24}$/);
});

test('the command does nothing in production unless told to, and then makes up a password', async () => {
  const production = {
    NODE_ENV: 'production',
    CURFEW_SECRETS: 'a secret that only this test signs with',
    CURFEW_URL: 'https://curfew.example',
  };
  expect(await seed(production)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^NODE_ENV is production: .*npm run seed -- --in-production\n$/),
  });
  expect(await seed({}, ['--in-prodution'])).toMatchObject({ code: 2, stdout: '' });
  const { code, stdout } = await seed(production, ['--in-production']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Password +[\w-]{24}\n/);
});
