/**
 * Who is an administrator. Roles are given and taken at the server's own command
 * line alone: no request, whoever makes it, reaches them.
 */
import { recordEvents } from '../audit/trail.ts';
import type { Clock } from '../core.ts';
import type { Database, Transaction } from '../db/client.ts';
import type { Role, User } from '../db/generated/prisma/client.ts';
import type { News } from '../sessions/news.ts';
import { parseEmail } from './credentials.ts';

export interface RoleChanger {
  db: Database;
  clock: Clock;
  /** Tells every process, if the transaction is committed. */
  announce(tx: Transaction, news: News): Promise<void>;
}

/**
 * Has its effect with the account's next request.
 *
 * @returns whether that changed anything; null when nobody signs in here with this email.
 * @throws InvalidInputError
 */
export async function changeRole(
  { db, clock, announce }: RoleChanger,
  email: string,
  role: Role,
): Promise<boolean | null> {
  const parsed = parseEmail(email, ['email']);
  return db.$transaction(async (tx) => {
    // Under the lock that its mutations take, so that none which is under way is half allowed.
    const [user] = await tx.$queryRaw<Pick<User, 'id' | 'role'>[]>`
      SELECT id, role FROM users WHERE email = ${parsed} FOR NO KEY UPDATE`;
    if (!user) return null;
    if (user.role === role) return false;
    await tx.user.update({ where: { id: user.id }, data: { role } });
    const actor = { kind: 'SYSTEM' } as const;
    const event = { userId: user.id, sessionId: null, actor, client: null, details: { role } };
    await recordEvents(tx, clock.now(), [{ type: 'ROLE_CHANGED', ...event }]);
    await announce(tx, { type: 'changed', userId: user.id });
    return true;
  });
}

/** By email. */
export function listAdministrators(db: Database): Promise<User[]> {
  return db.user.findMany({ where: { role: 'ADMIN' }, orderBy: { email: 'asc' } });
}
