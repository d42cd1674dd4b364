/** Devices that are known to be an account's: what strangers try costs them nothing, and what is not known is marked. */
import { describe, expect, test } from 'vitest';
import { Device, newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { ConfirmPassword, MySessions, SignIn } from '../operations.ts';
import { countQueries } from '../queries.ts';
import { createDatabase, HOUR, MINUTE, startTestServer, type TestServer } from '../server.ts';

const TRIES = 5;
const behindUs = { CURFEW_TRUSTED_PROXIES: '127.0.0.1' };
const strict = await startTestServer({ ...behindUs, CURFEW_SIGN_IN_LIMIT: `${TRIES}/1d` });
const server = await startTestServer(behindUs);

const HOME = '198.51.100.7';
const CAFE = '192.0.2.1';
let stranger = 0;
let homes = 0;

/** Signing up counts too. */
function newHome(): string {
  return `198.51.100.${++homes}`;
}

/** A password, from a device as it is. */
async function tryPassword(device: Device, email: string, password: string, delivery: 'COOKIE' | 'BEARER') {
  const { data } = await device.send(SignIn, { input: { email, password, delivery } });
  return data?.signIn.__typename;
}

/** Wrong passwords from many addresses, more than an account has. */
async function flood(email: string, userAgent?: string): Promise<void> {
  for (let count = 0; count <= 2 * TRIES; count++) {
    const device = new Device(strict, userAgent);
    device.moveTo(`203.0.113.${stranger++ % 250}`);
    await tryPassword(device, email, 'wrong', 'BEARER');
  }
}

/** The same browser without its session, as after it was signed out. */
function forget(from: Device, cookie = from.headers['cookie'] ?? ''): Device {
  const device = new Device(from.server, from.headers['user-agent']);
  device.headers['cookie'] = cookie.split('; ').find((pair) => pair.startsWith('device=')) ?? '';
  return device;
}

describe('a flood of wrong passwords from many addresses', () => {
  test('does not shut the owner out on a browser that signed in before, wherever it is', async () => {
    const email = newEmail();
    const laptop = await signUp(strict, email, { delivery: 'COOKIE', ipAddress: newHome() });
    await flood(email);
    const again = forget(laptop);
    again.moveTo(CAFE);
    expect(await tryPassword(again, email, PASSWORD, 'COOKIE')).toBe('SignInSuccess');
  });

  test('nor after more sign-ins than are looked at, as of somebody who knows the password', async () => {
    const email = newEmail();
    const laptop = await signUp(strict, email, { delivery: 'COOKIE', ipAddress: newHome() });
    await strict.core.db.$executeRaw`
      INSERT INTO sessions (id, user_id, kind, secret_hash, device_id, created_at, last_active_at, confirmed_at, expires_at, ended_at, end_reason)
      SELECT gen_random_uuid(), id, 'BROWSER', decode(repeat('00', 32), 'hex'), gen_random_uuid(), later, later, later, later, later, 'EVICTED'
      FROM users, generate_series(1, 600), (SELECT now() + interval '1 minute' AS later) _
      WHERE email = ${email}`;
    await flood(email);
    const again = forget(laptop);
    again.moveTo(CAFE);
    expect(await tryPassword(again, email, PASSWORD, 'COOKIE')).toBe('SignInSuccess');
  });

  test('nor from a network where the account was signed in to before', async () => {
    const email = newEmail();
    await signUp(strict, email, { ipAddress: '2001:db8:1:2::7' });
    await flood(email);
    const script = new Device(strict);
    script.moveTo('2001:db8:1:2:ffff::1');
    expect(await tryPassword(script, email, PASSWORD, 'BEARER')).toBe('SignInSuccess');
  });

  test('nor from confirming the password within a session', async () => {
    const email = newEmail();
    const laptop = await signUp(strict, email, { ipAddress: newHome() });
    await flood(email);
    const { confirmPassword } = await laptop.ask(ConfirmPassword, { password: PASSWORD });
    expect(confirmPassword.__typename).toBe('ConfirmPasswordSuccess');
  });

  test('does keep out a device that nobody knows, even with the right password', async () => {
    const email = newEmail();
    await signUp(strict, email, { ipAddress: newHome() });
    await flood(email);
    const unknown = new Device(strict);
    unknown.moveTo(CAFE);
    expect(await tryPassword(unknown, email, PASSWORD, 'BEARER')).toBe('RateLimitedError');
  });

  test('is told to the owner once, and not once for each try', async () => {
    const email = newEmail();
    await signUp(strict, email, { ipAddress: newHome() });
    await flood(email);
    const { id: userId } = await strict.core.db.user.findUniqueOrThrow({ where: { email } });
    const events = await strict.core.db.auditEvent.findMany({ where: { userId, type: 'LIMIT_EXCEEDED' } });
    expect(events).toMatchObject([
      { details: { limit: 'account' }, ipAddress: expect.stringMatching(/^203/) },
    ]);
  });
});

describe('who uses up the tries of a known device', () => {
  test('must have its cookie: one of another account’s device is worth nothing', async () => {
    const email = newEmail();
    await signUp(strict, email, { delivery: 'COOKIE', ipAddress: newHome(), userAgent: USER_AGENTS.desktop });
    const own = await signUp(strict, newEmail(), { delivery: 'COOKIE', ipAddress: '203.0.113.251' });
    await flood(email);
    for (const delivery of ['COOKIE', 'BEARER'] as const) {
      const attacker = forget(own);
      attacker.moveTo(`203.0.113.${stranger++ % 250}`);
      // Looks just like the owner's.
      attacker.headers['user-agent'] = USER_AGENTS.desktop;
      expect(await tryPassword(attacker, email, PASSWORD, delivery)).toBe('RateLimitedError');
    }
  });

  test('has as few as anybody', async () => {
    const email = newEmail();
    const ipAddress = newHome();
    const laptop = await signUp(strict, email, { delivery: 'COOKIE', ipAddress });
    const names = [];
    for (let count = 0; count <= TRIES; count++) {
      const thief = forget(laptop);
      thief.moveTo(`203.0.113.${stranger++ % 250}`);
      names.push(await tryPassword(thief, email, 'wrong', 'BEARER'));
    }
    expect(names).toEqual([...Array(TRIES).fill('InvalidCredentialsError'), 'RateLimitedError']);
    // The owner has others: at home by the network, and on the next device.
    const phone = new Device(strict);
    phone.moveTo(ipAddress);
    expect(await tryPassword(phone, email, PASSWORD, 'BEARER')).toBe('SignInSuccess');
  });

  test('can’t have made a cookie up', async () => {
    const email = newEmail();
    const laptop = await signUp(strict, email, { delivery: 'COOKIE', ipAddress: newHome() });
    await flood(email);
    const [, value = ''] = /device=([\w-]+)/.exec(laptop.headers['cookie'] ?? '') ?? [];
    for (const forged of [value.slice(1), `${value.slice(0, -1)}A`, `A${value.slice(1)}`, 'x', '']) {
      const attacker = forget(laptop, `device=${forged}`);
      attacker.moveTo(`203.0.113.${stranger++ % 250}`);
      if (forged === value) continue;
      expect(await tryPassword(attacker, email, PASSWORD, 'COOKIE')).toBe('RateLimitedError');
    }
  });
});

describe('a flood from one address', () => {
  /** Tries, each with an email of its own, until none costs a query any more. @returns how the first ones were answered. */
  async function floodFrom(makeDevice: () => Device, delivery: 'COOKIE' | 'BEARER'): Promise<unknown[]> {
    const ipAddress = newHome();
    const tryOnce = () => {
      const device = makeDevice();
      device.moveTo(ipAddress);
      return tryPassword(device, newEmail(), 'wrong', delivery);
    };
    const names = [];
    for (let count = 0; count <= 10 * TRIES; count++) names.push(await tryOnce());
    const queries = countQueries();
    for (let count = 0; count < 5; count++) expect(await tryOnce()).toBe('RateLimitedError');
    expect(queries()).toBe(0);
    return names.slice(0, TRIES + 1);
  }

  test.each(['COOKIE', 'BEARER'] as const)(
    'with the cookie of a device, for %s, costs no query once it is refused',
    async (delivery) => {
      const own = await signUp(strict, newEmail(), { delivery: 'COOKIE', ipAddress: newHome() });
      const names = await floodFrom(() => forget(own), delivery);
      expect(names).toEqual([...Array(TRIES).fill('InvalidCredentialsError'), 'RateLimitedError']);
    },
  );

  test.each(['COOKIE', 'BEARER'] as const)('without one, for %s, costs none either', async (delivery) => {
    const names = await floodFrom(() => new Device(strict), delivery);
    expect(names).toEqual([...Array(TRIES).fill('InvalidCredentialsError'), 'RateLimitedError']);
  });

  test('with cookies, that the address still has tries for, does not shut out an owner there', async () => {
    const email = newEmail();
    const ipAddress = newHome();
    const laptop = await signUp(strict, email, { delivery: 'COOKIE', ipAddress });
    const stranger = await signUp(strict, newEmail(), { delivery: 'COOKIE', ipAddress: newHome() });
    const names = [];
    for (let count = 0; count < 2 * TRIES; count++) {
      const attacker = forget(stranger);
      attacker.moveTo(ipAddress);
      names.push(await tryPassword(attacker, newEmail(), 'wrong', 'COOKIE'));
    }
    expect(names.at(-1)).toBe('RateLimitedError');
    const again = forget(laptop);
    again.moveTo(ipAddress);
    expect(await tryPassword(again, email, PASSWORD, 'COOKIE')).toBe('SignInSuccess');
  });
});

describe('the device cookie', () => {
  test('is HttpOnly, outlives the session, and is the same at each sign-in', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { delivery: 'COOKIE' });
    const again = forget(laptop);
    const { headers } = await again.send(SignIn, {
      input: { email, password: PASSWORD, delivery: 'COOKIE' },
    });
    const cookie = headers.getSetCookie().find((text) => text.startsWith('device=')) ?? '';
    expect(laptop.headers['cookie']).toContain(cookie.split(';')[0]);
    expect(cookie.split('; ').slice(1).sort()).toEqual([
      'HttpOnly',
      'Max-Age=34560000',
      'Path=/',
      'SameSite=Lax',
    ]);
  });

  test('signs nobody in', async () => {
    const laptop = await signUp(server, newEmail(), { delivery: 'COOKIE' });
    const { data } = await forget(laptop).send('{ viewer { id } }');
    expect(data).toEqual({ viewer: null });
  });
});

/** Its own session, as it sees it. */
async function current(device: Device) {
  const { mySessions } = await device.ask(MySessions, {});
  const [session] = mySessions.nodes;
  if (!session) throw new Error('There is no session');
  return session;
}

async function eventsOf(on: TestServer, email: string) {
  const { id: userId } = await on.core.db.user.findUniqueOrThrow({ where: { email } });
  return on.core.db.auditEvent.findMany({ where: { userId, type: 'SUSPICIOUS_SIGN_IN' } });
}

describe('isNewDevice', () => {
  test('is false for the first session of an account, and true for the next browser', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { delivery: 'COOKIE' });
    const phone = await signIn(server, email, { delivery: 'COOKIE', userAgent: USER_AGENTS.mobile });
    expect(await current(laptop)).toMatchObject({ isNewDevice: false });
    expect(await current(phone)).toMatchObject({ isNewDevice: true });
  });

  test('is false for a browser that signs in again, whatever its version is by then', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { delivery: 'COOKIE', userAgent: USER_AGENTS.desktop });
    await signIn(server, email, { delivery: 'COOKIE', userAgent: USER_AGENTS.mobile });
    const again = forget(laptop);
    again.headers['user-agent'] = USER_AGENTS.desktop.replace('142', '143');
    expect(await tryPassword(again, email, PASSWORD, 'COOKIE')).toBe('SignInSuccess');
    expect(await current(again)).toMatchObject({ isNewDevice: false });
  });

  test('is true for a browser that looks the same and has another’s cookie', async () => {
    const email = newEmail();
    const userAgent = USER_AGENTS.desktop;
    await signUp(server, email, { delivery: 'COOKIE', userAgent });
    const other = forget(await signUp(server, newEmail(), { delivery: 'COOKIE', userAgent }));
    await tryPassword(other, email, PASSWORD, 'COOKIE');
    expect(await current(other)).toMatchObject({ isNewDevice: true });
  });

  test('of a program without cookies goes by what it calls itself', async () => {
    const email = newEmail();
    await signUp(server, email, { userAgent: 'curl/8.4.0' });
    expect(await current(await signIn(server, email, { userAgent: 'curl/8.5.0' }))).toMatchObject({
      isNewDevice: false,
    });
    expect(await current(await signIn(server, email, { userAgent: 'Go-http-client/2.0' }))).toMatchObject({
      isNewDevice: true,
    });
  });
});

describe('isSuspicious', () => {
  test('is true from another address within an hour of the last sign-in, and on the trail', async () => {
    const email = newEmail();
    await signUp(server, email, { ipAddress: HOME });
    const cafe = await signIn(server, email, { ipAddress: CAFE });
    expect(await current(cafe)).toMatchObject({ isSuspicious: true, isNewDevice: false });
    expect(await eventsOf(server, email)).toMatchObject([
      { ipAddress: CAFE, details: { previousIpAddress: HOME } },
    ]);
  });

  test('is false from the same address, or the same /64 of IPv6', async () => {
    const email = newEmail();
    await signUp(server, email, { ipAddress: '2001:db8::1' });
    const same = await signIn(server, email, { ipAddress: '2001:db8::2' });
    expect(await current(same)).toMatchObject({ isSuspicious: false });
    const next = await signIn(server, email, { ipAddress: '2001:db8:0:1::2' });
    expect(await current(next)).toMatchObject({ isSuspicious: true });
  });

  test('goes by the last sign-in, and is false after an hour', async () => {
    const own = await startTestServer(behindUs);
    const email = newEmail();
    await signUp(own, email, { ipAddress: HOME });
    own.clock.advance(HOUR + MINUTE);
    const cafe = await signIn(own, email, { ipAddress: CAFE });
    expect(await current(cafe)).toMatchObject({ isSuspicious: false });
    const back = await signIn(own, email, { ipAddress: HOME });
    expect(await current(back)).toMatchObject({ isSuspicious: true });
  });

  test('of two at once from different places one is marked', async () => {
    const own = await startTestServer({ ...behindUs, DATABASE_URL: await createDatabase() });
    const email = newEmail();
    await signUp(own, email, { ipAddress: HOME });
    own.clock.advance(2 * HOUR);
    const devices = await Promise.all([HOME, CAFE].map((ipAddress) => signIn(own, email, { ipAddress })));
    const marks = await Promise.all(devices.map(async (device) => (await current(device)).isSuspicious));
    expect(marks.filter(Boolean)).toHaveLength(1);
  });
});
