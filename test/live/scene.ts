/**
 * A revocation as several processes see it: a laptop revokes a phone on one of
 * them, and on another the phone and a tablet of the same user listen.
 */
import { expect, vi } from 'vitest';
import { type Device, newEmail, send, signIn, signUp } from '../device.ts';
import type { Endpoints } from '../fleet.ts';
import { RevokeSession, SignOut } from '../operations.ts';
import { type Audience, attend } from './audience.ts';

export interface Scene {
  email: string;
  revoker: Endpoints;
  laptop: Device;
  phone: Device;
  onPhone: Audience;
  onTablet: Audience;
}

/** The sessions of a user here are more than ten, with the guests who come and go. */
export const SCENE_SETTINGS = { CURFEW_SESSION_LIMIT: '1000' };

/** @param tabletHome where the tablet listens, when that is not where the phone does. */
export async function setScene(
  revoker: Endpoints,
  phoneHome: Endpoints,
  tabletHome: Endpoints = phoneHome,
): Promise<Scene> {
  const email = newEmail();
  const laptop = await signUp(revoker, email);
  const [phone, tablet] = await Promise.all([signIn(revoker, email), signIn(revoker, email)]);
  const [onPhone, onTablet] = await Promise.all([
    attend(phoneHome, phone, email),
    attend(tabletHome, tablet, email),
  ]);
  return { email, revoker, laptop, phone, onPhone, onTablet };
}

/** @returns when it was answered. */
export async function revokePhone({ revoker, laptop, phone }: Scene): Promise<number> {
  const { data } = await send(revoker, RevokeSession, { id: phone.sessionId }, laptop.headers);
  const answeredAt = performance.now();
  expect(data?.revokeSession.__typename).toBe('RevokeSessionSuccess');
  return answeredAt;
}

/**
 * The phone hears of its end, once, and is cut off. The tablet hears of it,
 * once, and of the next one: so nothing more was on its way, and the bus works.
 *
 * @param withinMs each of the three.
 * @param isCutShort the phone’s event could not be made before it was cut off; the close code tells it all the same.
 */
export async function expectTold(
  { email, revoker, phone, onPhone, onTablet }: Scene,
  withinMs: number,
  isCutShort = false,
): Promise<void> {
  const patience = { timeout: withinMs, interval: 5 };
  const tooLate = new Promise((resolve) => setTimeout(resolve, withinMs, 'too late').unref());
  expect(await Promise.race([onPhone.closed, tooLate])).toEqual({ code: 4403, reason: 'REVOKED' });
  expect(findErrors(onPhone)).toEqual([]);
  if (!isCutShort) {
    expect(onPhone.heardOf(phone.sessionId)).toMatchObject([{ isCurrent: true, reason: 'REVOKED' }]);
    expect(onPhone.messages.slice(-2).map(({ type }) => type)).toEqual(['next', 'complete']);
  }
  await vi.waitFor(() => expect(onTablet.heardOf(phone.sessionId)).not.toEqual([]), patience);
  const guest = await signIn(revoker, email);
  await guest.ask(SignOut);
  await vi.waitFor(() => expect(onTablet.heardOf(guest.sessionId)).not.toEqual([]), patience);
  expect(findErrors(onTablet)).toEqual([]);
  expect(onTablet.heardOf(phone.sessionId)).toMatchObject([{ isCurrent: false, reason: 'REVOKED' }]);
}

/** What came in the place of an event. */
function findErrors({ messages }: Audience): unknown[] {
  return messages.filter(({ payload }) => JSON.stringify(payload)?.includes('"errors"'));
}
