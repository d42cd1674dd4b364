/** What is said on a connection where Node makes no answer: to upgrades, and to what is no HTTP. */
import type { Duplex } from 'node:stream';
import { endReady } from './json.ts';
import { isEnding } from './pipeline.ts';
import { listSecurityHeaders } from './security-headers.ts';
import type { UnderWay } from './under-way.ts';

/** How long a peer may take to read why it was refused. */
const REFUSED_TIMEOUT_MS = 5000;

/** Says the status, such as `404 Not Found`, and why, if there is more to say. Then it ends the connection. */
export type RefuseRaw = (
  stream: Duplex,
  status: string,
  message?: string,
  headers?: Record<string, string>,
) => void;

/** Those that are being ended, once all was said. */
const refused = new WeakSet<Duplex>();

export function isRefused(stream: Duplex): boolean {
  return refused.has(stream);
}

export function createRawRefusal(policy: { production: boolean }): RefuseRaw {
  const common = writeHeaders({ Connection: 'close', ...listSecurityHeaders(policy) });
  return (stream, status, message, headers) => {
    const body = message === undefined ? '' : JSON.stringify({ message });
    const own = writeHeaders({
      ...headers,
      ...(body && { 'Content-Type': 'application/json; charset=utf-8' }),
      'Content-Length': String(Buffer.byteLength(body)),
    });
    refused.add(stream);
    // A peer that keeps its half open would hold the connection, and the server's shutdown, for ever.
    stream.once('finish', destroy);
    setTimeout(() => stream.destroy(), REFUSED_TIMEOUT_MS).unref();
    stream.end(`HTTP/1.1 ${status}\r\n${common}${own}\r\n${body}`);
  };
}

function writeHeaders(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/**
 * For a connection that Node hands over: it is no longer one of HTTP.
 *
 * @returns false when nothing is to be said. Either Node ends it with the last answer, or it is cut, since an answer is
 *   still to come: what is said would be read as that answer, or that as a part of it.
 */
export function takeOver(underWay: UnderWay, stream: Duplex): boolean {
  stream.on('error', destroy);
  endReady();
  if (underWay.stateOf(stream) === 'free') return !isEnding(stream);
  stream.destroy();
  return false;
}

/** A listener that holds nothing: a closure made for an upgrade would keep all of its request. */
function destroy(this: Duplex): void {
  this.destroy();
}
