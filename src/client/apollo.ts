/**
 * For Apollo Client: subscriptions go over the watch's own socket, and an answer
 * of UNAUTHENTICATED has the watch ask whether the session is over.
 *
 *     new ApolloClient({ cache, link: sessionLink(watch, new HttpLink({ uri, credentials: 'include' })) })
 *
 * Call `clearStore()` of the client in `onSignedOut`, so that nothing of one
 * person is shown to the next.
 */
import { ApolloLink, Observable } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { ErrorLink } from '@apollo/client/link/error';
import { print } from '@apollo/client/utilities';
import { isUnauthenticated } from './unauthenticated.ts';
import type { SessionWatch } from './watch.ts';

/** @param http for queries and mutations; it may itself be made of several links. */
export function sessionLink(watch: SessionWatch, http: ApolloLink): ApolloLink {
  return ApolloLink.from([
    new ErrorLink(({ error }) => {
      if (CombinedGraphQLErrors.is(error) && isUnauthenticated(error.errors)) void watch.check();
    }),
    ApolloLink.split(({ operationType }) => operationType === 'subscription', socketLink(watch), http),
  ]);
}

/** As Apollo's own GraphQLWsLink, which wants a whole client of graphql-ws. */
function socketLink({ socket }: SessionWatch): ApolloLink {
  return new ApolloLink(
    ({ query, operationName, variables, extensions }) =>
      new Observable((observer) =>
        socket.subscribe(
          { query: print(query), operationName, variables, extensions },
          {
            next: (result) => observer.next(result),
            error: (errors) => observer.error(new CombinedGraphQLErrors({ errors })),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}
