/**
 * For urql: subscriptions go over the watch's own socket, and an answer of
 * UNAUTHENTICATED has the watch ask whether the session is over.
 *
 *     new Client({ url, exchanges: [cacheExchange, sessionExchange(watch), fetchExchange] })
 *
 * A client of urql keeps its cache for as long as it lives: make a new one in
 * `onSignedOut`, so that nothing of one person is shown to the next.
 */
import {
  composeExchanges,
  type Exchange,
  type ExecutionResult,
  mapExchange,
  subscriptionExchange,
} from '@urql/core';
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
      forwardSubscription: ({ query = '', operationName, variables, extensions }) => ({
        subscribe: (observer) => ({
          unsubscribe: watch.socket.subscribe(
            {
              query,
              ...(operationName !== undefined && { operationName }),
              ...(variables && { variables }),
              ...(extensions && { extensions: { ...extensions } }),
            },
            {
              next: (result) => observer.next(result as ExecutionResult),
              error: (error) => observer.error(error),
              complete: () => observer.complete(),
            },
          ),
        }),
      }),
    }),
  ]);
}
