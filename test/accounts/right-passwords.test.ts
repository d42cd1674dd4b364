/** Whoever knows a password makes no sessions, events or work without end by it, and nobody else uses up what it may. */
import argon2 from '@node-rs/argon2';
import { describe, expect, test, vi } from 'vitest';
import { namePassword } from '../../src/accounts/passwords.ts';
import type { Credentials } from '../../src/accounts/sign-up.ts';
import { decodeGlobalId } from '../../src/schema/global-id.ts';
import { onCleanup } from '../cleanup.ts';
import { Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { userFactory } from '../factories/user.ts';
import { ChangePassword, ConfirmPassword, SignIn } from '../operations.ts';
import { countQueries } from '../queries.ts';
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

const userOf = (email: string) => server.core.db.user.findUniqueOrThrow({ where: { email } });
const idOf = async (email: string) => (await userOf(email)).id;

/** What sign-ins count for, on a device that nobody knows. */
async function signInsOf(email: string): Promise<string> {
  const { id, passwordHash } = await userOf(email);
  return `sign-ins ${id} ${namePassword(passwordHash ?? '')}`;
}

/** The device without its session, as after it was signed out. */
function forget(from: Device, { keepsCookie = true } = {}): Device {
  const device = new Device(from.server, from.headers['user-agent']);
  const cookies = (from.headers['cookie'] ?? '').split('; ');
  if (keepsCookie) device.headers['cookie'] = cookies.find((pair) => pair.startsWith('device=')) ?? '';
  device.moveTo(newAddress());
  return device;
}

async function trySignInOn(device: Device, email: string, password = PASSWORD) {
  const { data } = await device.send(SignIn, { input: { email, password, delivery: 'COOKIE' } });
  return data?.signIn;
}

const limitsOf = async (userId: string) =>
  (
    await server.core.db.auditEvent.findMany({
      where: { userId, type: 'LIMIT_EXCEEDED' },
      orderBy: { occurredAt: 'asc' },
    })
  ).map(({ details }) => details);

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
    await useUp(await signInsOf(email), RIGHT - 2);
    const laptop = await signIn(server, email, { delivery: 'COOKIE', ipAddress: newAddress() });
    await signIn(server, email, { ipAddress: newAddress() });
    const sessions = await server.core.db.session.count({ where: { userId } });
    for (let count = 0; count < 3; count++) {
      const refused = await trySignIn(server, { email, password: PASSWORD }, newAddress());
      expect(refused).toMatchObject({ __typename: 'RateLimitedError' });
    }
    const refused = await trySignIn(server, { email, password: PASSWORD }, newAddress());
    expect(refused).toMatchObject({
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
    await useUp(await signInsOf(email), RIGHT);
    await useUp(`confirmations ${decodeGlobalId(device.sessionId).id}`, RIGHT);
  });

  test('a known device has as many of its own, which nobody elsewhere uses up', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { delivery: 'COOKIE', ipAddress: newAddress() });
    const thief = await signIn(server, email, { delivery: 'COOKIE', ipAddress: newAddress() });
    await useUp(await signInsOf(email), RIGHT - 1);
    expect(await trySignInOn(forget(thief, { keepsCookie: false }), email)).toMatchObject({
      __typename: 'RateLimitedError',
    });
    const id = decodeGlobalId(thief.sessionId).id;
    const { deviceId } = await server.core.db.session.findUniqueOrThrow({ where: { id } });
    await useUp(
      (await signInsOf(email)).replace(/^sign-ins (\S+)/, `device sign-ins $1 ${deviceId}`),
      RIGHT - 1,
    );
    expect(await trySignInOn(forget(thief), email)).toMatchObject({ __typename: 'SignInSuccess' });
    expect(await trySignInOn(forget(thief), email)).toMatchObject({
      __typename: 'RateLimitedError',
      retryAfter: expect.toSatisfy((seconds: number) => seconds > 3000),
    });
    expect(await trySignInOn(forget(laptop), email)).toMatchObject({ __typename: 'SignInSuccess' });
    expect(await limitsOf(await idOf(email))).toEqual([{ limit: 'sign-ins' }, { limit: 'device sign-ins' }]);
  });

  test('a new password begins anew, so that its owner is let in at once', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { ipAddress: newAddress() });
    await useUp(await signInsOf(email), RIGHT);
    expect(await trySignIn(server, { email, password: PASSWORD }, newAddress())).toMatchObject({
      __typename: 'RateLimitedError',
    });
    const newPassword = 'another long password';
    const input = { currentPassword: PASSWORD, newPassword };
    expect((await laptop.ask(ChangePassword, { input })).changePassword.__typename).toBe(
      'ChangePasswordSuccess',
    );
    expect(await trySignIn(server, { email, password: newPassword }, newAddress())).toMatchObject({
      __typename: 'SignInSuccess',
    });
  });

  test('the password is changed so often, by whatever session, so that this is no way around the limit', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { ipAddress: newAddress() });
    const change = async (currentPassword: string, newPassword: string) => {
      const { changePassword } = await laptop.ask(ChangePassword, {
        input: { currentPassword, newPassword },
      });
      return changePassword.__typename;
    };
    await useUp(`password changes ${await idOf(email)}`, RIGHT - 1);
    const another = 'another long password';
    // What changes nothing takes none.
    expect(await change(PASSWORD, PASSWORD)).toBe('InvalidInputError');
    expect(await change(PASSWORD, another)).toBe('ChangePasswordSuccess');
    expect(await change(another, PASSWORD)).toBe('RateLimitedError');
    expect(await change('wrong', PASSWORD)).toBe('RateLimitedError');
    expect(await limitsOf(await idOf(email))).toEqual([{ limit: 'password changes' }]);
  });

  test('six times the tries of a window may be right, where these are many', async () => {
    const own = await startTestServer({ CURFEW_SIGN_IN_LIMIT: '20/3m' });
    const { right } = own.core.throttles;
    await right.spend(Array(120).fill('sign-ins x'));
    await expect(right.spend(['sign-ins x'])).rejects.toThrow('Too many tries');
  });
});

describe('where nothing is left of what may be right, a wrong password is answered like a right one, and neither is checked:', () => {
  const checked = vi.spyOn(argon2, 'verify');
  onCleanup(() => checked.mockRestore());

  /** How each of the two is answered, and what that takes. */
  async function compare(answer: (password: string) => Promise<unknown>) {
    // The first one is written down.
    await answer(PASSWORD);
    const queries = countQueries();
    const taken = [];
    for (const password of [PASSWORD, 'wrong']) {
      const before = { queries: queries(), checked: checked.mock.calls.length };
      const answered = await answer(password);
      taken.push({
        answered,
        queries: queries() - before.queries,
        checked: checked.mock.calls.length - before.checked,
      });
    }
    return taken;
  }

  const refused = {
    answered: {
      __typename: 'RateLimitedError',
      retryAfter: expect.toSatisfy((seconds: number) => seconds > 3000 && seconds <= 3600),
    },
    checked: 0,
  };

  test('at a sign-in', async () => {
    const email = newEmail();
    await signUp(server, email, { ipAddress: newAddress() });
    await useUp(await signInsOf(email), RIGHT);
    const taken = await compare((password) => trySignIn(server, { email, password }, newAddress()));
    expect(taken).toMatchObject([refused, refused]);
    expect(taken[1]?.queries).toBe(taken[0]?.queries);
    expect(
      await server.core.db.auditEvent.count({ where: { type: 'SIGN_IN_FAILED', userId: await idOf(email) } }),
    ).toBe(0);
  });

  test('within a session', async () => {
    const laptop = await signUp(server, newEmail(), { ipAddress: newAddress() });
    await useUp(`confirmations ${decodeGlobalId(laptop.sessionId).id}`, RIGHT);
    const taken = await compare(
      async (password) => (await laptop.ask(ConfirmPassword, { password })).confirmPassword,
    );
    expect(taken).toMatchObject([refused, refused]);
    expect(taken[1]?.queries).toBe(taken[0]?.queries);
  });

  test('while a wrong email is still answered like a wrong password where there is some left', async () => {
    const email = newEmail();
    await signUp(server, email, { ipAddress: newAddress() });
    const queries = countQueries();
    const taken = [];
    for (const tried of [email, newEmail()]) {
      const before = queries();
      const answer = await trySignIn(server, { email: tried, password: 'wrong' }, newAddress());
      taken.push({ answer, queries: queries() - before });
    }
    expect(taken[1]).toEqual(taken[0]);
    expect(taken[0]?.answer).toMatchObject({ __typename: 'InvalidCredentialsError' });
  });
});
