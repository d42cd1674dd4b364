/**
 * What was answered is garbage that V8's small collections find, of which there are
 * dozens a second. One object of each request that lives on with the old ones, and
 * knows the next or all of its request, would have each of them take many times as long.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { newEmail, signUp } from '../device.ts';
import { collectGarbage } from '../garbage.ts';
import { openRaw } from '../raw.ts';
import { startTestServer } from '../server.ts';

const CONNECTIONS = 8;
/** Requests on each. */
const TIMES = 200;

/** On all connections at once, and then again. */
async function ask(sockets: readonly Socket[], request: string, times: number): Promise<void> {
  const askOne = async (socket: Socket) => {
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (!answer.toString('latin1', 0, 12).endsWith('200')) throw new Error(answer.toString());
  };
  for (let time = 0; time < times; time++) {
    await Promise.all(sockets.map(askOne));
    if (time % 20 === 0) collectGarbage({ type: 'minor' });
  }
  collectGarbage({ type: 'minor' });
  collectGarbage({ type: 'minor' });
}

const health = () => 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

const query = (authorization: string) => {
  const body = JSON.stringify({ query: '{ mySessions { nodes { id device { name } } } }' });
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Authorization: ${authorization}`,
    `Content-Length: ${body.length}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
};

test.each([
  ['of an operator', {}, health, 1000],
  ['on the short way', {}, query, 1500],
  ['by Yoga, which keeps something more', { CURFEW_KNOWN_OPERATIONS: 'off' }, query, 3000],
])('no request lives longer than its answer: %s', async (_name, settings, write, bytes) => {
  const server = await startTestServer(settings);
  const { headers } = await signUp(server, newEmail());
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => openRaw(server)));
  const request = write(headers['authorization'] ?? '');
  // Until all is compiled; what lives then is old from here on.
  await ask(sockets, request, 60);
  collectGarbage();
  await ask(sockets, request, 20);
  const before = process.memoryUsage().heapUsed;
  await ask(sockets, request, TIMES);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(CONNECTIONS * TIMES * bytes);
});
