/** The address and the name of the device behind a request, as sockets and proxies tell them. */
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ForwardedHeader } from '../../src/config.ts';
import type { Client } from '../../src/core.ts';
import { createClientReader } from '../../src/http/client.ts';
import { onCleanup } from '../cleanup.ts';
import { newEmail, PASSWORD } from '../device.ts';
import { startTestServer } from '../server.ts';
import { transports } from '../transports.ts';

interface Setup {
  trustedProxies?: string[];
  header?: ForwardedHeader;
  headers?: Record<string, string | string[]>;
  /** Where the server listens and how it is reached. */
  listen?: string;
  connect?: string;
}

/** What a server reads of a real request. */
async function readClient({
  trustedProxies = [],
  header = 'x-forwarded-for',
  headers = {},
  listen,
  connect,
}: Setup): Promise<Client> {
  const describeClient = createClientReader(trustedProxies, header);
  const server = createServer((request, response) => response.end(JSON.stringify(describeClient(request))));
  await new Promise<void>((resolve) => server.listen(0, listen ?? '127.0.0.1', resolve));
  onCleanup(() => server.close());
  const { port } = server.address() as AddressInfo;
  const body = await new Promise<string>((resolve, reject) => {
    const options = { host: connect ?? '127.0.0.1', port, headers, agent: false };
    httpRequest(options, (response) => resolve(text(response)))
      .on('error', reject)
      .end();
  });
  return JSON.parse(body);
}

const forwarded = (value: string | string[]) => ({ 'X-Forwarded-For': value });

/** What is told of a device behind a proxy at 127.0.0.1, which is trusted, as are those in 10.0.0.0/8. */
async function readForwarded(value: string | string[], others: Record<string, string> = {}) {
  const trustedProxies = ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'];
  const headers = { Forwarded: value, ...others };
  return (await readClient({ trustedProxies, header: 'forwarded', headers })).ipAddress;
}

describe('the address', () => {
  test('is that of the socket', async () => {
    expect(await readClient({})).toMatchObject({ ipAddress: '127.0.0.1' });
  });

  test('of IPv4 is in its own form, also on a socket for both', async () => {
    expect(await readClient({ listen: '::' })).toMatchObject({ ipAddress: '127.0.0.1' });
  });

  test('of IPv6 is in its own form', async () => {
    expect(await readClient({ listen: '::', connect: '::1' })).toMatchObject({ ipAddress: '::1' });
  });

  test.each([[], ['10.0.0.0/8', '::1']])(
    'is not what X-Forwarded-For says, unless its sender is a trusted proxy: %j',
    async (...trustedProxies) => {
      const headers = forwarded('203.0.113.7');
      expect(await readClient({ trustedProxies, headers })).toMatchObject({ ipAddress: '127.0.0.1' });
    },
  );

  test.each(['127.0.0.1', '127.0.0.0/8', '::ffff:127.0.0.1'])(
    'is what a trusted proxy says: %s',
    async (proxy) => {
      const headers = forwarded('203.0.113.7');
      expect(await readClient({ trustedProxies: [proxy], headers })).toMatchObject({
        ipAddress: '203.0.113.7',
      });
    },
  );

  test('is what a trusted proxy says, also when it comes in as IPv4 over an IPv6 socket', async () => {
    const options = { trustedProxies: ['127.0.0.1'], headers: forwarded('203.0.113.7'), listen: '::' };
    expect(await readClient(options)).toMatchObject({ ipAddress: '203.0.113.7' });
  });

  test.each([
    ['what the client itself sent is not believed', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['trusted proxies in a row are passed over', '203.0.113.7, 10.0.0.1, 10.0.0.2', '203.0.113.7'],
    ['the farthest counts when all are trusted', '10.0.0.3, 10.0.0.1', '10.0.0.3'],
    ['a trusted one may write its port', '203.0.113.7, 10.0.0.1:443', '203.0.113.7'],
    ['what is no address ends the way', '198.51.100.1, unknown, 10.0.0.1', null],
  ])('behind a trusted proxy: %s', async (_promise, chain, ipAddress) => {
    const trustedProxies = ['127.0.0.1', '10.0.0.0/8'];
    expect(await readClient({ trustedProxies, headers: forwarded(chain) })).toMatchObject({ ipAddress });
  });

  test.each([
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:FFFF:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:51234', '203.0.113.7'],
    ['::ffff:0:cb00:7107', '::ffff:0:cb00:7107'],
  ])('that a proxy writes as %s is %s', async (written, ipAddress) => {
    const trustedProxies = ['127.0.0.1'];
    expect(await readClient({ trustedProxies, headers: forwarded(written) })).toMatchObject({ ipAddress });
  });

  test.each([
    'garbage',
    'unknown',
    '1.2.3',
    '256.1.1.1',
    "'; DROP TABLE users",
    '203.0.113.7:port',
    '_hidden',
  ])('is unknown when a trusted proxy says %s', async (value) => {
    const trustedProxies = ['127.0.0.1'];
    expect(await readClient({ trustedProxies, headers: forwarded(value) })).toMatchObject({
      ipAddress: null,
    });
  });

  test.each(['', ' , ,'])('is the proxy’s own when it says nothing: “%s”', async (value) => {
    const trustedProxies = ['127.0.0.1'];
    expect(await readClient({ trustedProxies, headers: forwarded(value) })).toMatchObject({
      ipAddress: '127.0.0.1',
    });
  });

  test('of several lines of a header is the last one’s', async () => {
    const trustedProxies = ['127.0.0.1'];
    const headers = forwarded(['198.51.100.1', '203.0.113.7']);
    expect(await readClient({ trustedProxies, headers })).toMatchObject({ ipAddress: '203.0.113.7' });
  });

  test.each([
    ['x-forwarded-for', 'Forwarded', 'for=198.51.100.1'],
    ['forwarded', 'X-Forwarded-For', '198.51.100.1'],
  ] as const)(
    'is never taken from the header that is not chosen, which proxies hand on: %s',
    async (header, other, value) => {
      const read = (headers: Record<string, string>) =>
        readClient({ trustedProxies: ['127.0.0.1'], header, headers });
      expect(await read({ [other]: value })).toMatchObject({ ipAddress: '127.0.0.1' });
      const both = { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7', [other]: value };
      expect(await read(both)).toMatchObject({ ipAddress: '203.0.113.7' });
    },
  );
});

describe('the address in Forwarded', () => {
  test.each([[], ['10.0.0.0/8', '::1']])(
    'is not believed, unless its sender is a trusted proxy: %j',
    async (...trustedProxies) => {
      const options = {
        trustedProxies,
        header: 'forwarded',
        headers: { Forwarded: 'for=203.0.113.7' },
      } as const;
      expect(await readClient(options)).toMatchObject({ ipAddress: '127.0.0.1' });
    },
  );

  test.each([
    ['for=203.0.113.7', '203.0.113.7'],
    ['For=203.0.113.7;proto=https;by=10.0.0.1', '203.0.113.7'],
    ['proto=https;by=10.0.0.1;FOR=203.0.113.7;host=auth.example.com', '203.0.113.7'],
    ['proto=https ; for=203.0.113.7 ;', '203.0.113.7'],
    ['for="203.0.113.7:51234"', '203.0.113.7'],
    ['for=203.0.113.7:51234', '203.0.113.7'],
    ['for="203.0.113.7:_port"', '203.0.113.7'],
    ['for="[2001:db8::7]"', '2001:db8::7'],
    ['for="[2001:db8::7]:51234"', '2001:db8::7'],
    ['for="[2001:db8::7]:_hidden.1-2"', '2001:db8::7'],
    ['for=[2001:db8::7]:51234', '2001:db8::7'],
    ['for="2001:db8::7"', '2001:db8::7'],
    ['for="[::ffff:203.0.113.7]"', '203.0.113.7'],
    ['for="\\[2001:db8::7\\]"', '2001:db8::7'],
    ['for=203.0.113.7;ext="a, b; for=198.51.100.1"', '203.0.113.7'],
    ['for=203.0.113.7;ext="a\\", for=198.51.100.1, \\"b"', '203.0.113.7'],
    ['for=203.0.113.7;ext="a\\\\"', '203.0.113.7'],
    [', for=203.0.113.7, ,', '203.0.113.7'],
  ])('is read from %s', async (value, ipAddress) => {
    expect(await readForwarded(value)).toBe(ipAddress);
  });

  test.each([
    ['what the client itself sent is not believed', 'for=198.51.100.1, for=203.0.113.7', '203.0.113.7'],
    [
      'trusted proxies in a row are passed over',
      'for=203.0.113.7, for=10.0.0.1, for=10.0.0.2',
      '203.0.113.7',
    ],
    [
      'also those that hide in IPv6',
      'for=203.0.113.7, for="[fd00::1]:443", for="[::ffff:10.0.0.2]"',
      '203.0.113.7',
    ],
    ['the farthest counts when all are trusted', 'for=10.0.0.3, for=10.0.0.1', '10.0.0.3'],
    [
      'an identifier that hides the address ends the way',
      'for=198.51.100.1, for=_hidden, for=10.0.0.1',
      null,
    ],
    ['so does “unknown”', 'for=198.51.100.1, for=unknown, for=10.0.0.1', null],
    ['so does a proxy that doesn’t say for whom', 'for=198.51.100.1, proto=https', null],
    ['so does one that says it twice', 'for=198.51.100.1, for=203.0.113.7;for=198.51.100.2', null],
  ])('behind trusted proxies: %s', async (_promise, value, ipAddress) => {
    expect(await readForwarded(value)).toBe(ipAddress);
  });

  test('of several lines is the last one’s', async () => {
    expect(await readForwarded(['for=198.51.100.1', 'for=203.0.113.7, for=10.0.0.1'])).toBe('203.0.113.7');
    expect(await readForwarded(['for="198.51.100.1', 'for=203.0.113.7'])).toBe('203.0.113.7');
  });

  test.each(['', ', ,', ' '])('is the proxy’s own when it says nothing: “%s”', async (value) => {
    expect(await readForwarded(value)).toBe('127.0.0.1');
  });

  // A proxy adds its own element to what the client has sent.
  test.each([
    'for="198.51.100.1',
    'for="',
    '"',
    'for=198.51.100.1;by="',
    'for="198.51.100.1\\',
    'for=198.51.100.1;for="a\\"',
    'for=10.0.0.1;host="x", for=198.51.100.1;ext="',
    ';;;===,,,"\\"",',
    '\u00ff\u00fe=\u0080',
    `for=${'9'.repeat(4000)}`,
    '"\\'.repeat(3000),
    'for=198.51.100.1,'.repeat(500),
  ])('is what the proxy adds, whatever the client had sent: %s', async (sent) => {
    for (const [added, ipAddress] of [
      ['for=203.0.113.7', '203.0.113.7'],
      ['for="[2001:db8::7]:51234"', '2001:db8::7'],
      ['for="[2001:db8::7]";host="a\\", for=198.51.100.2;b=\\"";proto=https', '2001:db8::7'],
      ['for=203.0.113.7;host=";for=198.51.100.2"', '203.0.113.7'],
    ] as const) {
      expect({ added, is: await readForwarded(`${sent}, ${added}`) }).toEqual({ added, is: ipAddress });
    }
  });

  test.each([
    'garbage',
    'for',
    'for=',
    'for=""',
    'for=a b',
    'for="a"b',
    '=203.0.113.7',
    'for=256.1.1.1',
    'for=203.0.113.7:port',
  ])('is unknown when a trusted proxy says %s', async (value) => {
    expect(await readForwarded(value)).toBeNull();
  });
});

describe('on a server that is told so by Forwarded', async () => {
  const server = await startTestServer({
    CURFEW_TRUSTED_PROXIES: '127.0.0.1',
    CURFEW_FORWARDED_HEADER: 'forwarded',
  });

  test.each(transports)('a session has the address that the proxy says, over $name', async ({ run }) => {
    const { data } = await run(server, {
      query: `mutation ($input: SignUpInput!) {
        signUp(input: $input) { ... on SignUpSuccess { session { ipAddress } } }
      }`,
      variables: { input: { email: newEmail(), password: PASSWORD, delivery: 'BEARER' } },
      headers: {
        forwarded: 'for=198.51.100.1, for="[2001:db8::7]:51234"',
        'x-forwarded-for': '198.51.100.2',
      },
    });
    expect(data).toEqual({ signUp: { session: { ipAddress: '2001:db8::7' } } });
  });
});

describe('the User-Agent', () => {
  test('is as it was sent', async () => {
    expect(await readClient({ headers: { 'User-Agent': 'curl/8.4.0' } })).toMatchObject({
      userAgent: 'curl/8.4.0',
    });
  });

  test.each([{}, { 'User-Agent': '' }])('is null when there is none: %j', async (headers) => {
    expect(await readClient({ headers })).toMatchObject({ userAgent: null });
  });

  test('is cut where no real one goes on', async () => {
    const { userAgent } = await readClient({ headers: { 'User-Agent': 'x'.repeat(10_000) } });
    expect(userAgent).toBe('x'.repeat(512));
  });
});
