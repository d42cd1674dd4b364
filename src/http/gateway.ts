/**
 * `/session`: whether a request carries a live session, for a gateway that asks
 * before it lets the request through to an app (nginx `auth_request`, Traefik's
 * ForwardAuth, Caddy's `forward_auth`, Envoy's `ext_authz`).
 *
 * It tells 200 and whose session it is, 401 when there is none, and 503 when
 * nobody can say: never 200 in doubt. Checked like every other request, and
 * counted as a use of the session.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ContextSource } from '../context.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { encodeGlobalId } from '../schema/global-id.ts';
import { addHeader, type Headers } from './head.ts';
import { answerJson, sendText } from './json.ts';
import { findRequester, type Requester } from './requester.ts';

export const GATEWAY_PATH = '/session';

/** Envoy asks with the method of the request, and with its path behind ours. */
export function isForGateway(path: string): boolean {
  return path === GATEWAY_PATH || path.startsWith(`${GATEWAY_PATH}/`);
}

interface Description {
  headers: Headers;
  text: string;
}

/** Made once for each session that is remembered. */
const descriptions = new WeakMap<Session, Description>();

/** At once when nothing has to be read. */
export function answerGateway(
  source: ContextSource,
  request: IncomingMessage,
  response: ServerResponse,
): void | Promise<void> {
  const requester = findOrNull(source, request);
  if (!(requester instanceof Promise)) return answer(response, requester);
  return requester.then((found) => answer(response, found));
}

/** @param requester null when nobody can say. */
function answer(response: ServerResponse, requester: Requester | null): void {
  if (!requester) {
    addHeader(response, 'Retry-After', 1);
    answerJson(response, 503, {
      message: 'The session can’t be checked right now. Try again shortly.',
    });
  } else if (requester.session) {
    const { headers, text } = describeSession(requester.session);
    sendText(response, 200, headers, text);
  } else {
    addHeader(response, 'WWW-Authenticate', 'Bearer');
    answerJson(response, 401, { message: 'There is no live session behind this request.' });
  }
}

/** Null when nobody can say. */
function findOrNull(
  source: ContextSource,
  request: IncomingMessage,
): Requester | null | Promise<Requester | null> {
  const requester = findRequester(source, request);
  return requester instanceof Promise ? requester.catch(() => null) : requester;
}

function describeSession(session: Session): Description {
  const known = descriptions.get(session);
  if (known) return known;
  const userId = encodeGlobalId('User', session.userId);
  const sessionId = encodeGlobalId('Session', session.id);
  const { kind, expiresAt } = session;
  const text = JSON.stringify({ userId, sessionId, kind, expiresAt });
  const description = {
    headers: [
      ...['Content-Type', 'application/json; charset=utf-8'],
      ...['X-Curfew-User-Id', userId],
      ...['X-Curfew-Session-Id', sessionId],
    ],
    text,
  };
  descriptions.set(session, description);
  return description;
}
