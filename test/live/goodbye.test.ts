/** Sockets that the server closes of its own accord. */
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { onCleanup } from '../cleanup.ts';
import { newEmail, signUp } from '../device.ts';
import { startTestServer } from '../server.ts';
import { closeOf, openSocket } from './listen.ts';

test('a mutation under way on a socket is answered before the server goes away', async () => {
  const server = await startTestServer();
  const device = await signUp(server, newEmail());
  const socket = await openSocket(server, device);
  const messages: { type: string; id: string }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = closeOf(socket);
  // A password takes its time to be checked.
  const query = 'mutation { confirmPassword(password: "wrong") { __typename } }';
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
  // What answers a ping has been sent what was sent before.
  socket.ping();
  await new Promise((resolve) => socket.once('pong', resolve));
  await server.close();
  expect(await closed).toMatchObject({ code: 1001 });
  expect(messages).toEqual([
    {
      type: 'next',
      id: '1',
      payload: { data: { confirmPassword: { __typename: 'InvalidCredentialsError' } } },
    },
    { type: 'complete', id: '1' },
  ]);
});

test('a subscriber is not told that its subscription is complete when the server goes away', async () => {
  const server = await startTestServer();
  const device = await signUp(server, newEmail());
  const socket = await openSocket(server, device);
  const messages: unknown[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = closeOf(socket);
  const query = 'subscription { sessionRevoked { reason } }';
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(1));
  await server.close();
  expect(await closed).toMatchObject({ code: 1001 });
  expect(messages).toEqual([]);
  expect(server.hub.countSubscribers()).toBe(0);
});

test('a socket that stays without a session is closed after a minute, one with a session is not', async () => {
  const server = await startTestServer();
  const device = await signUp(server, newEmail());
  vi.useFakeTimers({ toFake: ['performance'] });
  onCleanup(() => vi.useRealTimers());
  const signedIn = await openSocket(server, device);
  const anonymous = new WebSocket(server.socketEndpoint, 'graphql-transport-ws');
  onCleanup(() => anonymous.terminate());
  await new Promise((resolve) => anonymous.once('open', resolve));
  anonymous.send('{"type":"connection_init"}');
  await new Promise((resolve) => anonymous.once('message', resolve));
  const closed = closeOf(anonymous);
  vi.advanceTimersByTime(61_000);
  expect(await closed).toEqual({ code: 4401, reason: 'Not signed in' });
  expect(signedIn.readyState).toBe(signedIn.OPEN);
});

test('a peer that answers no ping is cut off by the next one, one that does is not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onCleanup(() => vi.useRealTimers());
  const server = await startTestServer();
  const device = await signUp(server, newEmail());
  const polite = await openSocket(server, device);
  const mute = new WebSocket(server.socketEndpoint, 'graphql-transport-ws', {
    headers: device.headers,
    autoPong: false,
  });
  onCleanup(() => mute.terminate());
  const closed = closeOf(mute);
  await new Promise((resolve) => mute.once('open', resolve));
  mute.send('{"type":"connection_init"}');
  await vi.waitFor(() => expect(server.hub.countHeld()).toBe(1));
  for (let interval = 0; interval < 2; interval++) {
    const pinged = Promise.all(
      [polite, mute].map((ws) => new Promise((resolve) => ws.once('ping', resolve))),
    );
    vi.advanceTimersByTime(12_000);
    if (interval === 0) await pinged;
    // The polite one has answered once its next message is.
    const answered = new Promise((resolve) => polite.once('message', resolve));
    polite.send('{"type":"ping"}');
    await answered;
  }
  expect(await closed).toEqual({ code: 1006, reason: '' });
  expect(polite.readyState).toBe(polite.OPEN);
});
