/** How the token of a session that was started, or renewed, reaches its device. */
import type { Context } from '../context.ts';
import { BadArgumentError } from '../errors.ts';
import { BEARER_PREFIX } from '../http/credentials.ts';
import type { StartedSession } from '../sessions/start.ts';

export type Delivered<Started extends StartedSession> = Omit<Started, 'token'> & { token: string | null };

/** What fields that hold a renewed token say of it. */
export const NEW_TOKEN =
  'Of a session that is carried as a Bearer token, its new token; it is never shown again. A browser’s is set as its cookie.';

/** From here on the request is made with this session. @returns the token only for who carries it as a Bearer token. */
export function deliver<Started extends StartedSession>(
  context: Context,
  { token, ...started }: Started,
): Delivered<Started> {
  context.session = started.session;
  if (started.session.kind === 'API') return { ...started, token: BEARER_PREFIX + token };
  context.cookies?.setSession(token);
  return { ...started, token: null };
}

/** @throws BadArgumentError where the new token of a browser's session could not be set. */
export function assertRenewable({ session, cookies }: Context): void {
  if (session?.kind !== 'BROWSER' || cookies) return;
  throw new BadArgumentError(
    'This gives the session a new token, and its cookie can’t be set here. Send this mutation over HTTP.',
  );
}
