/** urql and Apollo Client: subscriptions over the watch's socket, and UNAUTHENTICATED is looked into. */
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { expect, test } from 'vitest';
import { sessionLink } from '../../src/client/apollo.ts';
import { sessionExchange } from '../../src/client/urql.ts';
import { type Device, newEmail, signIn, signUp } from '../device.ts';
import { startTestServer } from '../server.ts';
import { type Watched, watch } from './watching.ts';

const server = await startTestServer();

const STARTED = 'subscription { sessionStarted { session { id } } }';
const MINE = '{ mySessions { totalCount } }';

interface Adapter {
  name: string;
  /** What is to be called with each id that is heard of. */
  subscribe(hear: (id: string) => void): void;
  /** Asks for what only somebody who is signed in has. */
  ask(): Promise<unknown>;
}

function useUrql({ watch: session }: Watched, { headers }: Pick<Device, 'headers'>): Adapter {
  const client = new Client({
    url: server.endpoint,
    preferGetMethod: false,
    fetchOptions: () => ({ headers }),
    exchanges: [sessionExchange(session), fetchExchange],
  });
  return {
    name: 'urql',
    subscribe: (hear) =>
      void client.subscription(STARTED, {}).subscribe(({ data }) => hear(data.sessionStarted.session.id)),
    ask: () => client.query(MINE, {}).toPromise(),
  };
}

function useApollo({ watch: session }: Watched, { headers }: Pick<Device, 'headers'>): Adapter {
  const http = new HttpLink({ uri: server.endpoint, headers });
  const client = new ApolloClient({ cache: new InMemoryCache(), link: sessionLink(session, http) });
  return {
    name: 'Apollo',
    subscribe: (hear) =>
      void client
        .subscribe<{ sessionStarted: { session: { id: string } } }>({ query: gql(STARTED) })
        .subscribe({ next: ({ data }) => data && hear(data.sessionStarted.session.id) }),
    ask: () =>
      client.query({ query: gql(MINE), fetchPolicy: 'network-only' }).catch((error: unknown) => error),
  };
}

test.each([
  ['urql', useUrql],
  ['Apollo', useApollo],
])('%s hears over the socket of the watch', async (_name, adapt) => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const onLaptop = watch(server, laptop);
  await onLaptop.live();
  const heard: string[] = [];
  // Sent before it over the one socket: the server has it when it answers what comes after.
  adapt(onLaptop, laptop).subscribe((id) => heard.push(id));
  const ids: string[] = [];
  await expect
    .poll(
      async () => {
        ids.push((await signIn(server, email)).sessionId);
        return heard.length > 0 && ids.includes(heard[0] ?? '');
      },
      { timeout: 10_000 },
    )
    .toBe(true);
});

test.each([
  ['urql', useUrql],
  ['Apollo', useApollo],
])('an answer of UNAUTHENTICATED has %s ask what became of the session', async (_name, adapt) => {
  const laptop = await signUp(server);
  let asked = 0;
  const onLaptop = watch(server, laptop, {
    fetch: (input, init) => {
      asked++;
      return fetch(input, init);
    },
  });
  await onLaptop.live();
  await adapt(onLaptop, laptop).ask();
  expect(asked).toBe(0);
  // A request that carried no token: the session lives all the same.
  await adapt(onLaptop, { headers: {} }).ask();
  await expect.poll(() => asked).toBe(1);
  await onLaptop.watch.check();
  expect(onLaptop.signedOut).toEqual([]);
});
