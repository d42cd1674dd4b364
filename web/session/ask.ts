/**
 * Asks the server, and says in one of few ways what became of it.
 *
 * What is asked for a session says whose it is: the cookie may be another's by now,
 * of somebody who signed in elsewhere in this browser. The server does nothing then,
 * and answers as signed out; and nothing is asked again for a session that has gone.
 *
 * A request under way while the session gets a new token may be answered as signed
 * out, too: so that is believed once the server says it a second time.
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

/** The one that a page was signed in with. */
export interface AskingSession {
  id: string;
  /** Makes sure whether it lives, before a question is put again. */
  check(): Promise<void>;
  /** False for ever once it is over, or the page has begun anew. */
  isHeld(): boolean;
}

interface AskOptions {
  /** The language that answers are to be in, as in Accept-Language. */
  speak(): string;
  /** Left out where nobody is signed in yet. */
  session?: AskingSession;
}

const SIGNED_OUT = { data: null, fault: 'signed-out' } as const;

/** Keeps nothing of what was answered. */
export function createAsk({ speak, session }: AskOptions): Ask {
  const client = new Client({
    url: '/graphql',
    exchanges: [fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: () => ({
      credentials: 'same-origin',
      headers: { 'accept-language': speak(), ...(session && { 'curfew-session': session.id }) },
    }),
  });

  async function askOnce<Data, Variables extends AnyVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>> {
    if (session?.isHeld() === false) return SIGNED_OUT;
    const kind = isMutation(document) ? 'mutation' : 'query';
    const { data, error } = await client[kind](document, variables).toPromise();
    if (session?.isHeld() === false) return SIGNED_OUT;
    if (error) return { data: null, fault: explain(error) };
    return data ? { data, fault: null } : { data: null, fault: 'refused' };
  }

  return async (document, variables) => {
    const answer = await askOnce(document, variables);
    if (answer.fault !== 'signed-out' || !session) return answer;
    await session.check();
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
