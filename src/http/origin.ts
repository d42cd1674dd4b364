/**
 * Which web pages may talk to this server: its own, and those of the origins
 * that are set. Browsers send Origin with everything that can change something
 * and with every WebSocket; programs send none, and carry no cookie of anybody.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { addHeader, writeHead } from './head.ts';

export interface OriginPolicy {
  /** Where people reach this server; null when it is not known. */
  url: string | null;
  /** Those that are allowed besides its own. */
  origins: readonly string[];
  /** In production our own pages come over TLS, even when a proxy ends it before us. */
  production: boolean;
}

/** A name or an address, and a port (RFC 9110, section 7.2): nothing that a URL would take for another part. */
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i;

/** No name is longer, with its port. */
const MAX_REMEMBERED_HOST = 260;

/** One host that makes a URL, or none, as in HTTP/1.0. Anything else tells no page of ours from another. */
export function hasGoodHost({ headers: { host = '' }, rawHeaders }: IncomingMessage): boolean {
  return !isNamedTwice(rawHeaders, 'host') && (host === '' || isHost(host));
}

/** @param rawHeaders names and values in turn. @param name in lower case. */
function isNamedTwice(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count++;
  }
  return count > 1;
}

/** Nearly all requests name one of a few. */
const hosts = new LRUCache<string, boolean>({ max: 100 });

function isHost(host: string): boolean {
  const known = hosts.get(host);
  if (known !== undefined) return known;
  const isGood = HOST.test(host) && URL.canParse(`http://${host}`);
  if (host.length <= MAX_REMEMBERED_HOST) hosts.set(host, isGood);
  return isGood;
}

export function isAllowedOrigin(
  { url, origins, production }: OriginPolicy,
  { headers }: IncomingMessage,
): boolean {
  const { origin, host } = headers;
  if (origin === undefined) {
    // A page of ours may leave it out of a GET; a foreign page is told apart by what browsers add themselves.
    // One of the same site is foreign too: whoever has another host of it may not use this one.
    const site = headers['sec-fetch-site'] ?? 'none';
    return site === 'same-origin' || site === 'none' || headers['sec-fetch-mode'] === 'navigate';
  }
  if (origin === url || origins.includes(origin)) return true;
  return origin === `https://${host}` || (!production && origin === `http://${host}`);
}

/** For an allowed Origin: lets its page send credentials and read the answer. */
export function allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  addHeader(response, 'Vary', 'Origin');
  if (headers.origin === undefined) return;
  addHeader(response, 'Access-Control-Allow-Origin', headers.origin);
  addHeader(response, 'Access-Control-Allow-Credentials', 'true');
}

const PREFLIGHT = [
  ...['Access-Control-Allow-Methods', 'GET, POST'],
  ...['Access-Control-Allow-Headers', 'Authorization, Content-Type, Accept, Curfew-Session'],
  ...['Access-Control-Max-Age', '7200'],
];

/** Answers a preflight request of an allowed Origin. */
export function answerPreflight(response: ServerResponse): void {
  writeHead(response, 204, PREFLIGHT);
  response.end();
}
