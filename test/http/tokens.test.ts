/** Tokens that are not good, or in the wrong place: the viewer is null, and nothing breaks. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deriveSigningKeys, makeSecret, writeToken } from '../../src/sessions/token.ts';
import { type Device, newEmail, PASSWORD, send, sessionCookieOf, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { SignIn, SignOut, SignUp, Viewer } from '../operations.ts';
import { createDatabase, startTestServer, TEST_SECRET, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';
import { transports } from '../transports.ts';

const server = await startTestServer();
const { core } = server;
const transient = { core };

const api = await sessionFactory.api().create({}, { transient });
const browser = await sessionFactory.create({}, { transient });
const ended = await sessionFactory.api().ended().create({}, { transient });
const expired = await sessionFactory.api().expired().create({}, { transient });
const idle = await sessionFactory.idle().create({}, { transient });

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookie = (value: string) => ({ cookie: `session=${value}` });
const foreignKeys = deriveSigningKeys(['a secret that this server has never heard of']);
const cut = api.token.slice(0, -1);
const flipped = cut + (api.token.endsWith('A') ? 'B' : 'A');

const BAD: Record<string, Record<string, string>> = {
  'no token': bearer(''),
  'the scheme alone': { authorization: 'Bearer' },
  'a prefix alone': bearer('cfw_'),
  garbage: bearer(`cfw_${randomBytes(48).toString('base64url')}`),
  'bytes that are no text': { authorization: 'Bearer cfw_\u00ff\u00fe' },
  'kilobytes of it': bearer(`cfw_${'A'.repeat(8000)}`),
  'a token cut short': bearer(`cfw_${cut}`),
  'a token with its last character changed': bearer(`cfw_${flipped}`),
  'a token and more': bearer(`cfw_${api.token}A`),
  'a token signed with another key': bearer(`cfw_${writeToken(foreignKeys, api.session.id, makeSecret())}`),
  'a signed token with a wrong secret': bearer(`cfw_${writeToken(core.keys, api.session.id, makeSecret())}`),
  'a signed token of no session': bearer(
    `cfw_${writeToken(core.keys, '0198c0de-0000-7000-8000-000000000000', makeSecret())}`,
  ),
  'the token of a session that ended': ended.headers,
  'the token of a session past its lifetime': expired.headers,
  'the cookie of an idle session': idle.headers,
  'a token without its prefix': bearer(api.token),
  'a browser’s token as Bearer': bearer(`cfw_${browser.token}`),
  'a Bearer token as a cookie': cookie(api.token),
  'a Bearer token with its prefix as a cookie': cookie(`cfw_${api.token}`),
  'a cookie of another name': { cookie: `__Host-session=${browser.token}` },
  'a cookie in quotes': cookie(`"${browser.token}"`),
  'two good cookies': {
    cookie: `session=${browser.token}; session=${writeToken(core.keys, api.session.id, makeSecret())}`,
  },
  'a bad Bearer token beside a good cookie': { ...bearer('cfw_x'), ...browser.headers },
  'cookies that are none': { cookie: ';;=;session;session=;%00=%' },
};

const WHO = '{ viewer { id } currentSession { id } }';

describe.each(transports)('over $name', ({ run }) => {
  test.each(Object.entries(BAD))('%s is nobody', async (_what, headers) => {
    expect(await run(server, { query: WHO, headers })).toEqual({
      status: 200,
      data: { viewer: null, currentSession: null },
    });
    const { status, errors } = await run(server, { query: '{ mySessions { totalCount } }', headers });
    expect({ status, errors }).toMatchObject({
      status: 200,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('a good token is taken, its scheme in any case', async () => {
    for (const [made, headers] of [
      [api, api.headers],
      [api, { authorization: `bEARER   cfw_${api.token} ` }],
      [browser, browser.headers],
      [browser, { cookie: `a=1; session=${browser.token};b` }],
      // Another application on this host has a cookie of the same name.
      [browser, { cookie: `session=somebody-else; session=${browser.token}` }],
      [browser, { cookie: `session=${browser.token}; session=${browser.token}` }],
      // A scheme that is not ours says nothing of our cookie.
      [browser, { ...browser.headers, authorization: 'Basic YTpi' }],
      // The header wins.
      [api, { ...browser.headers, ...api.headers }],
    ] as const) {
      const { data } = await run(server, { query: WHO, headers });
      const id = Buffer.from(`Session:${made.session.id}`).toString('base64url');
      expect({ headers, data }).toMatchObject({ data: { currentSession: { id } } });
    }
  });
});

describe('connectionParams', () => {
  const { authorization = '' } = api.headers;

  test.each([
    ['a number', 42],
    ['a list', [authorization]],
    ['an object', { token: authorization }],
    ['true', true],
  ])('whose authorization is %s fail each operation, and leave the socket open', async (_what, value) => {
    const socket = await connect(server, { params: { authorization: value }, headers: browser.headers });
    for (let round = 0; round < 2; round += 1) {
      expect((await socket.run(WHO)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test.each([
    ['a good token', { authorization }, true],
    ['a good token under a name in another case', { Authorization: authorization }, true],
    ['null', { authorization: null }, false],
    ['garbage', { authorization: 'Bearer cfw_x' }, false],
    ['an inherited name', JSON.parse('{"__proto__":{"authorization":"x"}}') as unknown, false],
    ['nothing', undefined, false],
  ])('with %s', async (_what, params, isSomebody) => {
    const { data } = await (await connect(server, { params })).run(WHO);
    expect(data?.['viewer'] !== null).toBe(isSomebody);
  });

  test('win over the header and the cookie of the upgrade', async () => {
    const socket = await connect(server, { params: { authorization: 'Bearer cfw_x' }, headers: api.headers });
    expect((await socket.run(WHO)).data).toEqual({ viewer: null, currentSession: null });
  });
});

describe('the cookie', () => {
  const input = { email: newEmail(), password: PASSWORD };

  async function readAttributes(on: TestServer): Promise<string[]> {
    const answer = await send(on, SignUp, { input: { ...input, delivery: 'COOKIE' } });
    expect(answer.data?.signUp).toMatchObject({ token: null });
    return (sessionCookieOf(answer) ?? '').split('; ');
  }

  test('is called `session` in development, and works without TLS', async () => {
    const [value, ...attributes] = await readAttributes(server);
    expect(value).toMatch(/^session=[\w-]{86}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=34560000', 'Path=/', 'SameSite=Lax']);
  });

  test('is `__Host-session`, and Secure, in production', async () => {
    const production = await startTestServer({ NODE_ENV: 'production' });
    const [value = '', ...attributes] = await readAttributes(production);
    expect(value).toMatch(/^__Host-session=[\w-]{86}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=34560000', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect((await send(production, Viewer, undefined, { cookie: value })).data?.viewer).not.toBeNull();
    const bare = { cookie: value.replace('__Host-', '') };
    expect((await send(production, Viewer, undefined, bare)).data?.viewer).toBeNull();
  });

  test('is not set for a Bearer token, and cleared when its own session signs out', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email, { delivery: 'COOKIE' });
    const { data, headers } = await send(server, SignIn, {
      input: { email, password: PASSWORD, delivery: 'BEARER' },
    });
    expect(headers.getSetCookie()).toEqual([]);
    expect(data?.signIn).toMatchObject({ token: expect.stringMatching(/^cfw_[\w-]{86}$/) });
    const phone = await signIn(server, email);
    const both: Device['headers'] = { ...laptop.headers, ...phone.headers };
    const signedOut = await send(server, SignOut, undefined, both);
    expect(signedOut.data?.signOut.session.id).toBe(phone.sessionId);
    expect(signedOut.headers.getSetCookie()).toEqual([]);
    expect((await laptop.ask(Viewer)).viewer?.email).toBe(email);
    const cleared = await laptop.send(SignOut);
    expect(cleared.headers.getSetCookie()).toEqual(['session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
  });
});

test('signing keys rotate without signing anybody out, until the old one is dropped', async () => {
  const newer = 'a newer secret of which the old servers know nothing';
  const DATABASE_URL = await createDatabase();
  const before = await startTestServer({ DATABASE_URL });
  const during = await startTestServer({ DATABASE_URL, CURFEW_SECRETS: `${newer},${TEST_SECRET}` });
  const after = await startTestServer({ DATABASE_URL, CURFEW_SECRETS: newer });
  const email = newEmail();
  const old = await signUp(before, email);
  const fresh = await signIn(during, email);
  const isSomebody = async (on: TestServer, { headers }: Device) =>
    (await send(on, Viewer, undefined, headers)).data?.viewer !== null;
  expect([await isSomebody(during, old), await isSomebody(after, old)]).toEqual([true, false]);
  expect([
    await isSomebody(before, fresh),
    await isSomebody(during, fresh),
    await isSomebody(after, fresh),
  ]).toEqual([false, true, true]);
});
