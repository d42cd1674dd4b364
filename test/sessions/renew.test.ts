/** Giving the password again gives the session a new token, and the one before is worth nothing from then on. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import type { Session } from '../../src/db/generated/prisma/client.ts';
import { decodeGlobalId } from '../../src/schema/global-id.ts';
import { hashSecret, makeSecret } from '../../src/sessions/token.ts';
import { onCleanup } from '../cleanup.ts';
import { Device, newEmail, PASSWORD, send, sessionCookieOf, signIn, signUp } from '../device.ts';
import { listen } from '../live/listen.ts';
import {
  ChangePassword,
  ConfirmPassword,
  MySessions,
  SessionRevokedBriefly,
  SessionStarted,
  Viewer,
} from '../operations.ts';
import { createDatabase, startTestServer, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';

const DATABASE_URL = await createDatabase();
const server = await startTestServer({ DATABASE_URL });
const other = await startTestServer({ DATABASE_URL });
const HEARD = { timeout: 5000, interval: 5 };
for (const { core } of [server, other]) await vi.waitFor(() => expect(core.bus.isHeard()).toBe(true), HEARD);

const NEW_PASSWORD = 'an altogether different password';
const RENEWED = { code: 4205, reason: 'The session has a new token' };

/** Somebody who copied all that a device sends. */
function steal(from: Device): Device {
  const thief = new Device(from.server);
  Object.assign(thief.headers, from.headers);
  return thief;
}

const isSignedIn = async (device: Device, on: Pick<TestServer, 'endpoint'> = server) =>
  (await send(on, Viewer, {}, device.headers)).data?.viewer !== null;

const ways = [
  ['confirmPassword', (device: Device) => device.ask(ConfirmPassword, { password: PASSWORD })],
  [
    'changePassword',
    (device: Device) =>
      device.ask(ChangePassword, { input: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } }),
  ],
] as const;

describe.each(ways)('%s', (_name, giveAgain) => {
  test.each(['BEARER', 'COOKIE'] as const)('renews a token that is delivered as %s', async (delivery) => {
    const device = await signUp(server, newEmail(), { delivery });
    const thief = steal(device);
    expect(await isSignedIn(thief)).toBe(true);
    await giveAgain(device);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await isSignedIn(device)).toBe(true);
    const { mySessions } = await device.ask(MySessions, {});
    expect(mySessions.nodes).toMatchObject([{ id: device.sessionId, isCurrent: true }]);
  });

  test('closes the sockets of the token before, so that their clients come again with the new one', async () => {
    const device = await signUp(server);
    const thief = steal(device);
    const listening = await listen(server, thief, SessionRevokedBriefly);
    const silent = await connect(server, { params: thief.headers });
    const stream = await listen(server, thief, SessionRevokedBriefly, 'SSE');
    await giveAgain(device);
    expect(await listening.closed).toEqual(RENEWED);
    expect(await silent.closed).toEqual(RENEWED);
    expect(await stream.over).not.toBeNull();
    expect(listening.events).toEqual([]);
    await vi.waitFor(() => expect(server.hub.find(device.sessionId)).toBeUndefined(), HEARD);
    const again = await connect(server, { params: device.headers });
    expect((await again.run('{ viewer { id } }')).data?.['viewer']).not.toBeNull();
  });

  test('is heard by other processes, which know the new token at once', async () => {
    const device = await signUp(server);
    const thief = steal(device);
    expect(await isSignedIn(thief, other)).toBe(true);
    const listening = await listen(other, thief, SessionRevokedBriefly);
    await giveAgain(device);
    expect(await isSignedIn(device, other)).toBe(true);
    expect(await listening.closed).toEqual(RENEWED);
    await vi.waitFor(async () => expect(await isSignedIn(thief, other)).toBe(false), HEARD);
  });
});

/** The row behind what a device holds. */
const rowOf = ({ sessionId }: Device) =>
  server.core.db.session.findUniqueOrThrow({ where: { id: decodeGlobalId(sessionId).id } });

/** News that the user of a session signed in elsewhere. */
function tellStart(session: Session): void {
  const started = { ...session, id: randomUUID(), createdAt: new Date() };
  const { userId, id: sessionId, createdAt: startedAt } = started;
  server.hub.act({ type: 'started', userId, sessionId, startedAt }, [started]);
}

test('a subscription of the token before hears nothing more, while the socket waits for an answer', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const socket = await connect(server, { params: laptop.headers });
  const messages: { type: string; id?: string }[] = [];
  socket.ws.on('message', (data) => void messages.push(JSON.parse(String(data))));
  socket.subscribe('heard', 'subscription { sessionStarted { session { id } } }');
  await vi.waitFor(() => expect(server.hub.countSubscribers('sessionStarted')).toBe(1), HEARD);
  const onPhone = await listen(server, phone, SessionStarted);
  const session = await rowOf(laptop);
  tellStart(session);
  await vi.waitFor(() => expect(messages).toMatchObject([{ id: 'heard', type: 'next' }]), HEARD);

  const holder = new pg.Client({ connectionString: DATABASE_URL });
  await holder.connect();
  onCleanup(() => holder.end());
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE audit_events');
  socket.subscribe('asked', '{ myAuditEvents { nodes { id } } }');
  await vi.waitFor(async () => {
    const { rows } = await holder.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
    expect(rows).not.toEqual([]);
  }, HEARD);
  const { id: sessionId, userId } = session;
  server.hub.act({ type: 'renewed', userId, sessionId, renewedAt: new Date() });
  tellStart(session);
  await vi.waitFor(() => expect(onPhone.events).toHaveLength(2), HEARD);
  await holder.query('ROLLBACK');
  expect(await socket.closed).toEqual(RENEWED);
  expect(messages.slice(1)).toMatchObject([
    { id: 'asked', type: 'next', payload: { data: { myAuditEvents: { nodes: expect.any(Array) } } } },
    { id: 'asked', type: 'complete' },
  ]);
});

test('who subscribes with a token that was replaced meanwhile hears nothing of what comes just then', async () => {
  const device = await signUp(server);
  expect(await isSignedIn(device)).toBe(true);
  const { id } = await rowOf(device);
  // As by a process of which nothing was heard yet.
  await server.core.db.session.update({ where: { id }, data: { secretHash: hashSecret(makeSecret()) } });
  const subscribe = server.hub.subscribe.bind(server.hub);
  vi.spyOn(server.hub, 'subscribe').mockImplementationOnce((...args) => {
    const queue = subscribe(...args);
    tellStart(args[1]);
    return queue;
  });
  const stream = await fetch(server.endpoint, {
    method: 'POST',
    headers: { ...device.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { sessionStarted { session { id } } }' }),
  });
  const text = await stream.text();
  expect(text).toContain('UNAUTHENTICATED');
  expect(text).not.toContain('sessionStarted":{');
});

test('over a socket, a Bearer session is answered with its new token before the socket is closed', async () => {
  const device = await signUp(server);
  const socket = await connect(server, { params: device.headers });
  const { data } = await socket.run(
    'mutation ($password: String!) { confirmPassword(password: $password) { ... on ConfirmPasswordSuccess { token } } }',
    { password: PASSWORD },
  );
  expect(await socket.closed).toEqual(RENEWED);
  const renewed = data?.['confirmPassword'] as { token: string } | undefined;
  device.keep(renewed?.token ?? null, new Headers());
  expect(await isSignedIn(device)).toBe(true);
});

test('over a socket, a browser’s session is not renewed: its cookie could not be set', async () => {
  const device = await signUp(server, newEmail(), { delivery: 'COOKIE' });
  const socket = await connect(server, { headers: device.headers });
  const { errors } = await socket.run(`mutation { confirmPassword(password: "${PASSWORD}") { __typename } }`);
  expect(errors).toMatchObject([
    { message: expect.stringContaining('over HTTP'), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
  expect(await isSignedIn(device)).toBe(true);
});

test('a wrong password renews nothing', async () => {
  const device = await signUp(server, newEmail(), { delivery: 'COOKIE' });
  const before = { ...device.headers };
  const answer = await device.send(ConfirmPassword, { password: 'wrong' });
  expect(sessionCookieOf(answer)).toBeUndefined();
  expect(device.headers).toEqual(before);
  expect(await isSignedIn(device)).toBe(true);
});

test('a request with the token before, that waits for the renewal, does nothing', async () => {
  for (let round = 0; round < 5; round++) {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    const thief = steal(laptop);
    const revoke = `mutation { revokeSession(id: "${phone.sessionId}") { __typename } }`;
    const [, { data }] = await Promise.all([
      laptop.ask(ConfirmPassword, { password: PASSWORD }),
      thief.send<{ revokeSession?: unknown }, never>(revoke),
    ]);
    // Before the renewal or not at all.
    expect(await isSignedIn(phone)).toBe(!data?.revokeSession);
    expect(await isSignedIn(thief)).toBe(false);
  }
});

test('of two at once with the same token one wins, and the other is signed out', async () => {
  const laptop = await signUp(server);
  const answers = await Promise.all([1, 2].map(() => laptop.send(ConfirmPassword, { password: PASSWORD })));
  const errors = answers.flatMap((answer) => answer.errors ?? []);
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(await isSignedIn(laptop)).toBe(true);
});

test('a token is never accepted once its renewal is answered, while many requests use it', async () => {
  for (let round = 0; round < 4; round++) {
    const device = await signUp(server);
    const thief = steal(device);
    let isAnswered = false;
    let acceptedAfter = 0;
    const hammer = Array.from({ length: 8 }, async () => {
      for (let request = 0; request < 100; request++) {
        const startedAfter = isAnswered;
        if (request % 3 === 0) server.core.memory.doubt(server.core.memory.sessions().map(({ id }) => id));
        if ((await isSignedIn(thief)) && startedAfter) acceptedAfter++;
        if (startedAfter) return;
      }
    });
    await device.ask(ConfirmPassword, { password: PASSWORD });
    isAnswered = true;
    await Promise.all(hammer);
    expect(acceptedAfter).toBe(0);
    expect(await isSignedIn(device)).toBe(true);
  }
});

test('a secret that was changed without a word is found by comparing', async () => {
  const device = await signUp(server);
  const socket = await connect(server, { params: device.headers });
  await server.core.db.$executeRaw`UPDATE sessions SET secret_hash = sha256('another') WHERE id = (
    SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1)`;
  expect(await isSignedIn(device)).toBe(true);
  await server.watch.round();
  expect(await socket.closed).toEqual(RENEWED);
  expect(await isSignedIn(device)).toBe(false);
});
