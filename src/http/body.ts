/** Keeps request bodies small and JSON. */
import type { IncomingMessage } from 'node:http';

export const MAX_BODY_BYTES = 64 * 1024;

/** With its whole body, if it has one. */
export type ReadRequest = IncomingMessage & { body?: Buffer };

/**
 * Reads the whole body, if there is one.
 *
 * @param done called once, at once if there is none, and never when the client goes away in the middle of it.
 *   With false when the body is larger than allowed; then it was not read to its end.
 */
export function readBody(request: ReadRequest, done: (isWhole: boolean) => void): void {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) {
    done(true);
    return;
  }
  if (Number(length) > MAX_BODY_BYTES) {
    done(false);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= MAX_BODY_BYTES) return;
    request.pause().removeAllListeners('data').removeAllListeners('end');
    done(false);
  });
  request.on('end', () => {
    const [only] = chunks;
    request.body = only && chunks.length === 1 ? only : Buffer.concat(chunks);
    done(true);
  });
}

/**
 * Whether the body is what a page of another site can't send without asking
 * first: JSON, not a form or plain text (the Fetch standard's “CORS-safelisted”
 * content types). Its type is written as Yoga compares it, letter by letter.
 */
export function acceptJson({ headers }: IncomingMessage): boolean {
  if (headers['content-type'] === 'application/json') return true;
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') return false;
  const charset = /^\s*charset\s*=\s*"?([^"\s]*)/i;
  if (parameters.some((parameter) => !/^utf-?8$/i.test(charset.exec(parameter)?.[1] ?? 'utf-8')))
    return false;
  headers['content-type'] = 'application/json';
  return true;
}
