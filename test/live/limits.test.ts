/** How many sockets there may be, and what the one too many is told. */
import { afterEach, expect, test, vi } from 'vitest';
import { newEmail, signIn, signUp } from '../device.ts';
import { startTestServer } from '../server.ts';
import { connect, open } from '../socket.ts';

const STARTED = 'subscription { sessionStarted { session { id } } }';
const REVOKED = 'subscription { sessionRevoked { reason } }';

const server = await startTestServer({
  CURFEW_SOCKETS_PER_SESSION: '2',
  CURFEW_SOCKETS_PER_USER: '3',
  CURFEW_SOCKETS_PER_ADDRESS: '4',
  CURFEW_SUBSCRIPTIONS_PER_SOCKET: '2',
  CURFEW_TRUSTED_PROXIES: '127.0.0.1',
});
const email = newEmail();
const laptop = await signUp(server, email);
const phone = await signIn(server, email);

/** Nobody is counted who has gone. */
afterEach(async () => {
  await vi.waitFor(async () => {
    expect(server.hub.heldSessions()).toEqual([]);
    expect(server.hub.countSubscribers()).toBe(0);
    const { text } = await server.core.metrics.write();
    expect(/^curfew_sockets \d+$/m.exec(text)?.[0]).toBe('curfew_sockets 0');
  });
});

/** Opened one after the other, as the limits count them. */
async function connectAll(devices: { headers: Record<string, string> }[]) {
  const sockets = [];
  for (const { headers } of devices) {
    const before = server.hub.heldSessions().length;
    sockets.push(await connect(server, { headers }));
    await vi.waitFor(() => expect(server.hub.heldSessions().length).toBeGreaterThanOrEqual(before));
  }
  return sockets;
}

function closeAll(sockets: Awaited<ReturnType<typeof connectAll>>): void {
  for (const socket of sockets) socket.ws.close();
}

test('the socket too many of a session is closed with 4429, and the others stay', async () => {
  const sockets = await connectAll([laptop, laptop]);
  const refused = await open(server, { headers: laptop.headers });
  refused.send({ type: 'connection_init' });
  expect(await refused.closed).toEqual({ code: 4429, reason: 'Too many sockets of this session' });
  for (const socket of sockets) expect((await socket.run('{ __typename }')).errors).toBeUndefined();
  closeAll(sockets);
});

test('the socket too many of a user is closed with 4429, whatever its session', async () => {
  const sockets = await connectAll([laptop, laptop, phone]);
  const refused = await open(server, { headers: phone.headers });
  refused.send({ type: 'connection_init' });
  expect(await refused.closed).toEqual({ code: 4429, reason: 'Too many sockets of this user' });
  closeAll(sockets);
});

test('event streams count as sockets do', async () => {
  const sockets = await connectAll([laptop, laptop]);
  const response = await fetch(server.endpoint, {
    method: 'POST',
    headers: { ...laptop.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: REVOKED }),
  });
  expect(await response.text()).toMatch(
    /A session may have 2 live connections at once.*"TOO_MANY_CONNECTIONS"/,
  );
  closeAll(sockets);
});

test.each([
  ['an address', ['203.0.113.7', '203.0.113.7'], '203.0.113.8'],
  ['a /64 of IPv6', ['2001:db8::7', '2001:db8::8'], '2001:db8:0:1::7'],
])('the socket too many from %s is closed with 4429 before it says anything', async (_name, near, far) => {
  const from = (address = '') => ({ headers: { 'x-forwarded-for': address } });
  const sockets = [];
  for (let count = 0; count < 4; count++) sockets.push(await connect(server, from(near[count % 2])));
  const refused = await open(server, from(near[0]));
  expect(await refused.closed).toEqual({ code: 4429, reason: 'Too many sockets from this address' });
  sockets.push(await connect(server, from(far)));
  closeAll(sockets);
});

test('one subscription too many on a socket closes it with 4429', async () => {
  const socket = await connect(server, { headers: laptop.headers });
  socket.subscribe('1', STARTED);
  socket.subscribe('2', REVOKED);
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(2));
  socket.subscribe('3', REVOKED);
  expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many operations on this socket' });
});

test('a subscription that was completed makes room for another', async () => {
  const socket = await connect(server, { headers: laptop.headers });
  socket.subscribe('1', STARTED);
  socket.subscribe('2', STARTED);
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(2));
  socket.send({ type: 'complete', id: '1' });
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(1));
  expect((await socket.run('{ __typename }')).errors).toBeUndefined();
  socket.ws.close();
});

test('a socket that never signs in holds no place for long', async () => {
  const sockets = await Promise.all(Array.from({ length: 4 }, () => open(server)));
  const closes = await Promise.all(sockets.map(({ closed }) => closed));
  for (const { code } of closes) expect(code).toBe(4408);
});
