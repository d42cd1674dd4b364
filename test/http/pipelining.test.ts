/** Many requests on one connection, each sent before the last is answered: answers in their order, and nothing left behind. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_WAITING } from '../../src/http/pipeline.ts';
import { UnderWay } from '../../src/http/under-way.ts';
import { onCleanup } from '../cleanup.ts';
import { type Device, send, signUp } from '../device.ts';
import { writeText } from '../frames.ts';
import { Viewer } from '../operations.ts';
import { openRaw, readToEnd, sendRaw, UPGRADE, writeRequest } from '../raw.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const added = vi.spyOn(UnderWay.prototype, 'add');
onCleanup(() => added.mockRestore());
expect(await send(server, Viewer)).toMatchObject({ status: 200 });
const underWay = added.mock.contexts[0] as UnderWay;
let device: Device;

beforeEach(async () => {
  device = await signUp(server);
});

afterEach(async () => {
  // It holds whatever it was called with.
  added.mockClear();
  await vi.waitFor(() => {
    expect(underWay.size).toBe(0);
    expect(server.hub.countSubscribers()).toBe(0);
  });
});

const KEPT = { Connection: 'keep-alive' };
const live = writeRequest('GET /health/live', KEPT);
const CHUNKED = { ...KEPT, 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
const OLD_UPGRADE = { ...UPGRADE, 'Sec-WebSocket-Version': 7 };
const LIVE = /HTTP\/1.1 200 OK(?:(?!HTTP).)*\{"status":"live"\}/gs;

/** A request whose answer does not end. */
function stream(): string {
  const headers = { ...KEPT, Accept: 'text/event-stream', ...device.headers };
  return writeRequest('GET /graphql?query=subscription{sessionRevoked{reason}}', headers);
}

/** A request of the device's after which the connection ends, and its session. */
function signOut(): string {
  const body = JSON.stringify({ query: 'mutation { signOut { __typename } }' });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length, ...device.headers };
  return writeRequest('POST /graphql', headers, body);
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

test.each([
  ['in good form', live, MAX_WAITING],
  // Its answer says that the connection ends.
  ['without a host', 'GET / HTTP/1.1\r\n\r\n', 1],
  ['that expect what nobody knows', writeRequest('GET /', { ...KEPT, Expect: 'nonsense' }), MAX_WAITING],
])(
  'a connection on which too many wait is cut, and nothing more of it is looked at: requests %s',
  async (_which, request, taken) => {
    const begun = added.mock.calls.length;
    const answer = await sendRaw(server, stream() + request.repeat(1000));
    expect(answer).not.toMatch(/live|host|nonsense/i);
    expect(added.mock.calls.length - begun).toBe(1 + taken);
  },
);

const statusesOf = (answer: string) =>
  Array.from(answer.matchAll(/HTTP\/1.1 (\d+)/g), ([, status]) => status);

test.each([
  ['nonsense', '?\r\n\r\n', '400'],
  ['an upgrade that is refused', writeRequest('GET /elsewhere', UPGRADE), '404'],
  ['an upgrade', writeRequest('GET /graphql', OLD_UPGRADE), '400'],
  ['what is meant for a proxy', writeRequest('CONNECT example.com:443', {}), '400'],
])('%s in the packet of a request does not overtake its answer', async (_what, next, status) => {
  const answer = await sendRaw(server, live + next);
  expect(statusesOf(answer)).toEqual(['200', status]);
});

test.each([
  ['an upgrade', writeRequest('GET /graphql', UPGRADE)],
  ['an upgrade that is refused', writeRequest('GET /elsewhere', UPGRADE)],
  ['nonsense', '?\r\n\r\n'],
  ['what is meant for a proxy', writeRequest('CONNECT example.com:443', {})],
])(
  '%s behind an answer that is still to come ends the connection, and is not taken for it',
  async (_what, next) => {
    const socket = await pipeline(stream(), live);
    socket.write(next);
    const answer = await readToEnd(socket);
    expect(statusesOf(answer)).toEqual(['200']);
    expect(answer).toContain('text/event-stream');
    // Those in one packet with it are behind it, too.
    expect(statusesOf(await sendRaw(server, live.repeat(60) + next))).toEqual(['200']);
  },
);

test('a socket that is opened in the packet of a request is heard', async () => {
  const socket = await openRaw(server);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(live + writeRequest('GET /graphql', UPGRADE));
  await vi.waitFor(() => expect(statusesOf(text)).toEqual(['200', '101']));
  socket.write(writeText('{"type":"connection_init"}'));
  await vi.waitFor(() => expect(text).toContain('"connection_ack"'));
  socket.destroy();
});

test('a request that is answered before it turns out to be broken has one answer', async () => {
  const answer = await sendRaw(server, writeRequest('POST /health/live', CHUNKED, 'ZZ\r\n'));
  expect(statusesOf(answer)).toEqual(['200']);
});

const PAGE_BYTES = 20_000_000;

/** A connection on which a page of so much is written that nobody reads yet, of a server of its own. */
async function beginReading() {
  const pageDir = await mkdtemp(join(tmpdir(), 'curfew-page-'));
  onCleanup(() => rm(pageDir, { recursive: true, force: true }));
  await mkdir(join(pageDir, 'assets'));
  await writeFile(join(pageDir, 'index.html'), 'a'.repeat(PAGE_BYTES));
  await writeFile(join(pageDir, 'operations.json'), '{}');
  const own = await startTestServer({ CURFEW_PAGE: 'on' }, { pageDir });
  const socket = await openRaw(own);
  socket.write(writeRequest('GET /', KEPT));
  // The systems of both ends take some millions of bytes at most.
  await new Promise((resolve) => socket.once('readable', resolve));
  return { own, socket };
}

/** Sends what is no request, and waits until the server has looked at it. */
async function sendHeard(socket: Socket, bytes: string): Promise<void> {
  const looked = vi.spyOn(UnderWay.prototype, 'stateOf');
  socket.write(bytes);
  await vi.waitFor(() => expect(looked).toHaveBeenCalled());
  looked.mockRestore();
}

test.each([
  ['an upgrade that is refused', writeRequest('GET /elsewhere', UPGRADE), '404'],
  ['an upgrade of an old version', writeRequest('GET /graphql', OLD_UPGRADE), '400'],
  ['nonsense', '?\r\n\r\n', '400'],
])('%s behind an answer that is still being read comes after all of it', async (_what, next, status) => {
  const { socket } = await beginReading();
  await sendHeard(socket, next);
  // More of it comes to nothing.
  socket.write('?\r\n\r\n');
  const answer = await readToEnd(socket);
  expect(answer.length).toBeGreaterThan(PAGE_BYTES);
  expect(statusesOf(answer)).toEqual(['200', status]);
});

test('a peer that does not read why its upgrade was refused does not hold up the shutdown', async () => {
  const { own, socket } = await beginReading();
  await sendHeard(socket, writeRequest('GET /graphql', OLD_UPGRADE));
  await own.close();
});

test('what is no HTTP, behind several requests that have no answer yet, is not taken for one of theirs', async () => {
  const ask = writeRequest('GET /graphql?query={mySessions{nodes{id}}}', { ...KEPT, ...device.headers });
  expect(await sendRaw(server, `${ask}${ask}?\r\n\r\n`)).toBe('');
});

test('a request behind one after which the connection ends is not run', async () => {
  const answer = await sendRaw(server, `GET / HTTP/1.1\r\n\r\n${signOut()}`);
  expect(statusesOf(answer)).toEqual(['400']);
  expect(answer.match(/^connection:.*$/gim)).toEqual(['Connection: close']);
  expect((await device.send(Viewer)).data?.viewer).not.toBeNull();
});

const tooLarge = writeRequest(
  'POST /graphql',
  CHUNKED,
  `${(70_000).toString(16)}\r\n${'a'.repeat(70_000)}\r\n0\r\n\r\n`,
);
const lastLive = writeRequest('GET /health/live', {});

test.each([
  ['without a host', 'GET / HTTP/1.1\r\n\r\n', '400'],
  ['that is too large', tooLarge, '413'],
  ['that is the last by what it says', lastLive, '200'],
  ['of HTTP/1.0', 'GET /health/live HTTP/1.0\r\n\r\n', '200'],
])('nothing is said behind the last answer: to a request %s', async (_which, request, status) => {
  const behind = [
    writeRequest('GET /graphql', UPGRADE),
    writeRequest('GET /elsewhere', UPGRADE),
    '?\r\n\r\n',
    lastLive,
  ];
  for (const next of behind) expect(statusesOf(await sendRaw(server, request + next))).toEqual([status]);
});

test('what was done is told, whatever comes behind the last request', async () => {
  const answer = await sendRaw(server, `${signOut()}?\r\n\r\n`);
  expect(answer).toContain('{"data":{"signOut":{"__typename":"SignOutResult"}}}');
  expect(statusesOf(answer)).toEqual(['200']);
});

test('the last request is refused where its body turns out to be broken', async () => {
  const request = writeRequest('POST /graphql', { ...CHUNKED, Connection: 'close' }, 'ZZ\r\n');
  expect(statusesOf(await sendRaw(server, request))).toEqual(['400']);
});

test('a connection whose answers are not read ends in time', async () => {
  const { socket } = await beginReading();
  socket.write(live);
  const answer = await vi.waitFor(() => {
    const [first] = added.mock.calls.at(-1) ?? [];
    expect(first?.req.url).toBe('/health/live');
    return first as ServerResponse;
  });
  const connection = answer.req.socket;
  expect(connection.timeout).toBe(65_000);
  const closed = once(answer, 'close');
  connection.setTimeout(50);
  await closed;
  expect(connection.destroyed).toBe(true);
});

test('what waits when the server stops is answered, and the last of it says that the connection ends', async () => {
  const own = await startTestServer();
  const owner = await signUp(own);
  const ask = writeRequest('GET /graphql?query={mySessions{nodes{id}}}', { ...KEPT, ...owner.headers });
  const socket = await openRaw(own);
  const begun = added.mock.calls.length;
  socket.write(ask.repeat(3));
  // They come at once, and what they ask the database is answered in a later turn of the event loop.
  while (added.mock.calls.length < begun + 3) await new Promise(setImmediate);
  const answer = readToEnd(socket);
  await own.close();
  expect((await answer).match(/^connection:.*$/gim)).toEqual([
    'Connection: keep-alive',
    'Connection: keep-alive',
    'Connection: close',
  ]);
});

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
