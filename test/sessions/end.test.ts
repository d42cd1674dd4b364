/** Ending sessions, one after another: who may, what is written, what is answered. */
import { expect, test } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/global-id.ts';
import { Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import {
  ConfirmPassword,
  MyAuditEvents,
  RevokeSession,
  SignOut,
  SignOutEverywhere,
  Viewer,
} from '../operations.ts';
import { DAY, HOUR, MINUTE, startTestServer } from '../server.ts';

const server = await startTestServer();
const { core } = server;

const rowId = (id: string) => decodeGlobalId(id).id;
const globalId = (id: string) => encodeGlobalId('Session', id);

test('a revoked session stays on record: when, why, and by whom', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const { revokeSession } = await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(revokeSession).toMatchObject({
    __typename: 'RevokeSessionSuccess',
    session: { id: phone.sessionId, status: 'ENDED', endReason: 'REVOKED', isCurrent: false },
  });
  const row = await core.db.session.findUniqueOrThrow({ where: { id: rowId(phone.sessionId) } });
  expect(row).toMatchObject({ endReason: 'REVOKED', endedById: rowId(laptop.sessionId) });
  expect(row.endedAt).toBeInstanceOf(Date);
  const event = await core.db.auditEvent.findFirstOrThrow({
    where: { sessionId: row.id, type: 'SESSION_ENDED' },
  });
  expect(event).toMatchObject({
    userId: row.userId,
    ipAddress: '127.0.0.1',
    details: { reason: 'REVOKED', endedById: rowId(laptop.sessionId) },
    occurredAt: row.endedAt,
  });
});

test('revoking twice is revoking once, and the first reason stays', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  await phone.ask(SignOut);
  const { revokeSession } = await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(revokeSession).toMatchObject({ session: { endReason: 'SIGNED_OUT' } });
  expect(
    await core.db.auditEvent.count({ where: { sessionId: rowId(phone.sessionId), type: 'SESSION_ENDED' } }),
  ).toBe(1);
});

test('another’s session, an unknown one and any other text look alike', async () => {
  const ada = await signUp(server);
  const grace = await signUp(server);
  const unknown = globalId('01a20000-0000-7000-8000-000000000000');
  for (const id of [grace.sessionId, unknown, 'garbage', '', '\0', 'VXNlcjox', rowId(grace.sessionId)]) {
    const { revokeSession } = await ada.ask(RevokeSession, { id });
    expect(revokeSession).toEqual({
      __typename: 'SessionNotFoundError',
      message: 'You have no such session.',
    });
  }
  expect((await grace.ask(Viewer)).viewer).not.toBeNull();
});

test('revoking one’s own session is signing out, and clears the cookie', async () => {
  const laptop = await signUp(server, newEmail(), { delivery: 'COOKIE' });
  const { data, headers } = await laptop.send(RevokeSession, { id: laptop.sessionId });
  expect(data?.revokeSession).toMatchObject({ session: { endReason: 'SIGNED_OUT', isCurrent: true } });
  expect(headers.getSetCookie()).toEqual(['session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
  expect((await laptop.ask(Viewer)).viewer).toBeNull();
});

test('signing out everywhere but here keeps the one asking', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const others = [await signIn(server, email), await signIn(server, email)];
  const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent: true });
  expect(signOutEverywhere).toMatchObject({ revokedCount: 2 });
  expect((await laptop.ask(Viewer)).viewer).not.toBeNull();
  for (const other of others) expect((await other.ask(Viewer)).viewer).toBeNull();
  const again = await laptop.ask(SignOutEverywhere, { keepCurrent: true });
  expect(again.signOutEverywhere).toMatchObject({ revokedCount: 0 });
});

test('ending mutations need a session', async () => {
  for (const answer of [
    await send(server, SignOut),
    await send(server, RevokeSession, { id: 'x' }),
    await send(server, SignOutEverywhere, { keepCurrent: false }),
  ]) {
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});

test('a session ended earlier in the same operation ends nothing more', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const { errors } = await laptop.send(
    `mutation { signOut { session { id } } revokeSession(id: "${phone.sessionId}") { __typename } }`,
  );
  expect(errors).toMatchObject([{ path: ['revokeSession'], extensions: { code: 'UNAUTHENTICATED' } }]);
  expect((await phone.ask(Viewer)).viewer).not.toBeNull();
});

test('a session confirmed too long ago ends itself freely, others only with the password', async () => {
  const email = newEmail();
  const phone = await signUp(server, email);
  const { userId } = await core.db.session.findUniqueOrThrow({ where: { id: rowId(phone.sessionId) } });
  const old = await sessionFactory.unconfirmed().api().create({}, { transient: { core, userId } });
  const laptop = new Device(server);
  Object.assign(laptop.headers, old.headers);

  const refused = { __typename: 'ReauthenticationRequiredError' };
  expect((await laptop.ask(RevokeSession, { id: phone.sessionId })).revokeSession).toMatchObject(refused);
  for (const keepCurrent of [true, false]) {
    const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent });
    expect(signOutEverywhere).toMatchObject(refused);
  }
  expect((await phone.ask(Viewer)).viewer).not.toBeNull();

  const wrong = await laptop.ask(ConfirmPassword, { password: 'wrong' });
  expect(wrong.confirmPassword).toMatchObject({ __typename: 'InvalidCredentialsError' });
  const { confirmPassword } = await laptop.ask(ConfirmPassword, { password: PASSWORD });
  expect(confirmPassword).toMatchObject({
    __typename: 'ConfirmPasswordSuccess',
    session: { id: globalId(old.session.id) },
  });
  expect((await laptop.ask(RevokeSession, { id: phone.sessionId })).revokeSession).toMatchObject({
    __typename: 'RevokeSessionSuccess',
  });
});

test('with nothing else to end, signing out everywhere never asks for the password', async () => {
  const { headers } = await sessionFactory.unconfirmed().create({}, { transient: { core } });
  const laptop = new Device(server);
  Object.assign(laptop.headers, headers);
  const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent: false });
  expect(signOutEverywhere).toMatchObject({ revokedCount: 1 });
});

test('the least recently active session makes room at the limit, and the trail says so', async () => {
  const limited = await startTestServer({ CURFEW_SESSION_LIMIT: '2' });
  const email = newEmail();
  const first = await signUp(limited, email);
  const second = await signIn(limited, email);
  limited.clock.advance(10 * MINUTE);
  await first.ask(Viewer);
  await limited.core.activity.flush();
  const third = await signIn(limited, email);
  expect((await first.ask(Viewer)).viewer).not.toBeNull();
  const { myAuditEvents } = await third.ask(MyAuditEvents, {});
  expect(myAuditEvents.nodes.map(({ type, session }) => [type, session?.endReason ?? null])).toEqual([
    ['SESSION_STARTED', null],
    ['SESSION_ENDED', 'EVICTED'],
    ['SESSION_STARTED', 'EVICTED'],
    ['SESSION_STARTED', null],
    ['SIGNED_UP', null],
  ]);
  // Not before: that its token is still used would be on the trail.
  expect((await second.ask(Viewer)).viewer).toBeNull();
});

test('use keeps a session from going idle, but not from its lifetime', async () => {
  const own = await startTestServer();
  const phone = await signUp(own);
  for (let day = 0; day < 29; day += 7) {
    expect((await phone.ask(Viewer)).viewer).not.toBeNull();
    own.clock.advance(7 * DAY - HOUR);
    await own.watch.round();
  }
  expect((await phone.ask(Viewer)).viewer).toBeNull();
  expect(await own.core.db.session.findFirstOrThrow()).toMatchObject({
    endReason: 'EXPIRED',
    endedById: null,
  });
});

test('activity is written at most once in five minutes, and on shutdown', async () => {
  const own = await startTestServer();
  const phone = await signUp(own);
  const lastActive = async () => (await core2.session.findFirstOrThrow()).lastActiveAt.getTime();
  const core2 = own.core.db;
  const start = await lastActive();
  own.clock.advance(4 * MINUTE);
  await phone.ask(Viewer);
  await own.core.activity.flush();
  expect(await lastActive()).toBe(start);
  own.clock.advance(2 * MINUTE);
  await phone.ask(Viewer);
  expect(await lastActive()).toBe(start);
  await own.core.activity.close();
  expect(await lastActive()).toBeGreaterThanOrEqual(start + 6 * MINUTE);
});
