/** Upgrades that are refused: at the door, in plain HTTP, leaving nothing open. */
import { expect, test } from 'vitest';
import { openRaw, sendRaw, UPGRADE, writeRequest } from '../raw.ts';
import { startTestServer } from '../server.ts';
import { open } from '../socket.ts';

const server = await startTestServer();

test('an upgrade anywhere else is refused with 404', async () => {
  for (const path of ['/', '/graphql/', '//graphql', '/GraphQL', '/%67raphql', '/health/live']) {
    const socketEndpoint = server.url.replace('http', 'ws') + path;
    await expect(open({ socketEndpoint })).rejects.toThrow('Unexpected server response: 404');
  }
});

test.each([
  ['without a key', writeRequest('GET /graphql', { ...UPGRADE, 'Sec-WebSocket-Key': '' })],
  ['of an old version', writeRequest('GET /graphql', { ...UPGRADE, 'Sec-WebSocket-Version': 7 })],
  ['by POST with a body', writeRequest('POST /graphql', { ...UPGRADE, 'Content-Length': 2 }, '{}')],
  [
    'with malformed subprotocols',
    writeRequest('GET /graphql', { ...UPGRADE, 'Sec-WebSocket-Protocol': ',' }),
  ],
  ['to something else', writeRequest('GET /graphql', { ...UPGRADE, Upgrade: 'h2c' })],
  ['with a Host that is none', writeRequest('GET /graphql', { ...UPGRADE, Host: 'a b' })],
])('an upgrade %s is refused', async (_what, request) => {
  const answer = await sendRaw(server, request);
  expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
  expect(answer).toMatch(/^X-Content-Type-Options: nosniff/m);
});

test('a peer that keeps its half of a refused upgrade open does not hold up the shutdown', async () => {
  const other = await startTestServer();
  const raw = await openRaw(other);
  raw.write(writeRequest('GET /elsewhere', UPGRADE));
  await new Promise((resolve) => raw.once('data', resolve));
  await other.close();
});
