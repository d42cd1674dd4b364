/** Whoever knows a password makes no sessions, events or work without end by it, and nobody else uses up what it may. */
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/accounts/sign-up.ts';
import { decodeGlobalId } from '../../src/schema/global-id.ts';
import { type Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { userFactory } from '../factories/user.ts';
import { ChangePassword, ConfirmPassword, SignIn } from '../operations.ts';
import { startTestServer, type TestServer } from '../server.ts';

const TRIES = 5;
const RIGHT = 60;
const behindUs = { CURFEW_TRUSTED_PROXIES: '127.0.0.1', CURFEW_SIGN_IN_LIMIT: `${TRIES}/1d` };
const server = await startTestServer(behindUs);
let homes = 0;

/** Where nobody has tried yet. */
function newAddress(): string {
  return `198.51.100.${++homes}`;
}

async function trySignIn(on: TestServer, credentials: Credentials, ipAddress: string) {
  const input = { ...credentials, delivery: 'BEARER' } as const;
  const { data } = await send(on, SignIn, { input }, { 'x-forwarded-for': ipAddress });
  return data?.signIn;
}

/** From one address, one after the other. @returns how each was answered. */
async function signInOften(on: TestServer, email: string, times: number): Promise<unknown[]> {
  const ipAddress = newAddress();
  const names = [];
  for (let count = 0; count < times; count++) {
    names.push((await trySignIn(on, { email, password: PASSWORD }, ipAddress))?.__typename);
  }
  return names;
}

/** As so many right passwords did earlier in the hour. */
async function useUp(key: string, times: number): Promise<void> {
  await server.core.throttles.right.spend(Array(times).fill(key));
}

const idOf = async (email: string) =>
  (await server.core.db.user.findUniqueOrThrow({ where: { email }, select: { id: true } })).id;

const limitsOf = async (userId: string) =>
  (await server.core.db.auditEvent.findMany({ where: { userId, type: 'LIMIT_EXCEEDED' } })).map(
    ({ details }) => details,
  );

describe('a right password gives its try back only when it leads to a session:', () => {
  test('not for an account that is disabled', async () => {
    const { id, email } = await userFactory.create({}, { transient: { db: server.core.db } });
    await server.core.db.user.update({ where: { id }, data: { disabledAt: new Date() } });
    expect(await signInOften(server, email ?? '', TRIES + 1)).toEqual([
      ...Array(TRIES).fill('AccountDisabledError'),
      'RateLimitedError',
    ]);
  });

  test('not at a session limit that refuses', async () => {
    const settings = { CURFEW_SESSION_LIMIT: '1', CURFEW_SESSION_LIMIT_POLICY: 'reject' };
    const own = await startTestServer({ ...behindUs, ...settings });
    const email = newEmail();
    await signUp(own, email, { ipAddress: newAddress() });
    expect(await signInOften(own, email, TRIES + 1)).toEqual([
      ...Array(TRIES).fill('SessionLimitReachedError'),
      'RateLimitedError',
    ]);
  });

  test('else as often as may be right', async () => {
    const email = newEmail();
    await signUp(server, email, { ipAddress: newAddress() });
    expect(await signInOften(server, email, 2 * TRIES)).toEqual(Array(2 * TRIES).fill('SignInSuccess'));
  });

  test('and a new password that is the current one is not right', async () => {
    const device = await signUp(server, newEmail(), { ipAddress: newAddress() });
    const input = { currentPassword: PASSWORD, newPassword: PASSWORD };
    const names = [];
    for (let count = 0; count <= TRIES; count++) {
      names.push((await device.ask(ChangePassword, { input })).changePassword.__typename);
    }
    expect(names).toEqual([...Array(TRIES).fill('InvalidInputError'), 'RateLimitedError']);
  });
});

describe('in an hour', () => {
  test('an account is signed in to so often, from wherever, and its trail says once that this was too often', async () => {
    const email = newEmail();
    await signUp(server, email, { ipAddress: newAddress() });
    const userId = await idOf(email);
    await useUp(`sign-ins ${userId}`, RIGHT - 2);
    const laptop = await signIn(server, email, { delivery: 'COOKIE', ipAddress: newAddress() });
    await signIn(server, email, { ipAddress: newAddress() });
    const sessions = await server.core.db.session.count({ where: { userId } });
    for (let count = 0; count < 3; count++) {
      const refused = await trySignIn(server, { email, password: PASSWORD }, newAddress());
      expect(refused).toMatchObject({ __typename: 'RateLimitedError' });
    }
    // Nor on a device that is known.
    const input = { email, password: PASSWORD, delivery: 'COOKIE' } as const;
    expect((await laptop.ask(SignIn, { input })).signIn).toMatchObject({
      __typename: 'RateLimitedError',
      retryAfter: expect.toSatisfy((seconds: number) => seconds > 3000 && seconds <= 3600),
    });
    expect(await server.core.db.session.count({ where: { userId } })).toBe(sessions);
    expect(await limitsOf(userId)).toEqual([{ limit: 'sign-ins' }]);
    // From a session there is, the password can be changed.
    expect((await laptop.ask(ConfirmPassword, { password: PASSWORD })).confirmPassword.__typename).toBe(
      'ConfirmPasswordSuccess',
    );
  });

  test('a session confirms or changes the password so often, and another one has its own', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { ipAddress: newAddress() });
    const phone = await signIn(server, email, { ipAddress: newAddress() });
    await useUp(`confirmations ${decodeGlobalId(laptop.sessionId).id}`, RIGHT - 1);
    const confirm = async (device: Device) =>
      (await device.ask(ConfirmPassword, { password: PASSWORD })).confirmPassword.__typename;
    expect(await confirm(laptop)).toBe('ConfirmPasswordSuccess');
    expect(await confirm(laptop)).toBe('RateLimitedError');
    const input = { currentPassword: PASSWORD, newPassword: 'another long password' };
    expect((await laptop.ask(ChangePassword, { input })).changePassword.__typename).toBe('RateLimitedError');
    expect(await limitsOf(await idOf(email))).toEqual([{ limit: 'confirmations' }]);
    expect(await confirm(phone)).toBe('ConfirmPasswordSuccess');
  });

  test('wrong passwords take nothing of what may be right', async () => {
    const email = newEmail();
    const device = await signUp(server, email, { ipAddress: newAddress() });
    for (let count = 0; count < TRIES; count++) {
      await trySignIn(server, { email, password: 'wrong' }, newAddress());
      await device.ask(ConfirmPassword, { password: 'wrong' });
    }
    await useUp(`sign-ins ${await idOf(email)}`, RIGHT);
    await useUp(`confirmations ${decodeGlobalId(device.sessionId).id}`, RIGHT);
  });

  test('six times the tries of a window may be right, where these are many', async () => {
    const own = await startTestServer({ CURFEW_SIGN_IN_LIMIT: '20/3m' });
    const { right } = own.core.throttles;
    await right.spend(Array(120).fill('sign-ins x'));
    await expect(right.spend(['sign-ins x'])).rejects.toThrow('Too many tries');
  });
});
