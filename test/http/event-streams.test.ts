/** Subscriptions over SSE whose clients are careless: nothing of them stays behind. */
import { afterEach, expect, test, vi } from 'vitest';
import { type Device, signIn, signUp } from '../device.ts';
import { RevokeSession } from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const STARTED = 'subscription { sessionStarted { session { id } } }';

afterEach(async () => {
  await vi.waitFor(() => {
    expect(server.hub.countSubscribers()).toBe(0);
    expect(server.hub.heldSessions()).toEqual([]);
  });
});

function stream(device: Device, accept: string, signal?: AbortSignal): Promise<Response> {
  return fetch(server.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...device.headers },
    body: JSON.stringify({ query: STARTED }),
    ...(signal ? { signal } : {}),
  });
}

test.each(['application/json', 'multipart/mixed', 'text/html', 'nonsense'])(
  'a subscription for a client that accepts only %s leaves no subscriber',
  async (accept) => {
    const device = await signUp(server);
    for (let round = 0; round < 3; round += 1) {
      const response = await stream(device, accept);
      expect(response.status).toBe(406);
      await response.arrayBuffer();
    }
  },
);

test('a stream whose client vanishes leaves no subscriber, even before it has begun', async () => {
  const device = await signUp(server);
  const settled = new AbortController();
  await stream(device, 'text/event-stream', settled.signal);
  expect(server.hub.countSubscribers()).toBe(1);
  settled.abort();
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(0));
  const hasty = Array.from({ length: 20 }, async () => {
    const controller = new AbortController();
    const response = stream(device, 'text/event-stream', controller.signal);
    setImmediate(() => controller.abort());
    await response.then((answered) => answered.text()).catch(() => {});
  });
  await Promise.all(hasty);
  // Whatever of them reached the server has been answered once this is.
  expect(await device.send('{ currentSession { id } }')).toMatchObject({ status: 200 });
});

test('a session has at most 100 streams, and the 101st is told so', async () => {
  const device = await signUp(server);
  const controller = new AbortController();
  // Kept, since a response that nobody holds is cancelled when the garbage collector finds it.
  const streams: Response[] = [];
  while (streams.length < 100) streams.push(await stream(device, 'text/event-stream', controller.signal));
  expect(server.hub.countSubscribers()).toBe(100);
  const refused = await stream(device, 'text/event-stream');
  expect(await refused.text()).toMatch(/"code":"TOO_MANY_CONNECTIONS"/);
  expect(streams.every((response) => response.ok)).toBe(true);
  controller.abort();
});

test('a GET opens a stream too, and it ends with its session', async () => {
  const laptop = await signUp(server, 'ada@example.com');
  const phone = await signIn(server, 'ada@example.com');
  const response = await fetch(`${server.endpoint}?query=${encodeURIComponent(STARTED)}`, {
    headers: { accept: 'text/event-stream', ...phone.headers },
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(await response.text()).toMatch(/event: complete/);
});
