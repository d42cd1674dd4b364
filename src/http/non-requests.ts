/** What comes to no request: what Node can't read as HTTP, or does not get in time, and what is meant for a proxy. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { endReady } from './json.ts';
import { isEnding } from './pipeline.ts';
import { isRefused, type RefuseRaw, takeOver } from './raw-refusal.ts';
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

const MALFORMED: [status: string, message: string] = [
  '400 Bad Request',
  'This is not HTTP/1.1, or a body has not as many bytes as its Content-Length says.',
];

const NO_PROXY = 'This is no proxy: there is nothing to connect to.';

export function refuseNonRequests(http: Server, underWay: UnderWay, refuseRaw: RefuseRaw): void {
  http.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    // Whatever comes behind what was refused is no HTTP either.
    if (isRefused(stream)) return;
    endReady();
    // The answers come, and with the last of them the end.
    if (isEnding(stream) && underWay.hasAllFor(stream)) return;
    // Behind a request that is not answered yet, it is most likely the rest of that one's body.
    const isRefusable = stream.writable && underWay.stateOf(stream) !== 'busy';
    if (isRefusable) refuseRaw(stream, ...(REFUSALS[error.code ?? ''] ?? MALFORMED));
    else stream.destroy();
  });
  http.on('connect', (_request: IncomingMessage, stream: Duplex) => {
    if (takeOver(underWay, stream)) refuseRaw(stream, '400 Bad Request', NO_PROXY);
  });
}
