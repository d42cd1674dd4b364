/** Pages of other sites: closed by default, opened by CURFEW_ORIGINS, in each way that a page can ask. */
import { describe, expect, test } from 'vitest';
import { send, signUp } from '../device.ts';
import { Viewer } from '../operations.ts';
import { sendRaw, writeRequest } from '../raw.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { open } from '../socket.ts';

const APP = 'https://app.example.com';
const closed = await startTestServer();
const opened = await startTestServer({ CURFEW_ORIGINS: `${APP}, http://localhost:5173` });
const production = await startTestServer({ NODE_ENV: 'production' });
const OWN = 'https://curfew.example';

const QUERY = '{ viewer { id } }';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Outcome {
  status: number;
  /** What browsers look at before they show the answer to the page. */
  allowed: string | null;
}
type Way = (server: TestServer, headers: Record<string, string>) => Promise<Outcome>;

async function request(server: TestServer, search: string, init: RequestInit): Promise<Outcome> {
  const response = await fetch(server.endpoint + search, init);
  await response.arrayBuffer();
  return { status: response.status, allowed: response.headers.get('access-control-allow-origin') };
}

const body = JSON.stringify({ query: QUERY });
const ways: Record<string, Way> = {
  'a POST': (server, headers) =>
    request(server, '', { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } }),
  'a GET': (server, headers) => request(server, `?query=${QUERY}`, { headers }),
  'a preflight': (server, headers) =>
    request(server, '', {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST', ...headers },
    }),
  'an event stream': (server, headers) =>
    request(server, `?query=${QUERY}`, { headers: { accept: 'text/event-stream', ...headers } }),
  'an event stream by POST': (server, headers) =>
    request(server, '', {
      method: 'POST',
      body,
      headers: { ...JSON_TYPE, accept: 'text/event-stream', ...headers },
    }),
  'a WebSocket': async (server, headers) => {
    const status = await open(server, { headers }).then(
      () => 101,
      (error: Error) => Number(/Unexpected server response: (\d+)/.exec(error.message)?.[1]),
    );
    return { status, allowed: null };
  },
};

function refusals(server: TestServer): string[] {
  const { port } = new URL(server.url);
  return [
    'https://evil.example',
    'null',
    '',
    `${APP}.evil.example`,
    'https://evil-app.example.com',
    'https://example.com',
    'https://x.app.example.com',
    `${APP}:8443`,
    `${APP}/`,
    'http://app.example.com',
    `${APP}, https://evil.example`,
    'http://localhost:51730',
    `${server.url}0`,
    server.url.slice(0, -1),
    `http://localhost:${port}`,
    `ws://127.0.0.1:${port}`,
    'http://127.0.0.1',
    'file://',
  ];
}

describe.each(Object.entries(ways))('%s', (_name, ask) => {
  test.each([
    ['by default', closed],
    ['where others are allowed', opened],
    ['in production', production],
  ])('from another origin, or one that looks alike, is refused %s', async (_when, server) => {
    for (const origin of refusals(server)) {
      expect({ origin, ...(await ask(server, { origin })) }).toEqual({ origin, status: 403, allowed: null });
    }
  });

  test('from an origin that is not among those set is refused by default', async () => {
    expect(await ask(closed, { origin: APP })).toEqual({ status: 403, allowed: null });
  });

  test('from the server’s own origin is let in, and over plain HTTP only in development', async () => {
    const own = await ask(closed, { origin: closed.url });
    expect(own.status).toBeLessThan(300);
    expect((await ask(production, { origin: production.url })).status).toBe(403);
    const { host } = new URL(production.url);
    expect((await ask(production, { origin: `https://${host}` })).status).toBeLessThan(300);
  });

  test('from the origin of CURFEW_URL is let in, whatever Host a proxy hands on', async () => {
    expect((await ask(production, { origin: OWN })).status).toBeLessThan(300);
    for (const origin of ['http://curfew.example', `${OWN}:8443`, 'https://x.curfew.example', `${OWN}/`]) {
      expect(await ask(production, { origin })).toEqual({ status: 403, allowed: null });
    }
    expect(await ask(closed, { origin: OWN })).toEqual({ status: 403, allowed: null });
  });

  test('from an origin of CURFEW_ORIGINS is let in', async () => {
    for (const origin of [APP, 'http://localhost:5173']) {
      const { status, allowed } = await ask(opened, { origin });
      expect(status).toBeLessThan(300);
      expect([null, origin]).toContain(allowed);
    }
  });

  test('that a browser marks as another site’s or another host’s is refused without an Origin too', async () => {
    for (const site of ['cross-site', 'same-site', 'nonsense']) {
      for (const mode of ['no-cors', 'cors', 'websocket']) {
        const marked = { 'sec-fetch-site': site, 'sec-fetch-mode': mode };
        expect({ marked, ...(await ask(closed, marked)) }).toEqual({ marked, status: 403, allowed: null });
      }
    }
    expect(
      (await ask(closed, { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).status,
    ).toBeLessThan(300);
  });
});

test('an allowed page may send credentials, and caches keep its answer apart', async () => {
  const { headers } = await fetch(opened.endpoint, { method: 'OPTIONS', headers: { origin: APP } });
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': APP,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST',
    vary: 'Origin',
  });
});

describe('a request that a foreign page can make without asking first', () => {
  const SIGN_OUT = 'mutation { signOut { session { id } } }';
  const asJson = JSON.stringify({ query: SIGN_OUT });
  const form = `--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n${SIGN_OUT}\r\n--x--\r\n`;
  const operations = `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${asJson}\r\n--x--\r\n`;

  test.each([
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent(SIGN_OUT)}`],
    ['APPLICATION/X-WWW-FORM-URLENCODED', `query=${encodeURIComponent(SIGN_OUT)}`],
    ['text/plain', asJson],
    ['text/plain;application/json', asJson],
    ['text/plain, application/json', asJson],
    ['multipart/form-data; boundary=x', form],
    ['multipart/form-data; boundary=x', operations],
    ['application/graphql', SIGN_OUT],
    ['', asJson],
  ])('can’t run a mutation as %s', async (type, content) => {
    const device = await signUp(closed, undefined, { delivery: 'COOKIE' });
    const response = await fetch(closed.endpoint, {
      method: 'POST',
      headers: { ...device.headers, 'content-type': type },
      body: content,
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
    expect((await device.send(Viewer)).data?.viewer).not.toBeNull();
  });

  test.each([
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent(SIGN_OUT)}`],
    ['text/plain', `${asJson.slice(0, -1)},"x":"="}`],
    ['multipart/form-data; boundary=x', form],
    ['application/json', asJson],
  ])(
    'is refused as the form that another site’s page submits, before its body is looked at: %s',
    async (type, content) => {
      const device = await signUp(opened, undefined, { delivery: 'COOKIE' });
      for (const origin of ['https://evil.example', 'null']) {
        // What a browser says of it.
        const marks = {
          'Sec-Fetch-Site': 'cross-site',
          'Sec-Fetch-Mode': 'navigate',
          'Sec-Fetch-Dest': 'document',
        };
        const headers = {
          ...device.headers,
          ...marks,
          Origin: origin,
          'Content-Type': type,
          'Content-Length': content.length,
        };
        expect(await sendRaw(opened, writeRequest('POST /graphql', headers, content))).toMatch(
          /^HTTP\/1.1 403 /,
        );
      }
      expect((await device.send(Viewer)).data?.viewer).not.toBeNull();
    },
  );

  test.each(['', 'x=1&', 'operationName=A&'])(
    'can’t run a mutation with a GET of ?%squery=',
    async (prefix) => {
      const device = await signUp(closed, undefined, { delivery: 'COOKIE' });
      const query = prefix.startsWith('operationName')
        ? `query B { viewer { id } } ${SIGN_OUT.replace('mutation', 'mutation A')}`
        : SIGN_OUT;
      // As a link on a foreign page is followed, which `fetch` can't do.
      const answer = await sendRaw(
        closed,
        writeRequest(`GET /graphql?${prefix}query=${encodeURIComponent(query)}`, {
          ...device.headers,
          'Sec-Fetch-Site': 'cross-site',
          'Sec-Fetch-Mode': 'navigate',
        }),
      );
      expect(answer).toMatch(/^HTTP\/1.1 405 /);
      expect((await device.send(Viewer)).data?.viewer).not.toBeNull();
    },
  );
});

test('a JSON body is taken however its type is spelled', async () => {
  for (const type of [
    'Application/JSON',
    'application/json ; charset=UTF-8',
    'application/json;charset="utf-8"',
  ]) {
    const answer = await send(closed, Viewer, undefined, { 'content-type': type });
    expect(answer).toMatchObject({ status: 200, data: { viewer: null } });
  }
});
