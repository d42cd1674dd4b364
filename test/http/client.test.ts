/** The address and the name of the device behind a request, as sockets and proxies tell them. */
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/core.ts';
import { createClientReader } from '../../src/http/client.ts';
import { onCleanup } from '../cleanup.ts';

interface Setup {
  trustedProxies?: string[];
  headers?: Record<string, string | string[]>;
  /** Where the server listens and how it is reached. */
  listen?: string;
  connect?: string;
}

/** What a server reads of a real request. */
async function readClient({ trustedProxies = [], headers = {}, listen, connect }: Setup): Promise<Client> {
  const describeClient = createClientReader(trustedProxies);
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
