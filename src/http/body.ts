/** Keeps request bodies small and JSON, without a wrapper around those that say how long they are. */
import type { IncomingMessage } from 'node:http';

export const MAX_BODY_BYTES = 64 * 1024;

/** The whole body, where the request had to be read to know its size. */
export type ReadRequest = IncomingMessage & { body?: Buffer };

/**
 * Looks at Content-Length, which Node's parser holds a body to; only a chunked
 * body has to be read.
 *
 * @returns false when the body is larger than allowed; then it was not read to its end.
 */
export async function limitBody(request: ReadRequest): Promise<boolean> {
  const length = request.headers['content-length'];
  if (length !== undefined) return Number(length) <= MAX_BODY_BYTES;
  if (request.headers['transfer-encoding'] === undefined) return true;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return false;
    chunks.push(chunk as Buffer);
  }
  request.body = Buffer.concat(chunks);
  return true;
}

/**
 * Whether the body is what a page of another site can't send without asking
 * first: JSON, not a form or plain text (the Fetch standard's “CORS-safelisted”
 * content types). Its type is written as Yoga compares it, letter by letter.
 */
export function acceptJson({ headers }: IncomingMessage): boolean {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') return false;
  const charset = /^\s*charset\s*=\s*"?([^"\s]*)/i;
  if (parameters.some((parameter) => !/^utf-?8$/i.test(charset.exec(parameter)?.[1] ?? 'utf-8')))
    return false;
  headers['content-type'] = 'application/json';
  return true;
}
