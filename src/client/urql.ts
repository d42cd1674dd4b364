/**
 * For urql: subscriptions go over the watch's own socket, and an answer of
 * UNAUTHENTICATED has the watch ask whether the session is over.
 *
 *     new Client({ url, exchanges: [cacheExchange, sessionExchange(watch), fetchExchange] })
 *
 * A client of urql keeps its cache for as long as it lives: make a new one in
 * `onSignedOut`, so that nothing of one person is shown to the next.
 */
import { composeExchanges, type Exchange, mapExchange, subscriptionExchange } from '@urql/core';
import { isUnauthenticated } from './unauthenticated.ts';
import type { SessionWatch } from './watch.ts';

/** To be put behind the cache, and before whatever fetches. */
export function sessionExchange(watch: SessionWatch): Exchange {
  return composeExchanges([
    mapExchange({
      onError({ graphQLErrors }) {
        if (isUnauthenticated(graphQLErrors)) void watch.check();
      },
    }),
    subscriptionExchange({
      forwardSubscription: ({ query = '', ...operation }) => ({
        subscribe: (observer) => ({ unsubscribe: watch.socket.subscribe({ ...operation, query }, observer) }),
      }),
    }),
  ]);
}
