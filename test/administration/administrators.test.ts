/** What administrators see, and what they do to others' sessions and accounts; what the others are told of it. */
import { expect, test } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { Device, newEmail, PASSWORD, signIn } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { listen } from '../live/listen.ts';
import {
  AuditEvents,
  ConfirmPassword,
  DisableUser,
  EnableUser,
  EndSession,
  EndUserSessions,
  MyAuditTrail,
  SessionRevoked,
  SignIn,
  SignOut,
  UserBy,
  UserSessions,
  Users,
  Viewer,
} from '../operations.ts';
import { countQueries } from '../queries.ts';
import { startTestServer } from '../server.ts';
import { makeAccount, makeAdministrator, makeStale, rowId } from './askers.ts';

const server = await startTestServer();
const { core } = server;
const admin = await makeAdministrator(server);

test('a user is found by any one of the keys, and what is wrong with others is told', async () => {
  const ada = await makeAccount(server);
  const external = await core.db.user.create({
    data: { externalId: `shop ${ada.userId}`, contactEmail: ada.email, createdAt: new Date() },
  });
  const found = { id: ada.id, email: ada.email, externalId: null, role: 'USER', disabledAt: null };
  expect((await admin.device.ask(UserBy, { id: ada.id })).user).toEqual(found);
  // By what somebody signs in with, not by what a backend says of its user.
  expect((await admin.device.ask(UserBy, { email: ` ${ada.email.toUpperCase()}` })).user).toEqual(found);
  expect((await admin.device.ask(UserBy, { externalId: external.externalId })).user).toMatchObject({
    id: encodeGlobalId('User', external.id),
    externalId: external.externalId,
  });
  expect((await admin.device.ask(UserBy, { email: newEmail() })).user).toBeNull();
  expect((await admin.device.ask(UserBy, { email: '' })).user).toBeNull();
  const wrong = [
    {},
    { id: null },
    { id: ada.id, email: ada.email },
    { id: 'garbage' },
    { id: ada.userId },
    { id: admin.device.sessionId },
    { email: '\0' },
    { externalId: '\ud800' },
  ];
  for (const variables of wrong) {
    const { errors } = await admin.device.send(UserBy, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

test('users come newest first, page by page, and by the beginning of their email', async () => {
  const prefix = `page_${rowId(admin.device.sessionId)}%`;
  const made: string[] = [];
  for (const n of [1, 2, 3]) {
    const email = `${prefix}${n}@example.com`;
    await userFactory.create({ email, createdAt: new Date(Date.now() + n) }, { transient: { db: core.db } });
    made.unshift(email);
  }
  // “_” and “%” stand for themselves.
  await userFactory.create({ email: `pagex${prefix.slice(5)}4@example.com` }, { transient: { db: core.db } });
  const seen: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const { users } = await admin.device.ask(Users, {
      emailPrefix: prefix.toUpperCase(),
      first: 2,
      ...(after ? { after } : {}),
    });
    seen.push(...users.nodes.map(({ email }) => email));
    more = users.pageInfo.hasNextPage;
    after = users.pageInfo.endCursor ?? undefined;
  }
  expect(seen).toEqual(made);
  expect((await admin.device.ask(Users, { first: 100 })).users.nodes.map(({ id }) => id)).toContain(admin.id);
  const { errors } = await admin.device.send(Users, { emailPrefix: '\0' });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('anybody’s sessions are listed, live and ended, and none is taken for the current one', async () => {
  const ada = await makeAccount(server);
  const phone = await signIn(server, ada.email);
  await phone.ask(SignOut);
  const { userSessions: live } = await admin.device.ask(UserSessions, { userId: ada.id });
  expect(live).toMatchObject({
    totalCount: 1,
    nodes: [{ id: ada.device.sessionId, status: 'ACTIVE', isCurrent: false, ipAddress: '127.0.0.1' }],
  });
  const { userSessions: ended } = await admin.device.ask(UserSessions, { userId: ada.id, status: 'ENDED' });
  expect(ended).toMatchObject({ totalCount: 1, nodes: [{ id: phone.sessionId, endReason: 'SIGNED_OUT' }] });
  const { errors } = await admin.device.send(UserSessions, { userId: ada.device.sessionId });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a session that an administrator ends is cut off at once, and on record', async () => {
  const ada = await makeAccount(server);
  const phone = await signIn(server, ada.email);
  const onPhone = await listen(server, phone, SessionRevoked);
  const onLaptop = await listen(server, ada.device, SessionRevoked);
  const { endSession } = await admin.device.ask(EndSession, { id: phone.sessionId });
  expect(endSession).toMatchObject({
    __typename: 'EndSessionSuccess',
    session: { id: phone.sessionId, status: 'ENDED', endReason: 'REVOKED_BY_ADMIN' },
  });
  expect((await phone.ask(Viewer)).viewer).toBeNull();
  expect(await onPhone.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
  expect(onPhone.events).toMatchObject([{ sessionRevoked: { isCurrent: true, reason: 'REVOKED_BY_ADMIN' } }]);
  await expect
    .poll(() => onLaptop.events, { timeout: 10_000 })
    .toMatchObject([{ sessionRevoked: { isCurrent: false, reason: 'REVOKED_BY_ADMIN' } }]);
  const row = await core.db.session.findUniqueOrThrow({ where: { id: rowId(phone.sessionId) } });
  expect(row.endedById).toBe(admin.userId);
  const again = await admin.device.ask(EndSession, { id: phone.sessionId });
  expect(again.endSession).toMatchObject({ session: { endReason: 'REVOKED_BY_ADMIN' } });
  const events = await core.db.auditEvent.findMany({ where: { sessionId: row.id, type: 'SESSION_ENDED' } });
  expect(events).toMatchObject([{ actorKind: 'ADMINISTRATOR', actorId: admin.userId, userId: ada.userId }]);
});

test('a user sees that an administrator did it, and not who or from where; administrators see all', async () => {
  const ada = await makeAccount(server);
  const phone = await signIn(server, ada.email);
  await admin.device.ask(EndSession, { id: phone.sessionId });
  const { myAuditEvents } = await ada.device.ask(MyAuditTrail);
  expect(myAuditEvents.nodes).toMatchObject([
    {
      type: 'SESSION_ENDED',
      endReason: 'REVOKED_BY_ADMIN',
      actor: { kind: 'ADMINISTRATOR', id: null, name: null },
      ipAddress: null,
      device: null,
      session: { id: phone.sessionId },
      user: { id: ada.id },
    },
    { type: 'SESSION_STARTED', actor: { kind: 'USER', id: ada.id }, ipAddress: '127.0.0.1' },
    { type: 'SESSION_STARTED' },
    { type: 'SIGNED_UP' },
  ]);
  const { auditEvents } = await admin.device.ask(AuditEvents, { filter: { userId: ada.id }, first: 1 });
  expect(auditEvents.nodes).toMatchObject([
    {
      type: 'SESSION_ENDED',
      actor: { kind: 'ADMINISTRATOR', id: admin.id, name: null },
      ipAddress: '127.0.0.1',
      device: { name: 'curl' },
      session: { id: phone.sessionId },
      user: { id: ada.id, email: ada.email },
    },
  ]);
});

test('the trail of everybody is filtered by user, type, address and time, and paged', async () => {
  const own = await startTestServer();
  const root = await makeAdministrator(own);
  const ada = await makeAccount(own);
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  await own.core.db.auditEvent.createMany({
    data: [1, 2, 3, 4].map((second) => ({
      type: second % 2 ? ('IP_CHANGED' as const) : ('LIMIT_EXCEEDED' as const),
      userId: ada.userId,
      ipAddress: second < 3 ? '2001:db8::1' : '203.0.113.9',
      details: second % 2 ? { previousIpAddress: '203.0.113.8' } : { limit: 'account' },
      occurredAt: at(second),
    })),
  });
  const find = async (filter: object) => {
    const { auditEvents } = await root.device.ask(AuditEvents, { filter });
    return auditEvents.nodes.map(({ type, previousIpAddress, limit }) => [type, previousIpAddress, limit]);
  };
  const changed = ['IP_CHANGED', '203.0.113.8', null];
  const exceeded = ['LIMIT_EXCEEDED', null, 'account'];
  expect(await find({ types: ['IP_CHANGED'] })).toEqual([changed, changed]);
  expect(await find({ types: ['IP_CHANGED', 'LIMIT_EXCEEDED'] })).toHaveLength(4);
  expect(await find({ types: [] })).toEqual([]);
  // However the address is spelled.
  expect(await find({ ipAddress: '2001:DB8:0::1' })).toEqual([exceeded, changed]);
  expect(await find({ since: at(2).toISOString(), until: at(4).toISOString() })).toEqual([changed, exceeded]);
  expect(await find({ userId: ada.id, ipAddress: '203.0.113.9', types: ['IP_CHANGED'] })).toEqual([changed]);
  expect(await find({ userId: root.id })).toHaveLength(2);
  expect(await find({})).toHaveLength(8);

  const ids: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const { auditEvents } = await root.device.ask(AuditEvents, { first: 3, ...(after ? { after } : {}) });
    ids.push(...auditEvents.nodes.map(({ id }) => id));
    more = auditEvents.pageInfo.hasNextPage;
    after = auditEvents.pageInfo.endCursor ?? undefined;
  }
  expect(new Set(ids).size).toBe(8);

  for (const filter of [
    { ipAddress: '203.0.113.0/24' },
    { ipAddress: '' },
    { userId: '' },
    { userId: ada.userId },
  ]) {
    const { errors } = await root.device.send(AuditEvents, { filter });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

test('ending a user’s sessions ends them all, and none of anybody else', async () => {
  const ada = await makeAccount(server);
  const grace = await makeAccount(server);
  const phone = await signIn(server, ada.email);
  const { endUserSessions } = await admin.device.ask(EndUserSessions, { userId: ada.id });
  expect(endUserSessions).toEqual({ __typename: 'EndUserSessionsSuccess', revokedCount: 2 });
  for (const device of [ada.device, phone]) expect((await device.ask(Viewer)).viewer).toBeNull();
  expect((await grace.device.ask(Viewer)).viewer).not.toBeNull();
  const again = await admin.device.ask(EndUserSessions, { userId: ada.id });
  expect(again.endUserSessions).toMatchObject({ revokedCount: 0 });
});

test('an id of something else is no user and no session', async () => {
  const ada = await makeAccount(server);
  for (const id of [
    '',
    'garbage',
    ada.userId,
    ada.device.sessionId,
    encodeGlobalId('User', rowId(ada.device.sessionId)),
  ]) {
    const { endUserSessions } = await admin.device.ask(EndUserSessions, { userId: id });
    expect(endUserSessions).toEqual({ __typename: 'UserNotFoundError', message: 'There is no such user.' });
    expect((await admin.device.ask(DisableUser, { userId: id })).disableUser).toMatchObject({
      __typename: 'UserNotFoundError',
    });
    expect((await admin.device.ask(EnableUser, { userId: id })).enableUser).toMatchObject({
      __typename: 'UserNotFoundError',
    });
  }
  for (const id of ['', 'garbage', ada.id, encodeGlobalId('Session', ada.userId)]) {
    const { endSession } = await admin.device.ask(EndSession, { id });
    expect(endSession).toEqual({ __typename: 'SessionNotFoundError', message: 'There is no such session.' });
  }
  expect((await ada.device.ask(Viewer)).viewer).not.toBeNull();
});

test('an administrator who ends the own session by it loses the cookie too', async () => {
  const root = await makeAdministrator(server);
  const browser = await signIn(server, root.email, { delivery: 'COOKIE' });
  const { data, headers } = await browser.send(EndSession, { id: browser.sessionId });
  expect(data?.endSession).toMatchObject({ session: { endReason: 'REVOKED_BY_ADMIN' } });
  expect(headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')]);
});

test('the password given again, an administrator may act', async () => {
  const root = await makeAdministrator(server);
  const ada = await makeAccount(server);
  await makeStale(core, root);
  const refused = await root.device.ask(EndUserSessions, { userId: ada.id });
  expect(refused.endUserSessions.__typename).toBe('ReauthenticationRequiredError');
  expect((await ada.device.ask(Viewer)).viewer).not.toBeNull();
  await root.device.ask(ConfirmPassword, { password: PASSWORD });
  const { endUserSessions } = await root.device.ask(EndUserSessions, { userId: ada.id });
  expect(endUserSessions).toMatchObject({ revokedCount: 1 });
});

test('a session of an administrator that was ended while it asked does nothing more', async () => {
  const root = await makeAdministrator(server);
  const ada = await makeAccount(server);
  const { errors } = await root.device.send(
    `mutation { signOut { session { id } } endUserSessions(userId: "${ada.id}") { __typename } }`,
  );
  expect(errors).toMatchObject([{ path: ['endUserSessions'], extensions: { code: 'UNAUTHENTICATED' } }]);
  expect((await ada.device.ask(Viewer)).viewer).not.toBeNull();
});

test('a disabled account has no session and gets none, until it is enabled', async () => {
  const ada = await makeAccount(server);
  const onLaptop = await listen(server, ada.device, SessionRevoked);
  const { disableUser } = await admin.device.ask(DisableUser, { userId: ada.id });
  expect(disableUser).toEqual({
    __typename: 'DisableUserSuccess',
    revokedCount: 1,
    user: { id: ada.id, disabledAt: expect.any(String) },
  });
  expect(await onLaptop.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
  expect((await ada.device.ask(Viewer)).viewer).toBeNull();

  // That it is disabled is told to whoever knows the password, and to nobody else.
  const trySignIn = async (password: string) => {
    const input = { email: ada.email, password, delivery: 'BEARER' as const };
    return (await new Device(server).ask(SignIn, { input })).signIn;
  };
  expect(await trySignIn('not the password')).toEqual({
    __typename: 'InvalidCredentialsError',
    message: 'The email or the password is wrong.',
  });
  expect(await trySignIn(PASSWORD)).toEqual({
    __typename: 'AccountDisabledError',
    message: 'This account is disabled. Ask whoever runs this service.',
  });
  expect(await core.db.session.count({ where: { userId: ada.userId, endedAt: null } })).toBe(0);

  await admin.device.ask(DisableUser, { userId: ada.id });
  const { enableUser } = await admin.device.ask(EnableUser, { userId: ada.id });
  expect(enableUser).toMatchObject({ user: { id: ada.id, disabledAt: null } });
  await admin.device.ask(EnableUser, { userId: ada.id });
  expect((await trySignIn(PASSWORD)).__typename).toBe('SignInSuccess');

  const events = await core.db.auditEvent.findMany({
    // Somebody used the token of before, which is written down some time later.
    where: { userId: ada.userId, type: { not: 'ENDED_TOKEN_USED' } },
    orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
  });
  expect(events.map(({ type, actorKind, actorId }) => [type, actorKind, actorId === admin.userId])).toEqual([
    ['SIGNED_UP', 'USER', false],
    ['SESSION_STARTED', 'USER', false],
    ['USER_DISABLED', 'ADMINISTRATOR', true],
    ['SESSION_ENDED', 'ADMINISTRATOR', true],
    ['SIGN_IN_FAILED', 'USER', false],
    ['SIGN_IN_FAILED', 'USER', false],
    ['USER_ENABLED', 'ADMINISTRATOR', true],
    ['SESSION_STARTED', 'USER', false],
  ]);
});

test('sign-ins that race the disabling of their account leave no live session', async () => {
  const ada = await makeAccount(server);
  const input = { email: ada.email, password: PASSWORD, delivery: 'BEARER' as const };
  const signIns = Array.from({ length: 20 }, () => new Device(server).ask(SignIn, { input }));
  const [first] = signIns;
  await first;
  const { disableUser } = await admin.device.ask(DisableUser, { userId: ada.id });
  expect(disableUser.__typename).toBe('DisableUserSuccess');
  const outcomes = (await Promise.all(signIns)).map(({ signIn: { __typename } }) => __typename);
  for (const outcome of outcomes) expect(['SignInSuccess', 'AccountDisabledError']).toContain(outcome);
  expect(await core.db.session.count({ where: { userId: ada.userId, endedAt: null } })).toBe(0);
});

test('administrators can’t disable themselves, and of two who disable each other one stays', async () => {
  const one = await makeAdministrator(server);
  const other = await makeAdministrator(server);
  const { disableUser } = await one.device.ask(DisableUser, { userId: one.id });
  expect(disableUser).toEqual({
    __typename: 'InvalidInputError',
    message: 'You can’t disable your own account.',
    path: ['userId'],
  });
  await Promise.all([
    one.device.send(DisableUser, { userId: other.id }),
    other.device.send(DisableUser, { userId: one.id }),
  ]);
  const left = await core.db.user.count({
    where: { id: { in: [one.userId, other.userId] }, disabledAt: null },
  });
  expect(left).toBe(1);
});

test('a page of the trail takes the same few queries for its user, whatever administrators did', async () => {
  const ada = await makeAccount(server);
  for (let count = 0; count < 3; count++) {
    const { session } = await sessionFactory.api().create({}, { transient: { core, userId: ada.userId } });
    await admin.device.ask(EndSession, { id: encodeGlobalId('Session', session.id) });
  }
  const queries = countQueries();
  const { myAuditEvents } = await ada.device.ask(MyAuditTrail);
  expect(myAuditEvents.nodes).toHaveLength(5);
  // The session, the events, their sessions, their user, and whether the viewer is an administrator.
  expect(queries()).toBeLessThanOrEqual(5);
});
