/** What browsers are told with every answer, whatever it says and whoever says it. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Device, PASSWORD, signIn, signUp } from '../device.ts';
import { ChangePassword, RevokeSession, SignOut, SignOutEverywhere, Viewer } from '../operations.ts';
import { sendRaw, writeRequest } from '../raw.ts';
import { startTestServer, type TestServer } from '../server.ts';

const development = await startTestServer();
const production = await startTestServer({ NODE_ENV: 'production' });

const JSON_TYPE = { 'Content-Type': 'application/json' };
const QUERY = '{"query":"{ __typename }"}';

const post = (body: string, headers: Record<string, string> = {}) =>
  writeRequest('POST /graphql', { ...JSON_TYPE, 'Content-Length': body.length, ...headers }, body);

const upgrade = (path: string, headers: Record<string, string>) =>
  writeRequest(`GET ${path}`, {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  });

/** By its status, a request that is answered with it. */
const REQUESTS: [string, string][] = [
  ['200 to a query', post(QUERY)],
  ['200 to a GET', writeRequest('GET /graphql?query={__typename}', {})],
  ['200 to a request for an event stream', post(QUERY, { Accept: 'text/event-stream' })],
  ['200 to a query with a fault', post('{"query":"{ nothing }"}', { Accept: 'application/json' })],
  ['204 to a preflight', writeRequest('OPTIONS /graphql', {})],
  ['200 of health', writeRequest('GET /health/live', {})],
  ['200 of readiness', writeRequest('GET /health/ready', {})],
  ['400 to no JSON', post('{')],
  ['400 to a bad Host', post(QUERY, { Host: 'a b' })],
  ['401 to a gateway', writeRequest('GET /session', {})],
  ['403 to a foreign origin', post(QUERY, { Origin: 'https://evil.example' })],
  ['404', writeRequest('GET /nothing', {})],
  ['405', writeRequest('PUT /graphql', {})],
  ['406', post(QUERY, { Accept: 'image/png' })],
  ['413', writeRequest('POST /graphql', { ...JSON_TYPE, 'Content-Length': 1e9 }, QUERY)],
  ['415', post(QUERY, { 'Content-Type': 'text/plain' })],
  ['403 to the socket of a foreign origin', upgrade('/graphql', { Origin: 'https://evil.example' })],
  ['404 to a socket elsewhere', upgrade('/nothing', {})],
];

/** Each header once, by its name in lower case. */
function readHead(answer: string): Record<string, string> {
  const [head = ''] = answer.split('\r\n\r\n');
  const lines = head.split('\r\n').slice(1);
  const names = lines.map((line) => line.slice(0, line.indexOf(': ')).toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  return Object.fromEntries(lines.map((line, index) => [names[index], line.slice(line.indexOf(': ') + 2)]));
}

describe.each([
  ['in development', () => development, undefined],
  ['in production', () => production, 'max-age=63072000; includeSubDomains'],
])('%s', (_mode, on, transportSecurity) => {
  test.each(REQUESTS)('an answer of %s says what browsers may do with it', async (status, request) => {
    const answer = await sendRaw(on(), request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status.slice(0, 3)} `));
    const headers = readHead(answer);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['strict-transport-security']).toBe(transportSecurity);
    for (const telling of ['server', 'x-powered-by']) expect(headers).not.toHaveProperty(telling);
  });
});

describe('the page of GraphiQL', async () => {
  const response = await fetch(development.endpoint, { headers: { accept: 'text/html' } });
  const html = await response.text();
  const policy = new Map(
    (response.headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );

  test('runs its one script, and no other', () => {
    const scripts = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)];
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0]?.[1] ?? '')
      .digest('base64');
    expect(policy.get('script-src')).toEqual([`'sha256-${hash}'`]);
  });

  test('loads nothing from elsewhere, and sends nothing elsewhere', () => {
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('connect-src')).toEqual(["'self'"]);
    expect([...policy.values()].flat().filter((source) => /^https?:|^\*|unsafe-eval/.test(source))).toEqual(
      [],
    );
    for (const name of ['base-uri', 'form-action', 'frame-ancestors'])
      expect(policy.get(name)).toEqual(["'none'"]);
  });

  test('has every other header too', () => {
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });
});

describe('Clear-Site-Data', () => {
  const cleared = async (answer: Promise<{ headers: Headers; errors: unknown }>) => {
    const { headers, errors } = await answer;
    expect(errors).toBeUndefined();
    return {
      data: headers.get('clear-site-data'),
      cookie: /Max-Age=0/.test(headers.get('set-cookie') ?? ''),
    };
  };
  const CLEARED = { data: '"cache", "storage"', cookie: true };
  const KEPT = { data: null, cookie: false };
  const browser = (server: TestServer = development) => signUp(server, undefined, { delivery: 'COOKIE' });

  test.each<[string, (device: Device) => ReturnType<Device['send']>]>([
    ['signOut', (device) => device.send(SignOut)],
    ['revokeSession of its own', (device) => device.send(RevokeSession, { id: device.sessionId })],
    ['signOutEverywhere', (device) => device.send(SignOutEverywhere, { keepCurrent: false })],
  ])('has a browser forget what pages kept after %s, and leaves other cookies alone', async (_how, end) => {
    expect(await cleared(end(await browser()))).toEqual(CLEARED);
    expect(await cleared(end(await browser(production)))).toEqual(CLEARED);
  });

  test('is not sent where the own session goes on, or is no browser’s', async () => {
    const device = await browser();
    const { data } = await device.send('{ viewer { email } }');
    const email = (data as { viewer: { email: string } }).viewer.email;
    const other = await signIn(development, email, { delivery: 'COOKIE' });
    expect(await cleared(device.send(RevokeSession, { id: other.sessionId }))).toEqual(KEPT);
    expect(await cleared(device.send(SignOutEverywhere, { keepCurrent: true }))).toEqual(KEPT);
    const passwords = { currentPassword: PASSWORD, newPassword: `${PASSWORD} anew` };
    expect((await cleared(device.send(ChangePassword, { input: passwords }))).data).toBeNull();
    expect(await cleared(device.send(Viewer))).toEqual(KEPT);
    const app = await signUp(development);
    app.headers['cookie'] = device.headers['cookie'] ?? '';
    expect(await cleared(app.send(SignOut))).toEqual(KEPT);
  });
});
