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
import { answerJson } from './json.ts';
import { findRequester, type Requester } from './requester.ts';

export const GATEWAY_PATH = '/session';

/** Envoy asks with the method of the request, and with its path behind ours. */
export function isForGateway(path: string): boolean {
  return path === GATEWAY_PATH || path.startsWith(`${GATEWAY_PATH}/`);
}

interface Description {
  headers: Record<string, string | number>;
  text: string;
}

/** Made once for each session that is remembered. */
const descriptions = new WeakMap<Session, Description>();

export async function answerGateway(
  source: ContextSource,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requester = await findOrNull(source, request);
  if (!requester) {
    response.setHeader('Retry-After', 1);
    return answerJson(response, 503, {
      message: 'The session can’t be checked right now. Try again shortly.',
    });
  }
  const { session } = requester;
  if (!session) {
    response.setHeader('WWW-Authenticate', 'Bearer');
    return answerJson(response, 401, { message: 'There is no live session behind this request.' });
  }
  const { headers, text } = describeSession(session);
  response.writeHead(200, headers).end(text);
}

/** Null when nobody can say. */
async function findOrNull(source: ContextSource, request: IncomingMessage): Promise<Requester | null> {
  try {
    return await findRequester(source, request);
  } catch {
    return null;
  }
}

function describeSession(session: Session): Description {
  const known = descriptions.get(session);
  if (known) return known;
  const userId = encodeGlobalId('User', session.userId);
  const sessionId = encodeGlobalId('Session', session.id);
  const { kind, expiresAt } = session;
  const text = JSON.stringify({ userId, sessionId, kind, expiresAt });
  const description = {
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'X-Curfew-User-Id': userId,
      'X-Curfew-Session-Id': sessionId,
    },
    text,
  };
  descriptions.set(session, description);
  return description;
}
