/** Keeps request bodies small, without a wrapper around those that say how long they are. */
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
