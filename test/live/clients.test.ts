/** Clients that nobody here wrote, each living through a remote sign-out unchanged. */
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { onCleanup } from '../cleanup.ts';
import { signIn, signUp } from '../device.ts';
import { RevokeSession, SessionRevoked } from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();

test('graphql-ws hears of its own end, completes, and is closed with 4403', async () => {
  const laptop = await signUp(server, 'ada@example.com');
  const phone = await signIn(server, 'ada@example.com');
  const closed = vi.fn();
  const client = createClient({
    url: server.socketEndpoint,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    connectionParams: { authorization: phone.headers['authorization'] },
    on: { closed: (event) => closed((event as { code: number }).code) },
  });
  onCleanup(() => client.dispose());
  const events = client.iterate({ query: print(SessionRevoked) });
  const first = events.next();
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(1));
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(await first).toMatchObject({
    value: { data: { sessionRevoked: { reason: 'REVOKED', isCurrent: true, session: { status: 'ENDED' } } } },
  });
  expect(await events.next()).toMatchObject({ done: true });
  await vi.waitFor(() => expect(closed).toHaveBeenCalledWith(4403));
});

test('graphql-sse hears of its own end, and its stream completes', async () => {
  const laptop = await signUp(server, 'grace@example.com');
  const phone = await signIn(server, 'grace@example.com');
  const client = createSseClient({ url: server.endpoint, headers: phone.headers, retryAttempts: 0 });
  onCleanup(() => client.dispose());
  const events = client.iterate({ query: print(SessionRevoked) });
  const first = events.next();
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(1));
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(await first).toMatchObject({
    value: { data: { sessionRevoked: { reason: 'REVOKED', isCurrent: true, session: { status: 'ENDED' } } } },
  });
  expect(await events.next()).toMatchObject({ done: true });
});
