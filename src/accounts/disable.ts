/**
 * Disables accounts. A disabled one has no session and gets none: all of its
 * sessions end in the transaction that disables it, and every sign-in looks
 * under the same lock.
 */
import type { Core } from '../core.ts';
import { Prisma, type User } from '../db/generated/prisma/client.ts';
import { InvalidInputError, UserNotFoundError } from '../errors.ts';
import { type Administrator, transactAs } from '../sessions/authority.ts';
import { endAllOf } from '../sessions/end.ts';
import { updateUser } from './rows.ts';

export interface Disabled {
  user: User;
  /** How many sessions that ended. */
  revokedCount: number;
}

/**
 * Disabling twice is disabling once.
 *
 * @throws UserNotFoundError, InvalidInputError, and what `transactAs` throws.
 */
export function disableUser(core: Core, administrator: Administrator, userId: string): Promise<Disabled> {
  return transactAs(core, administrator, [userId], async (change, ending) => {
    const { now, users } = change;
    const { actor, client } = ending.by;
    const target = users.get(userId);
    if (!target) throw new UserNotFoundError();
    if (userId === administrator.asker.session.userId) {
      // There is always an administrator left who can undo it.
      throw new InvalidInputError(['userId'], { key: 'error.ownAccount' });
    }
    const user = await updateUser(change, userId, Prisma.sql`disabled_at = coalesce(disabled_at, ${now})`);
    if (target.disabledAt === null) {
      change.announce({ type: 'changed', userId }, []);
      change.record({ type: 'USER_DISABLED', userId, sessionId: null, actor, client });
    }
    const revokedCount = await endAllOf(change, { which: { userId }, ...ending });
    return { user, revokedCount };
  });
}

/** @throws UserNotFoundError, and what `transactAs` throws. */
export function enableUser(core: Core, administrator: Administrator, userId: string): Promise<User> {
  return transactAs(core, administrator, [userId], async (change, { by: { actor, client } }) => {
    const target = change.users.get(userId);
    if (!target) throw new UserNotFoundError();
    if (target.disabledAt !== null) {
      change.announce({ type: 'changed', userId }, []);
      change.record({ type: 'USER_ENABLED', userId, sessionId: null, actor, client });
    }
    return updateUser(change, userId, Prisma.sql`disabled_at = NULL`);
  });
}
