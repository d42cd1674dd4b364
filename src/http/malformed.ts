/** What Node can't read as HTTP, or does not get in time. */
import type { Server } from 'node:http';
import type { RefuseRaw } from './raw-refusal.ts';
import type { UnderWay } from './under-way.ts';

/** By the code of Node's error: status, and what is said. */
const REFUSALS: Record<string, [status: string, message: string] | undefined> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address and headers of a request have at most 16 KiB together.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    '413 Payload Too Large',
    'The chunks of the body have too many extensions.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to come.'],
};

const MALFORMED: [status: string, message: string] = ['400 Bad Request', 'This is not HTTP/1.1.'];

export function refuseMalformed(http: Server, underWay: UnderWay, refuseRaw: RefuseRaw): void {
  http.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    // What came before it may be answered in this turn of the event loop, and goes first.
    setImmediate(() => {
      const isRefusable = stream.writable && !underWay.owesAnswer(stream);
      if (!isRefusable) stream.destroy();
      else refuseRaw(stream, ...(REFUSALS[error.code ?? ''] ?? MALFORMED));
    });
  });
}
