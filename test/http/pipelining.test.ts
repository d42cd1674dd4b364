/** Many requests on one connection, each sent before the last is answered: answers in their order, and nothing left behind. */
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_WAITING } from '../../src/http/pipeline.ts';
import { UnderWay } from '../../src/http/under-way.ts';
import { type Device, send, signUp } from '../device.ts';
import { Viewer } from '../operations.ts';
import { openRaw, readToEnd, sendRaw, UPGRADE, writeRequest } from '../raw.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const added = vi.spyOn(UnderWay.prototype, 'add');
expect(await send(server, Viewer)).toMatchObject({ status: 200 });
const underWay = added.mock.contexts[0] as UnderWay;
let device: Device;

beforeEach(async () => {
  device = await signUp(server);
});

afterEach(async () => {
  await vi.waitFor(() => {
    expect(underWay.size).toBe(0);
    expect(server.hub.countSubscribers()).toBe(0);
  });
});

const KEPT = { Connection: 'keep-alive' };
const live = writeRequest('GET /health/live', KEPT);
const LIVE = /HTTP\/1.1 200 OK(?:(?!HTTP).)*\{"status":"live"\}/gs;

/** A request whose answer does not end. */
function stream(): string {
  const headers = { ...KEPT, Accept: 'text/event-stream', ...device.headers };
  return writeRequest('GET /graphql?query=subscription{sessionRevoked{reason}}', headers);
}

/** A connection with these under way: the first has the connection, and the others wait behind it. */
async function pipeline(...requests: string[]): Promise<Socket> {
  const socket = await openRaw(server);
  socket.write(requests.join(''));
  await vi.waitFor(() => expect(underWay.size).toBe(requests.length));
  return socket;
}

test('answers that wait for their turn when the connection ends are forgotten with it', async () => {
  const socket = await pipeline(stream(), ...Array<string>(MAX_WAITING).fill(live));
  socket.resetAndDestroy();
});

test('subscriptions that wait for their turn when the connection ends are ended with it', async () => {
  const socket = await pipeline(...Array.from({ length: 10 }, stream));
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(10));
  socket.resetAndDestroy();
});

test('answers that are still read from the database when the connection ends are forgotten too', async () => {
  const ask = writeRequest('GET /graphql?query={mySessions{nodes{id}}}', { ...KEPT, ...device.headers });
  for (let round = 0; round < 10; round++) {
    const socket = await openRaw(server);
    await new Promise((resolve) => socket.write(ask.repeat(20), resolve));
    socket.resetAndDestroy();
  }
  expect(await device.send(Viewer)).toMatchObject({ status: 200 });
});

test('each answer is closed once', async () => {
  // The first has gone when the connection ends: one that has waited has it then.
  const socket = await openRaw(server);
  socket.write(live + stream() + live.repeat(20));
  await vi.waitFor(() => expect(underWay.size).toBe(21));
  const closes = underWay.list().map((response) => {
    const closed = vi.fn();
    response.on('close', closed);
    return closed;
  });
  socket.resetAndDestroy();
  await vi.waitFor(() => expect(underWay.size).toBe(0));
  await new Promise(setImmediate);
  for (const closed of closes) expect(closed).toHaveBeenCalledTimes(1);
});

test('as many as may wait are answered, again and again', async () => {
  const socket = await openRaw(server);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  for (let round = 0; round < 3; round++) {
    text = '';
    socket.write(live.repeat(1 + MAX_WAITING));
    await vi.waitFor(() => expect(text.match(LIVE)).toHaveLength(1 + MAX_WAITING));
  }
  socket.destroy();
});

test('a connection on which too many wait is cut, and nothing more of it is looked at', async () => {
  const begun = added.mock.calls.length;
  const answer = await sendRaw(server, stream() + live.repeat(2000));
  expect(answer).not.toContain('live');
  expect(added.mock.calls.length - begun).toBe(1 + MAX_WAITING);
});

test('what follows in the same packet does not overtake what is answered', async () => {
  const malformed = await sendRaw(server, `${live.repeat(3)}?\r\n\r\n`);
  expect(malformed.match(/HTTP\/1.1 \d+/g)).toEqual([
    'HTTP/1.1 200',
    'HTTP/1.1 200',
    'HTTP/1.1 200',
    'HTTP/1.1 400',
  ]);
  const refused = await sendRaw(server, live + writeRequest('GET /elsewhere', UPGRADE));
  expect(refused.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);
  const socket = await openRaw(server);
  socket.write(live.repeat(3) + writeRequest('GET /graphql', UPGRADE));
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await vi.waitFor(() => expect(text).toContain('Sec-WebSocket-Accept'));
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual([
    'HTTP/1.1 200',
    'HTTP/1.1 200',
    'HTTP/1.1 200',
    'HTTP/1.1 101',
  ]);
  socket.destroy();
});

test.each([
  ['an upgrade', writeRequest('GET /graphql', UPGRADE)],
  ['an upgrade that is refused', writeRequest('GET /elsewhere', UPGRADE)],
  ['nonsense', '?\r\n\r\n'],
])(
  '%s behind an answer that is still to come ends the connection, and is not taken for it',
  async (_what, next) => {
    const socket = await pipeline(stream(), live);
    socket.write(next);
    const answer = await readToEnd(socket);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(answer).toContain('text/event-stream');
  },
);

// Node reads on at once when it was given as many bytes as it has room for, and may find the end.
test.each([1, 18])(
  'a client that sends 64 KiB to the byte, %s requests, and its end, has its answers',
  async (count) => {
    const body = (bytes: number) => {
      const headers = { ...KEPT, 'Content-Type': 'application/json', 'Content-Length': bytes };
      return writeRequest('POST /health/live', headers, 'a'.repeat(bytes));
    };
    const before = live.repeat(count - 1);
    const rest = 64 * 1024 - before.length;
    const all = before + body(rest - (body(rest).length - rest));
    expect(all).toHaveLength(64 * 1024);
    for (let round = 0; round < 20; round++) {
      const socket = await openRaw(server);
      socket.end(all);
      expect((await readToEnd(socket)).match(LIVE)).toHaveLength(count);
    }
  },
);
