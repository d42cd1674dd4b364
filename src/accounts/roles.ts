/**
 * Who is an administrator. Roles are given and taken at the server's own command
 * line alone: no request, whoever makes it, reaches them.
 */
import { writeEvents } from '../audit/trail.ts';
import type { Clock } from '../core.ts';
import type { Database } from '../db/client.ts';
import { Prisma, type Role, type User } from '../db/generated/prisma/client.ts';
import type { Statement } from '../db/prepared.ts';
import type { InTransaction } from '../db/transaction.ts';
import type { News } from '../sessions/news.ts';
import { parseEmail } from './credentials.ts';

export interface RoleChanger {
  inTransaction: InTransaction;
  clock: Clock;
  /** What tells every process, if the transaction is committed. */
  announce(news: News): Statement;
}

/**
 * Has its effect with the account's next request.
 *
 * @returns whether that changed anything; null when nobody signs in here with this email.
 * @throws InvalidInputError
 */
export async function changeRole(
  { inTransaction, clock, announce }: RoleChanger,
  email: string,
  role: Role,
): Promise<boolean | null> {
  const parsed = parseEmail(email, ['email']);
  return inTransaction(async ({ query, commit }) => {
    // Under the lock that its mutations take, so that none which is under way is half allowed.
    const [user] = await query<Pick<User, 'id' | 'role'>>(Prisma.sql`
      SELECT id, role FROM users WHERE email = ${parsed} FOR NO KEY UPDATE`);
    if (!user) return null;
    if (user.role === role) return false;
    const actor = { kind: 'SYSTEM' } as const;
    const event = { userId: user.id, sessionId: null, actor, client: null, details: { role } };
    await commit([
      Prisma.sql`UPDATE users SET role = ${role}::role WHERE id = ${user.id}::uuid`,
      writeEvents(clock.now(), [{ type: 'ROLE_CHANGED', ...event }]),
      announce({ type: 'changed', userId: user.id }),
    ]);
    return true;
  });
}

/** By email. */
export function listAdministrators(db: Database): Promise<User[]> {
  return db.user.findMany({ where: { role: 'ADMIN' }, orderBy: { email: 'asc' } });
}
