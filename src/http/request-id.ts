/** A name for each request, by which what the log says of it is found: its own, or that of a proxy in front. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

const ID = Symbol('request id');

type Named = IncomingMessage & { [ID]?: string };

/** @param trustedProxies addresses and ranges of proxies whose `X-Request-Id` is taken over. */
export function createRequestNamer(trustedProxies: string[]): (request: Named) => void {
  const isTrusted = proxyAddr.compile(trustedProxies);
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return (request) => {
    const given = request.headers['x-request-id'];
    const isTaken =
      typeof given === 'string' &&
      /^[\w.:-]{1,64}$/.test(given) &&
      isTrusted(request.socket.remoteAddress ?? '', 0);
    request[ID] = isTaken ? given : `${prefix}-${(count++).toString(36)}`;
  };
}

export function requestIdOf(request: Named): string {
  return request[ID] ?? 'unknown';
}
