/**
 * Turns a token back into its live session, on each request.
 *
 * A warm check reads nothing from the database; a cold one is one query, shared
 * by all who ask at once. Once this process has heard that a session ended, its
 * token is never accepted again, not even by a read that began before.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Core } from '../core.ts';
import type { Transaction } from '../db/client.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { findEnd } from './policy.ts';
import { readToken } from './token.ts';

/** @returns null for anything but the token of a live session. @throws when the database can't be asked. */
export async function resumeSession(core: Core, token: string): Promise<Session | null> {
  const claim = readToken(core.keys, token);
  if (!claim) return null;
  const remembered = core.bus.isHeard() ? core.memory.get(claim.sessionId) : undefined;
  const session =
    remembered ??
    (await core.memory.load(claim.sessionId, () =>
      core.db.session.findUnique({ where: { id: claim.sessionId, endedAt: null } }),
    ));
  if (!session || core.memory.hasEnded(session)) return null;
  if (!timingSafeEqual(session.secretHash, claim.secretHash)) return null;
  if (findEnd(session, core.policy, core.clock.now())) return null;
  core.activity.touch(session);
  return session;
}

/**
 * Reads the row of a session that was resumed once more. When it was last used is
 * taken from the session: the row hears of that later.
 *
 * @returns null when it has ended meanwhile.
 */
export async function rereadSession(
  core: Core,
  db: Transaction,
  session: Session,
  now: Date,
): Promise<Session | null> {
  const row = await db.session.findUnique({ where: { id: session.id } });
  return row && !findEnd({ ...row, lastActiveAt: session.lastActiveAt }, core.policy, now) ? row : null;
}
