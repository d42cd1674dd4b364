/** A bare GraphQL client over kept-alive HTTP: it costs little beside what is measured. */
import { Agent } from 'node:http';
import { type Credentials, fire, graphqlShot } from './shot.ts';

export interface Answer {
  data?: Record<string, Record<string, unknown> | null> | null;
  errors?: unknown;
}

export type Post = (
  url: string,
  query: string,
  authorization?: string,
  variables?: Record<string, unknown>,
) => Promise<Answer>;

export interface Client {
  post: Post;
  /** Closes its connections. */
  close(): void;
}

export function createHttpClient(maxConnections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: maxConnections });
  const post: Post = async (url, query, authorization = '', variables) => {
    const credentials: Credentials = authorization ? { authorization } : {};
    const { text } = await fire(graphqlShot(url, credentials, query, variables), agent);
    return JSON.parse(text) as Answer;
  };
  return { post, close: () => agent.destroy() };
}
