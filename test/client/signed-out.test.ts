/** A device hears of its sign-out at once, once, and for good, however it comes. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { ConfirmPassword, RevokeSession, SignOut } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { subscribe, watch } from './watching.ts';

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

/** What the server sends at once comes apart on its way. */
class Apart extends WebSocket {
  #before = Promise.resolve();

  override emit(event: string, ...args: unknown[]): boolean {
    if (event !== 'message' && event !== 'close') return super.emit(event, ...args);
    this.#before = this.#before.then(async () => {
      await delay(20);
      super.emit(event, ...args);
    });
    return true;
  }
}

test('completed subscriptions are no reason to hang up before it is told why', async () => {
  for (let round = 0; round < 5; round++) {
    const { laptop, phone } = await twoDevices();
    const onPhone = watch(server, phone, { webSocketImpl: Apart });
    const own = subscribe(onPhone.watch, 'subscription { sessionStarted { session { id } } }');
    await onPhone.live();
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    const { reason, at } = await onPhone.end();
    const row = await server.core.db.session.findFirstOrThrow({
      where: { endReason: 'REVOKED' },
      orderBy: { endedAt: 'desc' },
    });
    expect({ reason, at }).toEqual({ reason: 'REVOKED', at: row.endedAt });
    expect(onPhone.statuses).toEqual(['live', 'signed-out']);
    expect(own.told).toEqual(['complete']);
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
