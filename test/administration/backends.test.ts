/** Users who sign in at the backend of an app, which has a service key. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { makeServiceKey } from '../../src/service-keys.ts';
import { Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { listen } from '../live/listen.ts';
import {
  ConfirmSession,
  DisableUser,
  EndSession,
  EndUserSessions,
  MyAuditTrail,
  RevokeSession,
  SessionRevoked,
  SessionStarted,
  SignIn,
  SignUp,
  StartSession,
  UserBy,
  UserSessions,
  Viewer,
} from '../operations.ts';
import { HOUR, startTestServer, type TestServer } from '../server.ts';
import { makeAccount, makeAdministrator, openShop, rowId, SHOP_KEY, SHOP_SETTINGS } from './askers.ts';

const server = await startTestServer(SHOP_SETTINGS);
const { core } = server;
const shop = openShop(server);

interface StartInput {
  userExternalId: string;
  contactEmail?: string;
  delivery?: 'COOKIE' | 'BEARER';
  userAgent?: string;
  ipAddress?: string;
}

let users = 0;
const newExternalId = () => `user ${process.pid}-${++users}`;

/** Signs a user of the shop in. */
async function start(input: StartInput, backend = shop) {
  const { startSession } = await backend.ask(StartSession, { input });
  if (startSession.__typename !== 'StartSessionSuccess') throw new Error(JSON.stringify(startSession));
  const device = new Device(backend.server);
  if (startSession.token) device.headers['authorization'] = `Bearer ${startSession.token}`;
  if (startSession.setCookie) device.headers['cookie'] = startSession.setCookie.split(';')[0] ?? '';
  device.sessionId = startSession.session.id;
  return { ...startSession, device };
}

test('a user of the shop is made at the first sign-in, and is the same at the next', async () => {
  const userExternalId = newExternalId();
  const contactEmail = newEmail();
  const first = await start({
    userExternalId,
    contactEmail: contactEmail.toUpperCase(),
    userAgent: 'okhttp/4.12.0',
    ipAddress: '::ffff:203.0.113.50',
  });
  expect(first.token).toMatch(/^cfw_[\w-]{86}$/);
  expect(first.setCookie).toBeNull();
  expect(first.user).toMatchObject({ externalId: userExternalId, email: contactEmail, role: 'USER' });
  expect(first.session).toMatchObject({
    kind: 'API',
    status: 'ACTIVE',
    ipAddress: '203.0.113.50',
    device: { name: 'okhttp' },
  });
  expect((await first.device.ask(Viewer)).viewer).toMatchObject({ id: first.user.id, email: contactEmail });
  // What is not told stays.
  const second = await start({ userExternalId });
  expect(second.user).toEqual(first.user);
  expect(second.session).toMatchObject({ ipAddress: null, userAgent: null });
  const { userSessions } = await shop.ask(UserSessions, { userId: first.user.id });
  expect(userSessions.totalCount).toBe(2);
  expect((await shop.ask(UserBy, { externalId: userExternalId })).user).toMatchObject({ id: first.user.id });

  const { myAuditEvents } = await first.device.ask(MyAuditTrail);
  const actor = { kind: 'SERVICE', id: null, name: 'shop' };
  expect(myAuditEvents.nodes).toMatchObject([
    { type: 'SESSION_STARTED', actor, ipAddress: null, device: null, session: { id: second.session.id } },
    // The device is the user's own.
    { type: 'SESSION_STARTED', actor, ipAddress: '203.0.113.50', device: { name: 'okhttp' } },
    { type: 'SIGNED_UP', actor, ipAddress: '203.0.113.50' },
  ]);
});

test('with delivery COOKIE the backend passes on a cookie that signs the browser in', async () => {
  const { device, setCookie, token, session } = await start({
    userExternalId: newExternalId(),
    delivery: 'COOKIE',
  });
  expect(token).toBeNull();
  expect(session.kind).toBe('BROWSER');
  expect(setCookie).toMatch(/^session=[\w-]{86}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);
  expect((await device.ask(Viewer)).currentSession).toMatchObject({ id: session.id });
  // The backend's own answer sets none.
  const { headers } = await shop.send(StartSession, {
    input: { userExternalId: newExternalId(), delivery: 'COOKIE' },
  });
  expect(headers.getSetCookie()).toEqual([]);

  const production = await startTestServer({ ...SHOP_SETTINGS, NODE_ENV: 'production' });
  const inProduction = await start(
    { userExternalId: newExternalId(), delivery: 'COOKIE' },
    openShop(production),
  );
  expect(inProduction.setCookie).toMatch(
    /^__Host-session=[\w-]{86}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test('first sign-ins at once make one user', async () => {
  const userExternalId = newExternalId();
  const started = await Promise.all(Array.from({ length: 8 }, () => start({ userExternalId })));
  expect(new Set(started.map(({ user }) => user.id)).size).toBe(1);
  const { userSessions } = await shop.ask(UserSessions, { userId: started[0]?.user.id ?? '' });
  expect(userSessions.totalCount).toBe(8);
  const { id } = await core.db.user.findUniqueOrThrow({ where: { externalId: userExternalId } });
  expect(await core.db.auditEvent.count({ where: { userId: id, type: 'SIGNED_UP' } })).toBe(1);
});

test('the other devices of the user hear of the sign-in', async () => {
  const userExternalId = newExternalId();
  const { device } = await start({ userExternalId });
  const listening = await listen(server, device, SessionStarted);
  const { session } = await start({ userExternalId });
  await expect
    .poll(() => listening.events, { timeout: 10_000 })
    .toMatchObject([{ sessionStarted: { session: { id: session.id } } }]);
});

describe('an email that a backend tells', () => {
  test('leads to no account of that email here, nor gets its sessions', async () => {
    const ada = await makeAccount(server);
    const { user, device } = await start({ userExternalId: ada.email, contactEmail: ada.email });
    expect(user.id).not.toBe(ada.id);
    expect((await device.ask(Viewer)).viewer).toMatchObject({ id: user.id });
    const { userSessions } = await shop.ask(UserSessions, { userId: ada.id });
    expect(userSessions.nodes.map(({ id }) => id)).toEqual([ada.device.sessionId]);
  });

  test('takes it from nobody who signs up here later, and is taken over by nobody', async () => {
    const email = newEmail();
    const { user, device } = await start({ userExternalId: newExternalId(), contactEmail: email });
    const input = { email, password: PASSWORD, delivery: 'BEARER' as const };
    expect((await new Device(server).ask(SignIn, { input })).signIn.__typename).toBe(
      'InvalidCredentialsError',
    );
    const { signUp: signedUp } = await new Device(server).ask(SignUp, { input });
    if (signedUp.__typename !== 'SignUpSuccess') throw new Error(signedUp.__typename);
    expect(signedUp.user.id).not.toBe(user.id);
    expect((await shop.ask(UserBy, { email })).user).toMatchObject({
      id: signedUp.user.id,
      externalId: null,
    });
    expect((await device.ask(Viewer)).viewer).toMatchObject({ id: user.id });
  });
});

describe('what can’t be is refused, and says what would be right', () => {
  const externalIds: Record<string, string> = {
    nothing: '',
    'too much': 'x'.repeat(256),
    'a space before it': ' x',
    'a line break after it': 'x\n',
    'a NUL': 'a\0b',
    'a control character': 'a\u0007b',
    'a character that nobody sees': 'a\u200bb',
    'a line separator': 'a\u2028b',
    'half of a pair': 'a\ud800',
  };
  test.each(Object.entries(externalIds))('an external id of %s', async (_what, userExternalId) => {
    const { startSession } = await shop.ask(StartSession, { input: { userExternalId } });
    expect(startSession).toEqual({
      __typename: 'InvalidInputError',
      path: ['userExternalId'],
      message:
        'An external id has from 1 to 255 printable characters, without spaces around it, such as user-1815.',
    });
  });

  test.each(['', 'localhost', '203.0.113.0/24', '203.0.113.7:80', 'fe80::1%eth0', '0x7f.1', '\0'])(
    'the address %j',
    async (ipAddress) => {
      const input = { userExternalId: newExternalId(), ipAddress };
      expect((await shop.ask(StartSession, { input })).startSession).toEqual({
        __typename: 'InvalidInputError',
        path: ['ipAddress'],
        message: 'This is not an IP address, such as 203.0.113.7 or 2001:db8::7.',
      });
    },
  );

  test.each(['', 'ada', 'ada@example.com\r\nBcc: eve@example.com', `${'x'.repeat(250)}@example.com`])(
    'the email %j',
    async (contactEmail) => {
      const input = { userExternalId: newExternalId(), contactEmail };
      expect((await shop.ask(StartSession, { input })).startSession).toMatchObject({
        __typename: 'InvalidInputError',
        path: ['contactEmail'],
      });
    },
  );

  test('but for a User-Agent, of which what can be is kept', async () => {
    const odd = `okhttp/4.12.0\0\r\n\ud800${'x'.repeat(600)}`;
    const { session } = await start({ userExternalId: newExternalId(), userAgent: odd });
    expect(session.device.name).toBe('okhttp');
    expect(session.userAgent).toBe(`okhttp/4.12.0   \ufffd${'x'.repeat(512 - 17)}`);
    const blank = await start({ userExternalId: newExternalId(), userAgent: ' ' });
    expect(blank.session.userAgent).toBeNull();
  });

  test('external ids of any script, as long as may be', async () => {
    const userExternalId = `${'𝄞'.repeat(200)}${process.pid} Ünïcødé`;
    const { user } = await start({ userExternalId });
    expect(user.externalId).toBe(userExternalId);
    expect((await start({ userExternalId: userExternalId.toUpperCase() })).user.id).not.toBe(user.id);
  });
});

test('a disabled user of a backend gets no session', async () => {
  const admin = await makeAdministrator(server);
  const userExternalId = newExternalId();
  const { user, device } = await start({ userExternalId });
  await admin.device.ask(DisableUser, { userId: user.id });
  expect((await device.ask(Viewer)).viewer).toBeNull();
  const { startSession } = await shop.ask(StartSession, { input: { userExternalId } });
  expect(startSession.__typename).toBe('AccountDisabledError');
});

test('the least recently active session makes room at the limit', async () => {
  const own = await startTestServer({ ...SHOP_SETTINGS, CURFEW_SESSION_LIMIT: '1' });
  const backend = openShop(own);
  const first = await start({ userExternalId: 'ada' }, backend);
  const second = await start({ userExternalId: 'ada' }, backend);
  expect((await first.device.ask(Viewer)).viewer).toBeNull();
  expect((await second.device.ask(Viewer)).viewer).not.toBeNull();
});

test('a backend ends sessions of anybody at once, without a password; their user sees which backend', async () => {
  const userExternalId = newExternalId();
  const phone = await start({ userExternalId });
  const laptop = await start({ userExternalId });
  const onPhone = await listen(server, phone.device, SessionRevoked);
  const { endSession } = await shop.ask(EndSession, { id: phone.session.id });
  expect(endSession).toMatchObject({ session: { endReason: 'REVOKED_BY_SERVICE', status: 'ENDED' } });
  expect(await onPhone.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_SERVICE' });
  expect((await phone.device.ask(Viewer)).viewer).toBeNull();
  const row = await core.db.session.findUniqueOrThrow({ where: { id: rowId(phone.session.id) } });
  expect(row.endedById).toBeNull();
  const { myAuditEvents } = await laptop.device.ask(MyAuditTrail);
  // Uses of ended tokens are written behind, and may come in between.
  expect(myAuditEvents.nodes.find(({ type }) => type === 'SESSION_ENDED')).toMatchObject({
    type: 'SESSION_ENDED',
    endReason: 'REVOKED_BY_SERVICE',
    actor: { kind: 'SERVICE', id: null, name: 'shop' },
    ipAddress: null,
    device: null,
  });

  const ada = await makeAccount(server);
  const { endUserSessions } = await shop.ask(EndUserSessions, { userId: ada.id });
  expect(endUserSessions).toMatchObject({ revokedCount: 1 });
  expect((await ada.device.ask(Viewer)).viewer).toBeNull();
});

describe('confirming', () => {
  let own: TestServer;
  test('a session is confirmed by the backend that vouches for its user', async () => {
    own = await startTestServer(SHOP_SETTINGS);
    const backend = openShop(own);
    const laptop = await start({ userExternalId: 'ada' }, backend);
    own.clock.advance(2 * HOUR);
    const phone = await start({ userExternalId: 'ada' }, backend);
    const revoke = async () =>
      (await laptop.device.ask(RevokeSession, { id: phone.session.id })).revokeSession.__typename;
    expect(await revoke()).toBe('ReauthenticationRequiredError');
    const { confirmSession } = await backend.ask(ConfirmSession, { id: laptop.session.id });
    if (confirmSession.__typename !== 'ConfirmSessionSuccess')
      throw new Error(JSON.stringify(confirmSession));
    expect(confirmSession).toMatchObject({ session: { id: laptop.session.id }, setCookie: null });
    // The token of before is good no more.
    expect((await laptop.device.ask(Viewer)).viewer).toBeNull();
    laptop.device.keep(confirmSession.token, new Headers());
    expect(await revoke()).toBe('RevokeSessionSuccess');
    const event = await own.core.db.auditEvent.findFirstOrThrow({ where: { type: 'SESSION_CONFIRMED' } });
    expect(event).toMatchObject({ actorKind: 'SERVICE', actorName: 'shop', actorId: null });
    expect(event.sessionId).toBe(rowId(laptop.session.id));

    const ended = await backend.ask(ConfirmSession, { id: phone.session.id });
    expect(ended.confirmSession.__typename).toBe('SessionNotFoundError');
  });

  test('no session of a user who has a password here', async () => {
    const admin = await makeAdministrator(server);
    const confirmedAt = new Date(Date.now() - 2 * HOUR);
    const id = rowId(admin.device.sessionId);
    await core.db.session.update({ where: { id }, data: { confirmedAt } });
    expect((await shop.ask(ConfirmSession, { id: admin.device.sessionId })).confirmSession).toEqual({
      __typename: 'InvalidInputError',
      path: ['id'],
      message: 'The user of this session has a password here: use confirmPassword.',
    });
    expect((await core.db.session.findUniqueOrThrow({ where: { id } })).confirmedAt).toEqual(confirmedAt);
    for (const other of ['', 'garbage', admin.id, encodeGlobalId('Session', admin.userId)]) {
      const { confirmSession } = await shop.ask(ConfirmSession, { id: other });
      expect(confirmSession.__typename).toBe('SessionNotFoundError');
    }
  });
});

test('two keys of one name are good while one takes the place of the other, and none that is left out', async () => {
  const [old, next, gone] = [makeServiceKey('shop'), makeServiceKey('shop'), makeServiceKey('shop')];
  const own = await startTestServer({ CURFEW_SERVICE_KEYS: `${old.setting}, ${next.setting}` });
  for (const { key } of [old, next]) {
    const { user } = await start({ userExternalId: 'ada' }, openShop(own, key));
    expect(user.externalId).toBe('ada');
  }
  const input = { userExternalId: 'ada' };
  for (const other of [openShop(own, gone.key), openShop(await startTestServer(), old.key)]) {
    const { errors } = await other.send(StartSession, { input });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});

test('no key, and no token that was handed to a backend, is in the log or the database', async () => {
  const logged: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const own = await startTestServer(SHOP_SETTINGS, { log: pino({ level: 'trace' }, stream) });
  const backend = openShop(own);
  const { token } = await start({ userExternalId: 'ada' }, backend);
  await backend.send(StartSession, { input: { userExternalId: '\0' } });
  await backend.send('{');
  await openShop(own, `${SHOP_KEY}x`).send(StartSession, { input: { userExternalId: 'ada' } });
  const rows = await own.core.db.$queryRaw<{ row: string }[]>`
    SELECT t::text AS row FROM users t UNION ALL SELECT t::text FROM sessions t
    UNION ALL SELECT t::text FROM audit_events t`;
  const text = [...logged, ...rows.map(({ row }) => row)].join('\n');
  expect(text).toContain('"SERVICE"');
  const hash = SHOP_SETTINGS.CURFEW_SERVICE_KEYS.slice('shop:'.length);
  for (const secret of [SHOP_KEY, SHOP_KEY.slice(4), token?.slice(4), hash]) {
    expect(text).not.toContain(secret);
  }
});

test('a cookie beside a key changes nothing, and stays', async () => {
  const ada = await signIn(server, (await makeAccount(server)).email, { delivery: 'COOKIE' });
  const { data, headers } = await send(
    server,
    StartSession,
    { input: { userExternalId: newExternalId() } },
    { ...ada.headers, ...shop.headers },
  );
  expect(data?.startSession.__typename).toBe('StartSessionSuccess');
  expect(headers.getSetCookie()).toEqual([]);
  expect((await ada.ask(Viewer)).viewer).not.toBeNull();
});

test('an account that signs up here has no external id', async () => {
  const device = await signUp(server);
  const { data } = await device.send<{ viewer: unknown }, object>(
    '{ viewer { externalId role disabledAt } }',
  );
  expect(data?.viewer).toEqual({ externalId: null, role: 'USER', disabledAt: null });
});
