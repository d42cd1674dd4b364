/**
 * Turns a token back into its live session, on each request.
 *
 * A warm check reads nothing from the database; a cold one is one query, shared
 * by all who ask at once. Once this process has heard that a session ended, its
 * token is never accepted again, not even by a read that began before. While it
 * may be missing such news, it asks the database each time.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Core } from '../core.ts';
import type { Transaction } from '../db/client.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { findEnd, type SessionEnd } from './policy.ts';
import { readToken } from './token.ts';

/** @returns null for anything but the token of a live session. @throws when the database can't be asked. */
export async function resumeSession(core: Core, token: string): Promise<Session | null> {
  const claim = readToken(core.keys, token);
  const session = claim && (await findSession(core, claim.sessionId));
  const isLive =
    session &&
    !core.memory.hasEnded(session) &&
    timingSafeEqual(session.secretHash, claim.secretHash) &&
    !findEnd(session, core.policy, core.clock.now()) &&
    ((await core.activity.touch(session)) ?? true);
  if (isLive) return session;
  core.metrics.resumes.inc({ result: 'refused' });
  return null;
}

async function findSession(core: Core, id: string): Promise<Session | null> {
  const remembered = core.memory.get(id);
  // One that was not used here for too long may have been used on another process.
  if (remembered && findEnd(remembered, core.policy, core.clock.now())?.reason !== 'IDLE') {
    core.metrics.resumes.inc({ result: 'warm' });
    return remembered;
  }
  core.metrics.resumes.inc({ result: 'cold' });
  return core.memory.load(id, async () =>
    core.activity.complete(await core.db.session.findUnique({ where: { id, endedAt: null } })),
  );
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
  return row && !findEndSince(core, session, row, now) ? row : null;
}

/** How a session that was resumed has ended by now, according to its row; null when it has not. */
export function findEndSince(core: Core, session: Session, row: Session, now: Date): SessionEnd | null {
  return findEnd({ ...row, lastActiveAt: session.lastActiveAt }, core.policy, now);
}
