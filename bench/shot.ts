/** A request as it goes over the wire, whoever sends it, and what is wanted of its answer. */
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Shot {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Of many people, who ask in turn; left out where one asks. */
  cookies?: string[];
}

export interface Hit {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** The header that carries the session. */
export type Credentials = { cookie: string } | { authorization: string } | Record<string, never>;

/** A query or a mutation. */
export function graphqlShot(url: string, credentials: Credentials, query: string, variables?: object): Shot {
  const body = JSON.stringify({ query, variables });
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...credentials }, body };
}

export function fire({ method, url, headers, body }: Shot, agent?: Agent): Promise<Hit> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method, headers: { ...headers, ...length }, ...(agent && { agent }) });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.once('error', reject);
    });
    outgoing.end(body);
  });
}

/** @throws unless it is answered with 200, and with text in which all of these are found. */
export async function fireAndCheck(shot: Shot, wanted: readonly string[], agent?: Agent): Promise<Hit> {
  const hit = await fire(shot, agent);
  check(shot, hit, wanted);
  return hit;
}

/** @throws likewise. */
export function check(
  { url }: Shot,
  { status, text }: Pick<Hit, 'status' | 'text'>,
  wanted: readonly string[],
): void {
  const missing = wanted.find((part) => !text.includes(part));
  if (status === 200 && missing === undefined) return;
  const why = missing === undefined ? '' : `, without ${JSON.stringify(missing)}`;
  throw new Error(`${url} answered with ${status}${why}: ${text.slice(0, 500)}`);
}
