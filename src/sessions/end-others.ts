/** Ends sessions of whomever, on behalf of an administrator or of a trusted backend. */
import type { Core } from '../core.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { SessionNotFoundError, UserNotFoundError } from '../errors.ts';
import { type Authority, transactAs } from './authority.ts';
import { endAllOf, endSession, holdSession } from './end.ts';

/**
 * Ends one session. One that has ended already is returned as it is.
 *
 * @throws SessionNotFoundError, and what `transactAs` throws.
 */
export async function endAnySession(core: Core, authority: Authority, id: string): Promise<Session> {
  // A session never changes its user.
  const owner = await core.db.session.findUnique({ where: { id }, select: { userId: true } });
  return transactAs(core, authority, owner ? [owner.userId] : [], async (change, ending) => {
    const target = owner && (await holdSession(change.query, owner.userId, id));
    if (!target) throw new SessionNotFoundError({ key: 'error.noSuchSession' });
    return endSession(change, target, ending);
  });
}

/**
 * @returns how many this call ended.
 * @throws UserNotFoundError, and what `transactAs` throws.
 */
export function endUserSessions(core: Core, authority: Authority, userId: string): Promise<number> {
  return transactAs(core, authority, [userId], async (change, ending) => {
    if (!change.users.has(userId)) throw new UserNotFoundError();
    return endAllOf(change, { which: { userId }, ...ending });
  });
}
