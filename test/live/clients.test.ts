/** Clients that nobody here wrote, each living through a remote sign-out unchanged. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { cacheExchange, fetchExchange, subscriptionExchange, Client as UrqlClient } from '@urql/core';
import { OperationTypeNode, print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { type Client, createClient } from 'graphql-ws';
import { expect, test, vi } from 'vitest';
import { onEnd, pipe, subscribe } from 'wonka';
import WebSocket from 'ws';
import { onCleanup } from '../cleanup.ts';
import { type Device, newEmail, signIn, signUp } from '../device.ts';
import { RevokeSession, SessionRevoked, Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();

async function twoDevices(): Promise<{ laptop: Device; phone: Device }> {
  const email = newEmail();
  return { laptop: await signUp(server, email), phone: await signIn(server, email) };
}

/** What urql and Apollo Client subscribe through, with nothing set that they would not set. */
function createSocketClient(device: Device): Client {
  const client = createClient({
    url: server.socketEndpoint,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: device.headers['authorization'] },
  });
  onCleanup(() => client.dispose());
  return client;
}

test('graphql-ws hears of its own end, completes, and is closed with 4403', async () => {
  const { laptop, phone } = await twoDevices();
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
  const { laptop, phone } = await twoDevices();
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

test('urql hears of its own end, and its subscription completes', async () => {
  const { laptop, phone } = await twoDevices();
  const socketClient = createSocketClient(phone);
  const client = new UrqlClient({
    url: server.endpoint,
    preferGetMethod: false,
    fetchOptions: { headers: phone.headers },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: ({ next, error, complete }) => ({
            unsubscribe: socketClient.subscribe(
              { query, ...(variables ? { variables } : {}) },
              { next: ({ data = null, errors = [] }) => next({ data, errors }), error, complete },
            ),
          }),
        }),
      }),
    ],
  });
  expect((await client.query(Viewer, {}).toPromise()).data?.viewer).not.toBeNull();
  const heard: unknown[] = [];
  const completed = new Promise<void>((resolve) => {
    pipe(
      client.subscription(SessionRevoked, {}),
      onEnd(resolve),
      // urql tells its last result once more when the subscription is over.
      subscribe(({ data, hasNext }) => hasNext && heard.push(data)),
    );
  });
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(1));
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await completed;
  expect(heard).toMatchObject([{ sessionRevoked: { reason: 'REVOKED', isCurrent: true } }]);
  const after = await client.query(Viewer, {}, { requestPolicy: 'network-only' }).toPromise();
  expect(after.data?.viewer).toBeNull();
});

test('Apollo Client hears of its own end, and its subscription completes', async () => {
  const { laptop, phone } = await twoDevices();
  const socketClient = createSocketClient(phone);
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socketClient),
      new HttpLink({ uri: server.endpoint, headers: phone.headers }),
    ),
  });
  onCleanup(() => client.stop());
  expect((await client.query({ query: Viewer })).data?.viewer).not.toBeNull();
  const heard: unknown[] = [];
  const completed = new Promise<void>((resolve, reject) => {
    client.subscribe({ query: SessionRevoked }).subscribe({
      next: ({ data }) => heard.push(data),
      error: reject,
      complete: resolve,
    });
  });
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(1));
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await completed;
  expect(heard).toMatchObject([{ sessionRevoked: { reason: 'REVOKED', isCurrent: true } }]);
  const after = await client.query({ query: Viewer, fetchPolicy: 'network-only' });
  expect(after.data?.viewer).toBeNull();
});

test('a stock client that connects again after 4403 is told why it can’t subscribe', async () => {
  const { laptop, phone } = await twoDevices();
  const connected = vi.fn();
  const client = createClient({
    url: server.socketEndpoint,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 1,
    retryWait: async () => {},
    onNonLazyError: () => {},
    connectionParams: { authorization: phone.headers['authorization'] },
    on: { connected },
  });
  onCleanup(() => client.dispose());
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(1));
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(2));
  const events = client.iterate({ query: print(SessionRevoked) });
  expect(await events.next()).toMatchObject({
    value: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  });
  expect(await events.next()).toMatchObject({ done: true });
});
