/** `Curfew-Session`: a request that is meant for one session does nothing for another, whoever’s cookie it carries by now. */
import { describe, expect, test } from 'vitest';
import { SHOP_KEY, SHOP_SETTINGS } from '../administration/askers.ts';
import { newEmail, PASSWORD, sessionCookieOf, signIn, signUp } from '../device.ts';
import { ConfirmPassword, SignIn, Viewer } from '../operations.ts';
import { countQueries } from '../queries.ts';
import { startTestServer } from '../server.ts';
import { connect } from '../socket.ts';
import { transports } from '../transports.ts';

const server = await startTestServer(SHOP_SETTINGS);
const email = newEmail();
const ada = await signUp(server, email, { delivery: 'COOKIE' });
const adasPhone = await signIn(server, email);
const bob = await signUp(server, newEmail(), { delivery: 'COOKIE' });

const WHO = '{ viewer { id } currentSession { id } }';
const NOBODY = { viewer: null, currentSession: null };
const expecting = (id: string) => ({ 'curfew-session': id });

describe.each(transports)('over $name', ({ run }) => {
  test('a request is answered that comes with the session it is meant for', async () => {
    for (const { headers, sessionId } of [ada, adasPhone]) {
      const { data } = await run(server, { query: WHO, headers: { ...headers, ...expecting(sessionId) } });
      expect(data?.['currentSession']).toEqual({ id: sessionId });
    }
  });

  test.each([
    ['another user’s', () => bob.sessionId],
    ['another of the same user', () => adasPhone.sessionId],
    ['one that is none', () => 'nonsense'],
    ['one without a name', () => ''],
    ['two of them', () => `${ada.sessionId}, ${ada.sessionId}`],
    ['one in other letters', () => ada.sessionId.toLowerCase()],
  ])('a request that is meant for %s is answered like one without', async (_which, idOf) => {
    const headers = { ...ada.headers, ...expecting(idOf()) };
    expect(await run(server, { query: WHO, headers })).toEqual({ status: 200, data: NOBODY });
  });

  test.each([
    'mutation { signOut { session { id } } }',
    'mutation { signOutEverywhere(keepCurrent: false) { __typename } }',
    `mutation { revokeSession(id: "${bob.sessionId}") { __typename } }`,
    'mutation { changeLanguage(language: "fr") { __typename } }',
  ])('nothing is done for the session that comes instead: %s', async (query) => {
    const headers = { ...bob.headers, ...expecting(ada.sessionId) };
    const { errors } = await run(server, { query, headers });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await bob.ask(Viewer)).viewer).not.toBeNull();
  });

  test('a backend is no session that anything is meant for', async () => {
    const query = '{ userSessions(userId: "nobody") { totalCount } }';
    const headers = { authorization: `Bearer ${SHOP_KEY}` };
    expect((await run(server, { query, headers })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    const { errors } = await run(server, { query, headers: { ...headers, ...expecting(ada.sessionId) } });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('connectionParams', () => {
  test('say what a socket is meant for, in any case, and before its handshake', async () => {
    for (const name of ['Curfew-Session', 'curfew-session']) {
      const good = await connect(server, {
        headers: { ...ada.headers, ...expecting(bob.sessionId) },
        params: { [name]: ada.sessionId },
      });
      expect((await good.run(WHO)).data?.['currentSession']).toEqual({ id: ada.sessionId });
      const bad = await connect(server, { headers: bob.headers, params: { [name]: ada.sessionId } });
      expect((await bad.run(WHO)).data).toEqual(NOBODY);
    }
  });

  test('that say it in anything but text fail each operation', async () => {
    const socket = await connect(server, { headers: ada.headers, params: { 'Curfew-Session': 42 } });
    expect((await socket.run(WHO)).errors).toMatchObject([
      { message: expect.stringContaining('connectionParams.curfew-session must be text') },
    ]);
  });
});

test('a session that comes instead is not asked for, and not used', async () => {
  const forgetful = await startTestServer({ CURFEW_MEMORY_SESSIONS: '0' });
  const { headers, sessionId } = await signUp(forgetful);
  const ask = async (id: string) => {
    const count = countQueries();
    await fetch(`${forgetful.url}/session`, { headers: { ...headers, ...expecting(id) } });
    return count();
  };
  expect(await ask(ada.sessionId)).toBe(0);
  expect(await ask(sessionId)).toBeGreaterThan(0);
});

test('a gateway is told of no session that the request is not meant for', async () => {
  const ask = async (id: string) =>
    (await fetch(`${server.url}/session`, { headers: { ...ada.headers, ...expecting(id) } })).status;
  expect([await ask(ada.sessionId), await ask(bob.sessionId)]).toEqual([200, 401]);
});

test('a session stays the same, whatever token it gets', async () => {
  const device = await signUp(server, newEmail(), { delivery: 'COOKIE' });
  device.headers['curfew-session'] = device.sessionId;
  await device.ask(ConfirmPassword, { password: PASSWORD });
  expect((await device.ask(Viewer)).viewer).not.toBeNull();
});

test('a sign-in that was meant for another session doesn’t end the one that comes instead', async () => {
  const mine = newEmail();
  const before = await signUp(server, mine, { delivery: 'COOKIE' });
  const { cookie = '' } = before.headers;
  before.headers['curfew-session'] = ada.sessionId;
  const answer = await before.send(SignIn, { input: { email: mine, password: PASSWORD } });
  expect(sessionCookieOf(answer)).toBeDefined();
  const again = await fetch(`${server.url}/session`, { headers: { cookie } });
  expect(again.status).toBe(200);
});

test('a page of another origin that is allowed may say it', async () => {
  const origin = 'https://app.example.com';
  const open = await startTestServer({ CURFEW_ORIGINS: origin });
  const { headers } = await fetch(open.endpoint, { method: 'OPTIONS', headers: { origin } });
  expect(headers.get('access-control-allow-headers')?.split(', ')).toContain('Curfew-Session');
});
