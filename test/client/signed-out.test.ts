/** A device hears of its sign-out at once, once, and for good, however it comes. */
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { ConfirmPassword, RevokeSession, SignOut } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { until, watch } from './watching.ts';

const server = await startTestServer();

async function twoDevices(delivery: 'BEARER' | 'COOKIE' = 'BEARER') {
  const email = newEmail();
  const laptop = await signUp(server, email);
  return { email, laptop, phone: await signIn(server, email, { delivery }) };
}

describe.each(['BEARER', 'COOKIE'] as const)('with %s', (delivery) => {
  test('a revoked device is told why and when', async () => {
    const { laptop, phone } = await twoDevices(delivery);
    const onPhone = watch(server, phone);
    await onPhone.live();
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    const { reason, at } = await onPhone.end();
    expect({ reason, isInstant: at instanceof Date }).toEqual({ reason: 'REVOKED', isInstant: true });
    expect(onPhone.watch.status).toBe('signed-out');
    expect(onPhone.statuses).toEqual(['live', 'signed-out']);
  });

  test('a device that was away is told the same when it comes back', async () => {
    const { laptop, phone } = await twoDevices(delivery);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    const onPhone = watch(server, phone);
    expect(await onPhone.end()).toMatchObject({ reason: 'REVOKED', at: expect.any(Date) });
  });

  test('a new token is no sign-out: it goes on with that', async () => {
    const { laptop, phone } = await twoDevices(delivery);
    const onPhone = watch(server, phone);
    await onPhone.live();
    await phone.ask(ConfirmPassword, { password: PASSWORD });
    await expect.poll(() => onPhone.statuses, { timeout: 10_000 }).toEqual(['live', 'reconnecting', 'live']);
    expect(onPhone.signedOut).toEqual([]);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    expect(await onPhone.end()).toMatchObject({ reason: 'REVOKED' });
  });
});

test.each([
  ['without', 0],
  ['with', 3],
])('of many revocations each is told by the server itself, %s subscriptions of one’s own', async (_, own) => {
  const { email, laptop } = await twoDevices();
  const onLaptop = watch(server, laptop);
  await onLaptop.live();
  for (let round = 0; round < 20; round++) {
    const phone = await signIn(server, email);
    const { webSocketImpl, hangUps } = watchHangUps();
    const onPhone = watch(server, phone, { webSocketImpl });
    for (let count = 0; count < own; count++) {
      onPhone.watch.socket.subscribe(
        { query: 'subscription { sessionStarted { session { id } } }' },
        { next: () => {}, error: () => {}, complete: () => {} },
      );
    }
    await onPhone.live();
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    const how = await onPhone.end();
    const told = () =>
      onLaptop.events.find(({ type, session }) => type === 'ended' && session.id === phone.sessionId);
    await until(() => told() !== undefined);
    expect({ ...how, statuses: onPhone.statuses, hangUps }).toEqual({
      reason: 'REVOKED',
      at: told()?.at,
      statuses: ['live', 'signed-out'],
      hangUps: [],
    });
  }
});

test('others of the user are told as events, and sign nobody out', async () => {
  const { email, laptop } = await twoDevices();
  const onLaptop = watch(server, laptop);
  await onLaptop.live();
  const guest = await signIn(server, email);
  await guest.ask(SignOut);
  await expect
    .poll(() => onLaptop.events)
    .toMatchObject([
      { type: 'started', session: { id: guest.sessionId, device: { name: expect.any(String) } } },
      { type: 'ended', session: { id: guest.sessionId }, reason: 'SIGNED_OUT', at: expect.any(Date) },
    ]);
  expect(onLaptop.signedOut).toEqual([]);
});

/** Notes with what a client closes a socket on which it was not told yet that its session has ended. */
function watchHangUps() {
  const hangUps: unknown[] = [];
  const webSocketImpl = class extends WebSocket {
    #isTold = false;

    constructor(url: string, protocols: string) {
      super(url, protocols);
      this.on('message', (data) => {
        if (String(data).includes('"isCurrent":true')) this.#isTold = true;
      });
    }

    override close(code?: number, reason?: string) {
      if (!this.#isTold && this.readyState === WebSocket.OPEN) hangUps.push(code);
      super.close(code, reason);
    }
  };
  return { webSocketImpl, hangUps };
}
