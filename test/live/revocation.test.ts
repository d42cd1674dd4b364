/** What the devices of a user hear, and when they are cut off. */
import { expect, test, vi } from 'vitest';
import { Device, newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import {
  ChangePassword,
  RevokeSession,
  SessionRevoked,
  SessionStarted,
  SignOut,
  SignOutEverywhere,
  Viewer,
} from '../operations.ts';
import { DAY, startTestServer } from '../server.ts';
import { closeOf, listen, openSocket, type Transport } from './listen.ts';

const server = await startTestServer();

const TRANSPORTS: Transport[] = ['WebSocket', 'SSE'];
const DELIVERIES = ['COOKIE', 'BEARER'] as const;

for (const transport of TRANSPORTS) {
  for (const delivery of DELIVERIES) {
    test(`a revoked device hears of it and is cut off (${transport}, ${delivery})`, async () => {
      const email = newEmail();
      const laptop = await signUp(server, email, { delivery });
      const phone = await signIn(server, email, { delivery });
      const heard = await listen(server, phone, SessionRevoked, transport);
      await laptop.ask(RevokeSession, { id: phone.sessionId });
      expect(await heard.over).toBeNull();
      expect(heard.events).toEqual([
        {
          sessionRevoked: expect.objectContaining({
            reason: 'REVOKED',
            isCurrent: true,
            session: expect.objectContaining({ id: phone.sessionId, status: 'ENDED', endReason: 'REVOKED' }),
          }),
        },
      ]);
      if (transport === 'WebSocket') {
        expect(await heard.closed).toEqual({ code: 4403, reason: 'REVOKED' });
      }
      expect((await phone.ask(Viewer)).viewer).toBeNull();
    });
  }

  test(`other devices hear of it too, and stay connected (${transport})`, async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    const tablet = await signIn(server, email);
    const onTablet = await listen(server, tablet, SessionRevoked, transport);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    await vi.waitFor(() => expect(onTablet.events).toHaveLength(1));
    expect(onTablet.events[0]).toMatchObject({
      sessionRevoked: { isCurrent: false, reason: 'REVOKED', session: { id: phone.sessionId } },
    });
    await laptop.ask(SignOut);
    await vi.waitFor(() => expect(onTablet.events).toHaveLength(2));
    expect(onTablet.events[1]).toMatchObject({ sessionRevoked: { isCurrent: false, reason: 'SIGNED_OUT' } });
    expect((await tablet.ask(Viewer)).viewer).not.toBeNull();
    onTablet.stop();
  });

  test(`a sign-in on another device is told, and one's own is not (${transport})`, async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const heard = await listen(server, laptop, SessionStarted, transport);
    const phone = await signIn(server, email);
    await vi.waitFor(() => expect(heard.events).toHaveLength(1));
    expect(heard.events[0]).toMatchObject({ sessionStarted: { session: { id: phone.sessionId } } });
    heard.stop();
  });

  test(`a subscriber to sign-ins alone is cut off with its session (${transport})`, async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    const heard = await listen(server, phone, SessionStarted, transport);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    expect(await heard.over).toBeNull();
    expect(heard.events).toEqual([]);
    expect(server.hub.heldSessions().map((session) => session.id)).not.toContain(phone.sessionId);
  });
}

test('a socket that subscribed to nothing is closed with its session', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const closed = closeOf(await openSocket(server, phone));
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(await closed).toEqual({ code: 4403, reason: 'REVOKED' });
});

test('signing out everywhere tells every device, each its own end last, and closes all', async () => {
  const email = newEmail();
  const devices = [await signUp(server, email), await signIn(server, email), await signIn(server, email)];
  const [laptop] = devices;
  const heard = [];
  for (const device of devices) heard.push(await listen(server, device, SessionRevoked));
  const { signOutEverywhere } = (await laptop?.ask(SignOutEverywhere, { keepCurrent: false })) ?? {};
  expect(signOutEverywhere).toEqual({ __typename: 'SignOutEverywhereSuccess', revokedCount: 3 });
  for (const { events, over, closed } of heard) {
    expect(await over).toBeNull();
    expect(events.map((event) => event.sessionRevoked.isCurrent)).toEqual([false, false, true]);
    expect(await closed).toEqual({ code: 4403, reason: 'SIGNED_OUT_EVERYWHERE' });
  }
});

test('a changed password cuts off every other device', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const onLaptop = await listen(server, laptop, SessionRevoked);
  const onPhone = await listen(server, phone, SessionRevoked);
  const { changePassword } = await laptop.ask(ChangePassword, {
    input: { currentPassword: PASSWORD, newPassword: 'quite another one' },
  });
  expect(changePassword).toMatchObject({ __typename: 'ChangePasswordSuccess', revokedCount: 1 });
  expect(await onPhone.closed).toEqual({ code: 4403, reason: 'PASSWORD_CHANGED' });
  expect(onPhone.events).toMatchObject([{ sessionRevoked: { isCurrent: true, reason: 'PASSWORD_CHANGED' } }]);
  // It comes again, with its new token.
  expect(await onLaptop.closed).toMatchObject({ code: 4205 });
  expect((await laptop.ask(Viewer)).viewer).not.toBeNull();
});

test('nobody hears of another user', async () => {
  const ada = await signUp(server);
  const heard = await listen(server, ada, SessionRevoked);
  const started = await listen(server, ada, SessionStarted);
  const email = newEmail();
  const grace = await signUp(server, email);
  const phone = await signIn(server, email);
  await grace.ask(RevokeSession, { id: phone.sessionId });
  await grace.ask(SignOut);
  // Had anything been told, it would come before what Ada causes herself.
  await ada.ask(SignOut);
  expect(await heard.over).toBeNull();
  expect(heard.events).toMatchObject([{ sessionRevoked: { isCurrent: true } }]);
  expect(await started.over).toBeNull();
  expect(started.events).toEqual([]);
});

test('signing out over the socket itself is answered before the socket is closed', async () => {
  const phone = await signUp(server);
  const socket = await openSocket(server, phone);
  const messages: { type: string; id?: string; payload?: unknown }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = closeOf(socket);
  socket.send(
    '{"type":"subscribe","id":"1","payload":{"query":"mutation { signOut { session { status } } }"}}',
  );
  expect(await closed).toEqual({ code: 4403, reason: 'SIGNED_OUT' });
  expect(messages).toEqual([
    { type: 'next', id: '1', payload: { data: { signOut: { session: { status: 'ENDED' } } } } },
    { type: 'complete', id: '1' },
  ]);
});

test.each([
  { trait: 'lifetime', reason: 'EXPIRED', advanceMs: 31 * DAY, settings: { CURFEW_IDLE_TIMEOUT: '60d' } },
  { trait: 'idle timeout', reason: 'IDLE', advanceMs: 15 * DAY, settings: {} },
])(
  'a connected session that reaches its $trait is told and closed',
  async ({ reason, advanceMs, settings }) => {
    const ownServer = await startTestServer(settings);
    const email = newEmail();
    const phone = await signUp(ownServer, email);
    const heard = await listen(ownServer, phone, SessionRevoked);
    // One event heard: the subscription is not just being made when time moves.
    await (await signIn(ownServer, email)).ask(SignOut);
    await vi.waitFor(() => expect(heard.events).toHaveLength(1));
    const socket = await openSocket(ownServer, phone);
    const closed = closeOf(socket);
    ownServer.clock.advance(advanceMs);
    expect(await heard.over).toBeNull();
    expect(heard.events.slice(1)).toMatchObject([{ sessionRevoked: { isCurrent: true, reason } }]);
    expect(await heard.closed).toEqual({ code: 4403, reason });
    expect(await closed).toEqual({ code: 4403, reason });
  },
);

test('a session in use on one connection is not idle on another', async () => {
  const ownServer = await startTestServer();
  const phone = await signUp(ownServer);
  const socket = await openSocket(ownServer, phone);
  ownServer.clock.advance(10 * DAY);
  await phone.ask(Viewer);
  ownServer.clock.advance(10 * DAY);
  await ownServer.watch.round();
  expect(socket.readyState).toBe(socket.OPEN);
  expect((await phone.ask(Viewer)).viewer).not.toBeNull();
});

test('a session ended in the database by other means is found by comparing, and cut off', async () => {
  const { session, headers } = await sessionFactory.api().create({}, { transient: { core: server.core } });
  const device = new Device(server);
  Object.assign(device.headers, headers);
  const heard = await listen(server, device, SessionRevoked);
  await server.core.db.session.update({
    where: { id: session.id },
    data: { endedAt: new Date(), endReason: 'REVOKED_BY_ADMIN' },
  });
  expect((await device.ask(Viewer)).viewer).not.toBeNull();
  await server.watch.round();
  expect((await device.ask(Viewer)).viewer).toBeNull();
  expect(await heard.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
  expect(heard.events).toMatchObject([{ sessionRevoked: { reason: 'REVOKED_BY_ADMIN', isCurrent: true } }]);
});
