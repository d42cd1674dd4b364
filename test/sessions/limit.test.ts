/** How many sessions a user may have, and who goes when there is one too many. */
import { describe, expect, test } from 'vitest';
import { type Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { listen } from '../live/listen.ts';
import { Quota, SessionRevoked, SignIn, Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';

const LIMIT = 3;
const limit = { CURFEW_SESSION_LIMIT: String(LIMIT) };
const evicting = await startTestServer(limit);
const rejecting = await startTestServer({ ...limit, CURFEW_SESSION_LIMIT_POLICY: 'reject' });

const isSignedIn = async (device: Device) => (await device.ask(Viewer)).viewer !== null;

/** A sign-in for an API session, with whatever it is answered. */
async function trySignIn(email: string, replaceSessionId?: string | null, password = PASSWORD) {
  const input = { email, password, delivery: 'BEARER' as const };
  const { data } = await send(rejecting, SignIn, {
    input: { ...input, ...(replaceSessionId !== undefined && { replaceSessionId }) },
  });
  if (!data) throw new Error('There is no answer');
  return data.signIn;
}

/** An account at its limit. @returns its devices, the oldest first. */
async function fill(server: typeof rejecting, email: string): Promise<Device[]> {
  const devices = [await signUp(server, email)];
  while (devices.length < LIMIT) devices.push(await signIn(server, email));
  return devices;
}

test('of 50 sign-ins at once never more are live than may be', async () => {
  const email = newEmail();
  await signUp(evicting, email);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => {
      const delivery = n % 2 ? ('COOKIE' as const) : ('BEARER' as const);
      return send(evicting, SignIn, { input: { email, password: PASSWORD, delivery } });
    }),
  );
  // They wait for each other, and on a machine that is busy not for ever.
  const succeeded = answers.filter(({ data }) => data?.signIn?.__typename === 'SignInSuccess');
  expect(succeeded.length).toBeGreaterThan(2 * LIMIT);
  const where = { user: { email }, endedAt: null };
  expect(await evicting.core.db.session.count({ where: { ...where, kind: 'API' } })).toBe(LIMIT);
  expect(await evicting.core.db.session.count({ where: { ...where, kind: 'BROWSER' } })).toBe(LIMIT);
});

test('the least recently active makes room, and hears of it', async () => {
  const email = newEmail();
  const [first] = await fill(evicting, email);
  if (!first) throw new Error('There is no device');
  const heard = await listen(evicting, first, SessionRevoked);
  await signIn(evicting, email);
  expect(await heard.closed).toEqual({ code: 4403, reason: 'EVICTED' });
  expect(heard.events).toMatchObject([{ sessionRevoked: { isCurrent: true, reason: 'EVICTED' } }]);
});

test('each kind has a limit of its own', async () => {
  const email = newEmail();
  const devices = await fill(evicting, email);
  for (let count = 0; count < LIMIT; count++) await signIn(evicting, email, { delivery: 'COOKIE' });
  for (const device of devices) expect(await isSignedIn(device)).toBe(true);
});

test('the quota says how many there are, and may be, of a kind', async () => {
  const email = newEmail();
  const laptop = await signUp(evicting, email, { delivery: 'COOKIE' });
  await signIn(evicting, email);
  await signIn(evicting, email);
  expect(await laptop.ask(Quota, {})).toEqual({ viewer: { sessionQuota: { used: 1, max: LIMIT } } });
  expect(await laptop.ask(Quota, { kind: 'API' })).toEqual({
    viewer: { sessionQuota: { used: 2, max: LIMIT } },
  });
});

describe('a sign-in that is refused', () => {
  test('lists the sessions to choose from, the most recently active first', async () => {
    const email = newEmail();
    const devices = await fill(rejecting, email);
    await signIn(rejecting, email, { delivery: 'COOKIE' });
    const refused = await trySignIn(email);
    if (refused.__typename !== 'SessionLimitReachedError') throw new Error(JSON.stringify(refused));
    expect(refused.sessions.map(({ id }) => id)).toEqual(devices.map(({ sessionId }) => sessionId).reverse());
    expect(refused.sessions).toMatchObject(
      devices.map(() => ({ status: 'ACTIVE', kind: 'API', isCurrent: false })),
    );
    for (const device of devices) expect(await isSignedIn(device)).toBe(true);
  });

  test('lists nothing to who doesn’t know the password', async () => {
    const email = newEmail();
    await fill(rejecting, email);
    expect(await trySignIn(email, undefined, 'not the password')).toEqual({
      __typename: 'InvalidCredentialsError',
      message: expect.any(String),
    });
  });

  test('succeeds with the id of the session to end, which hears of it', async () => {
    const email = newEmail();
    const [first, second, third] = await fill(rejecting, email);
    if (!first || !second || !third) throw new Error('There are no devices');
    const heard = await listen(rejecting, second, SessionRevoked);
    expect((await trySignIn(email, second.sessionId)).__typename).toBe('SignInSuccess');
    expect(await heard.closed).toEqual({ code: 4403, reason: 'EVICTED' });
    expect(await Promise.all([first, second, third].map(isSignedIn))).toEqual([true, false, true]);
  });

  test('is not made good by a session that has ended, and loses none', async () => {
    const email = newEmail();
    const [first] = await fill(rejecting, email);
    if (!first) throw new Error('There is no device');
    expect((await trySignIn(email, first.sessionId)).__typename).toBe('SignInSuccess');
    expect((await trySignIn(email, first.sessionId)).__typename).toBe('SessionLimitReachedError');
  });

  test('nor by one of the other kind, which stays', async () => {
    const email = newEmail();
    await fill(rejecting, email);
    const browser = await signIn(rejecting, email, { delivery: 'COOKIE' });
    expect((await trySignIn(email, browser.sessionId)).__typename).toBe('SessionLimitReachedError');
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('of 20 at once that replace the same session one succeeds', async () => {
    const email = newEmail();
    const [first] = await fill(rejecting, email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => trySignIn(email, first?.sessionId)));
    expect(answers.filter(({ __typename }) => __typename === 'SignInSuccess')).toHaveLength(1);
    expect(await rejecting.core.db.session.count({ where: { user: { email }, endedAt: null } })).toBe(LIMIT);
  });
});

describe('replaceSessionId', () => {
  test('of somebody else, of nobody, and no id at all are answered alike, and end nothing', async () => {
    const email = newEmail();
    const own = await fill(rejecting, email);
    const other = await signUp(rejecting);
    const made = Buffer.from('Session:01890000-0000-7000-8000-000000000000').toString('base64url');
    const answers = [];
    for (const id of [other.sessionId, made, 'no id', '']) answers.push(await trySignIn(email, id));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ __typename: 'InvalidInputError', path: ['replaceSessionId'] });
    for (const device of [...own, other]) expect(await isSignedIn(device)).toBe(true);
  });

  test('that is null replaces nothing', async () => {
    const email = newEmail();
    await signUp(rejecting, email);
    expect((await trySignIn(email, null)).__typename).toBe('SignInSuccess');
  });

  test('ends the chosen session below the limit too', async () => {
    const email = newEmail();
    const laptop = await signUp(rejecting, email);
    expect((await trySignIn(email, laptop.sessionId)).__typename).toBe('SignInSuccess');
    expect(await isSignedIn(laptop)).toBe(false);
  });
});
