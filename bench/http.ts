/** A bare GraphQL client over kept-alive HTTP: it costs little beside what is measured. */
import { Agent, request } from 'node:http';

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
  const post: Post = (url, query, authorization = '', variables) => {
    const body = JSON.stringify({ query, variables });
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(authorization ? { authorization } : {}),
        },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve(JSON.parse(text) as Answer));
        response.once('error', reject);
      });
      outgoing.end(body);
    });
  };
  return { post, close: () => agent.destroy() };
}
