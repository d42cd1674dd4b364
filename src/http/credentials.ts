/**
 * Where a request carries its token: in `connectionParams.authorization` (on a
 * socket), in the Authorization header, or in the session cookie. The first of
 * them that is there wins, even when its token is not good.
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { SessionKind } from '../db/generated/prisma/client.ts';
import { BadArgumentError } from '../errors.ts';
import { SERVICE_KEY_PREFIX } from '../service-keys.ts';
import { readToken, type SigningKeys } from '../sessions/token.ts';

/** Where in a request's head a token may be. */
export type CredentialHeaders = Pick<IncomingHttpHeaders, 'authorization' | 'cookie'>;

export interface PresentedToken {
  token: string;
  /** The kind of session that is carried in this way; `SERVICE` for the key of a trusted backend. */
  kind: SessionKind | 'SERVICE';
}

/** Where a browser's session is put. */
export interface CookieJar {
  set(token: string): void;
  clear(): void;
}

/** Lets secret scanners find a leaked token. */
export const BEARER_PREFIX = 'cfw_';

/** The most that browsers allow (RFC 6265bis, section 5.6.2); the session's own lifetimes decide when it ends. */
const COOKIE_MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/**
 * With TLS the prefix `__Host-` makes browsers refuse the cookie from any other
 * host, from plain HTTP, and with any other path.
 */
export function nameCookie(production: boolean): string {
  return production ? '__Host-session' : 'session';
}

/** @throws BadArgumentError when `connectionParams.authorization` is not text. */
export function findPresentedToken(
  keys: SigningKeys,
  cookieName: string,
  headers: CredentialHeaders,
  connectionParams: Readonly<Record<string, unknown>> = {},
): PresentedToken | null {
  const authorization = readAuthorizationParam(connectionParams) ?? headers.authorization;
  const bearer = /^Bearer(?: +(.*))?$/i.exec(authorization?.trim() ?? '');
  if (bearer) {
    const credential = bearer[1] ?? '';
    if (credential.startsWith(SERVICE_KEY_PREFIX)) return { token: credential, kind: 'SERVICE' };
    if (!credential.startsWith(BEARER_PREFIX)) return null;
    return { token: credential.slice(BEARER_PREFIX.length), kind: 'API' };
  }
  const token = findCookieToken(keys, cookieName, headers.cookie ?? '');
  return token === null ? null : { token, kind: 'BROWSER' };
}

/** Matched without regard to case, like the header it stands in for. */
function readAuthorizationParam(params: Readonly<Record<string, unknown>>): string | undefined {
  const key = Object.keys(params).find((name) => name.toLowerCase() === 'authorization');
  const value = key === undefined ? undefined : params[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') {
    throw new BadArgumentError(
      `connectionParams.authorization must be text, such as "Bearer ${BEARER_PREFIX}…".`,
    );
  }
  return value;
}

/**
 * Another site on the same host may have set a cookie of the same name; what we
 * didn't sign is passed over. Two that we did sign are one too many: somebody
 * may have planted one, and which is not ours to guess.
 */
function findCookieToken(keys: SigningKeys, cookieName: string, header: string): string | null {
  const tokens = new Set<string>();
  for (const pair of header.split(';')) {
    const separator = pair.indexOf('=');
    if (separator < 0 || pair.slice(0, separator).trim() !== cookieName) continue;
    const value = pair.slice(separator + 1).trim();
    if (readToken(keys, value)) tokens.add(value);
  }
  const [token] = tokens;
  return tokens.size === 1 && token !== undefined ? token : null;
}

export function openCookieJar(response: ServerResponse, cookieName: string, secure: boolean): CookieJar {
  // The last one wins: one answer never carries two cookies of one name.
  const write = (header: string) => void response.setHeader('Set-Cookie', header);
  return {
    set: (token) => write(writeCookie(cookieName, secure, token)),
    clear: () => write(writeCookie(cookieName, secure, '', 0)),
  };
}

/** The value of a Set-Cookie header. */
export function writeCookie(
  cookieName: string,
  secure: boolean,
  value: string,
  maxAgeSeconds = COOKIE_MAX_AGE_SECONDS,
): string {
  const attributes = `Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return `${cookieName}=${value}; ${attributes}`;
}
