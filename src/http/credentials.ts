/**
 * Where a request carries its token: in `connectionParams.authorization` (on a
 * socket), in the Authorization header, or in the session cookie. The first of
 * them that is there wins, even when its token is not good.
 *
 * A cookie goes along whoever it belongs to by now. So a page may say along with
 * a request whose session it is meant for, and nothing is done for another's.
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { SessionKind } from '../db/generated/prisma/client.ts';
import { BadArgumentError } from '../errors.ts';
import { encodeGlobalId } from '../schema/global-id.ts';
import { SERVICE_KEY_PREFIX } from '../service-keys.ts';
import { readDeviceId, writeDeviceId } from '../sessions/device-id.ts';
import type { TokenClaim, TokenReader } from '../sessions/token.ts';
import type { SigningKeys } from '../signing.ts';

/** The id of the session that the request is meant for: an expectation, and never a credential. */
export const EXPECTED_SESSION_HEADER = 'curfew-session';

/** Where in a request's head a token may be, and what is expected of it. */
export interface CredentialHeaders extends Pick<IncomingHttpHeaders, 'authorization' | 'cookie'> {
  [EXPECTED_SESSION_HEADER]?: string | string[] | undefined;
}

/** What the client of a socket says when it connects. */
type ConnectionParams = Readonly<Record<string, unknown>>;

export type PresentedToken =
  /** Of a session, with what it claims; null when nobody of us signed it. The kind is that of sessions which are carried in this way. */
  | { kind: SessionKind; claim: TokenClaim | null }
  /** Of a trusted backend. */
  | { kind: 'SERVICE'; key: string };

/** Where a browser keeps its session, and what it is known again by. */
export interface CookieJar {
  setSession(token: string): void;
  /** Has the browser forget what its pages kept, too. */
  clearSession(): void;
  /** The id in its device cookie; null for none, or one that we didn't sign. */
  readDevice(): string | null;
  setDevice(id: string): void;
}

export interface CookieNames {
  session: string;
  device: string;
}

/** Lets secret scanners find a leaked token. */
export const BEARER_PREFIX = 'cfw_';

/** The most that browsers allow (RFC 6265bis, section 5.6.2); the session's own lifetimes decide when it ends. */
const COOKIE_MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/**
 * What the browser forgets of this origin with a session that ended: what pages
 * kept of it. Not "cookies", which would take those of the whole site along,
 * and of other hosts; ours is cleared by itself.
 */
const CLEARED_DATA = '"cache", "storage"';

/**
 * With TLS the prefix `__Host-` makes browsers refuse the cookie from any other
 * host, from plain HTTP, and with any other path.
 */
export function nameCookies(production: boolean): CookieNames {
  const prefix = production ? '__Host-' : '';
  return { session: `${prefix}session`, device: `${prefix}device` };
}

/**
 * Null for none, and where it is not the one of the session that is expected: such a
 * request is answered like one without, before anything is read or counted for it.
 *
 * @throws BadArgumentError when what `connectionParams` say of either is not text.
 */
export function findPresentedToken(
  tokens: Pick<TokenReader, 'read'>,
  cookieName: string,
  headers: CredentialHeaders,
  connectionParams?: ConnectionParams,
): PresentedToken | null {
  const authorization =
    readTextParam(connectionParams, 'authorization', `Bearer ${BEARER_PREFIX}…`) ?? headers.authorization;
  const expected =
    readTextParam(connectionParams, EXPECTED_SESSION_HEADER, 'U2Vzc2lvbjow…') ??
    headers[EXPECTED_SESSION_HEADER];
  const presented = findToken(tokens, cookieName, authorization, headers.cookie);
  if (!presented || expected === undefined) return presented;
  return presented.kind !== 'SERVICE' && isOfSession(presented.claim, expected) ? presented : null;
}

function isOfSession(claim: TokenClaim | null, id: unknown): boolean {
  return claim !== null && encodeGlobalId('Session', claim.sessionId) === id;
}

function findToken(
  tokens: Pick<TokenReader, 'read'>,
  cookieName: string,
  authorization: string | undefined,
  cookie = '',
): PresentedToken | null {
  // What follows the blanks begins with none: else a long row of them would be tried in every way.
  const bearer = authorization && /^Bearer(?: +([^ ].*)?)?$/i.exec(authorization.trim());
  if (bearer) {
    const credential = bearer[1] ?? '';
    if (credential.startsWith(SERVICE_KEY_PREFIX)) return { kind: 'SERVICE', key: credential };
    if (!credential.startsWith(BEARER_PREFIX)) return null;
    return { kind: 'API', claim: tokens.read(credential.slice(BEARER_PREFIX.length)) };
  }
  const claim = findCookieClaim(tokens, cookieName, cookie);
  return claim && { kind: 'BROWSER', claim };
}

/** Matched without regard to case, like the header it stands in for. */
function readTextParam(
  params: ConnectionParams | undefined,
  header: string,
  example: string,
): string | undefined {
  if (!params) return undefined;
  const key = Object.keys(params).find((name) => name.toLowerCase() === header);
  const value = key === undefined ? undefined : params[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') {
    throw new BadArgumentError(`connectionParams.${header} must be text, such as "${example}".`);
  }
  return value;
}

/**
 * Another site on the same host may have set a cookie of the same name; what we
 * didn't sign is passed over. Two that we did sign are one too many: somebody
 * may have planted one, and which is not ours to guess.
 */
function findCookieClaim(
  tokens: Pick<TokenReader, 'read'>,
  cookieName: string,
  header: string,
): TokenClaim | null {
  const values = readCookies(header, cookieName);
  let found: TokenClaim | null = null;
  for (const value of values.length > 1 ? new Set(values) : values) {
    const claim = tokens.read(value);
    if (claim && found) return null;
    found ??= claim;
  }
  return found;
}

/** The values of all cookies of this name. */
function readCookies(header: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of header.split(';')) {
    const separator = pair.indexOf('=');
    if (separator < 0 || pair.slice(0, separator).trim() !== name) continue;
    values.push(pair.slice(separator + 1).trim());
  }
  return values;
}

export interface CookieJarOptions {
  names: CookieNames;
  /** Only over TLS. */
  secure: boolean;
  deviceKeys: SigningKeys;
}

export function openCookieJar(
  { headers }: { headers: CredentialHeaders },
  response: ServerResponse,
  { names, secure, deviceKeys }: CookieJarOptions,
): CookieJar {
  /** By name: one answer never carries two cookies of one. */
  let written: Map<string, string> | null = null;
  const write = (name: string, value: string, maxAgeSeconds?: number) => {
    written ??= new Map();
    written.set(
      name,
      writeCookie(name, value, { secure, ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) }),
    );
    response.setHeader('Set-Cookie', [...written.values()]);
  };
  return {
    setSession: (token) => write(names.session, token),
    clearSession() {
      write(names.session, '', 0);
      response.setHeader('Clear-Site-Data', CLEARED_DATA);
    },
    readDevice() {
      for (const value of readCookies(headers.cookie ?? '', names.device)) {
        const id = readDeviceId(deviceKeys, value);
        if (id !== null) return id;
      }
      return null;
    },
    setDevice: (id) => write(names.device, writeDeviceId(deviceKeys, id)),
  };
}

/** The value of a Set-Cookie header. */
export function writeCookie(
  name: string,
  value: string,
  { secure, maxAgeSeconds = COOKIE_MAX_AGE_SECONDS }: { secure: boolean; maxAgeSeconds?: number },
): string {
  const attributes = `Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return `${name}=${value}; ${attributes}`;
}
