/**
 * Asks the server, and says in one of few ways what became of it. A request under
 * way while the session gets a new token may be answered as signed out: so that
 * is believed once the server says it a second time.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type AnyVariables, Client, type CombinedError, fetchExchange } from 'urql';

/**
 * Why there is no answer:
 * - `network`: the server was not reached, or something between answered in its place.
 * - `unavailable`: the server is there, and can’t answer for now.
 * - `signed-out`: there is no session. Whoever watches the session tells the rest.
 * - `refused`: the server didn’t take the operation, or failed at it.
 */
export type Fault = 'network' | 'unavailable' | 'signed-out' | 'refused';

export type Answer<Data> = { data: Data; fault: null } | { data: null; fault: Fault };

export type Ask = <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) => Promise<Answer<Data>>;

interface AskOptions {
  /** The language that answers are to be in, as in Accept-Language. */
  speak(): string;
  /** Makes sure whether the session lives, before a question is put again. */
  check?(): Promise<void>;
}

/** Keeps nothing of what was answered. */
export function createAsk({ speak, check }: AskOptions): Ask {
  const client = new Client({
    url: '/graphql',
    exchanges: [fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: () => ({ credentials: 'same-origin', headers: { 'accept-language': speak() } }),
  });

  async function askOnce<Data, Variables extends AnyVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>> {
    const kind = isMutation(document) ? 'mutation' : 'query';
    const { data, error } = await client[kind](document, variables).toPromise();
    if (error) return { data: null, fault: explain(error) };
    return data ? { data, fault: null } : { data: null, fault: 'refused' };
  }

  return async (document, variables) => {
    const answer = await askOnce(document, variables);
    if (answer.fault !== 'signed-out' || !check) return answer;
    await check();
    return askOnce(document, variables);
  };
}

function isMutation({ definitions }: TypedDocumentNode<unknown, never>): boolean {
  return definitions.some((part) => 'operation' in part && part.operation === 'mutation');
}

function explain({ networkError, graphQLErrors }: CombinedError): Fault {
  const code = graphQLErrors[0]?.extensions['code'];
  if (code === 'UNAUTHENTICATED') return 'signed-out';
  if (code === 'SERVICE_UNAVAILABLE') return 'unavailable';
  return networkError && graphQLErrors.length === 0 ? 'network' : 'refused';
}
