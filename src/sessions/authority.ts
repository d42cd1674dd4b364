/**
 * Who may act on other people's accounts and sessions: administrators, from a
 * session that was confirmed lately, and the app's own backend, by a service key.
 *
 * What an administrator may is read from the users row, never remembered: once at
 * the beginning of an operation, and again under the lock of each change. So one
 * who was demoted, disabled or signed out changes nothing after that, even by a
 * request that was under way.
 */
import type { Client, Core } from '../core.ts';
import type { Session, User } from '../db/generated/prisma/client.ts';
import { ForbiddenError } from '../errors.ts';
import { type Asker, assertConfirmed, type Ending, readAsker } from './end.ts';
import { type Change, transact } from './transact.ts';

export interface Administrator {
  kind: 'ADMINISTRATOR';
  asker: Asker;
}

/** A trusted backend, by the name of its key. */
export interface Service {
  kind: 'SERVICE';
  name: string;
  client: Client;
}

export type Authority = Administrator | Service;

/** As of now. */
export async function isAdministrator({ db }: Core, { userId }: Session): Promise<boolean> {
  const user = await db.user.findUnique({
    where: { id: userId },
    select: { role: true, disabledAt: true },
  });
  return user !== null && mayAdminister(user);
}

function mayAdminister({ role, disabledAt }: Pick<User, 'role' | 'disabledAt'>): boolean {
  return role === 'ADMIN' && disabledAt === null;
}

/**
 * A transaction on other people's accounts, with the locks on them held.
 *
 * @param work is told why and by whom sessions are ended in it.
 * @throws UnauthenticatedError, ForbiddenError, ReauthenticationRequiredError
 */
export function transactAs<T>(
  core: Core,
  authority: Authority,
  userIds: string[],
  work: (change: Change, ending: Ending) => Promise<T>,
): Promise<T> {
  if (authority.kind === 'SERVICE') {
    return transact(core, userIds, (change) => work(change, endingBy(authority)));
  }
  const { asker } = authority;
  const adminId = asker.session.userId;
  return transact(core, [adminId, ...userIds], async (change) => {
    const current = await readAsker(core, change, asker);
    const admin = change.users.get(adminId);
    if (!admin || !mayAdminister(admin)) throw new ForbiddenError();
    assertConfirmed(core, current, change.now);
    return work(change, endingBy(authority));
  });
}

function endingBy(authority: Authority): Ending {
  if (authority.kind === 'SERVICE') {
    const { name, client } = authority;
    const by = { endedById: null, actor: { kind: 'SERVICE' as const, name }, client };
    return { reason: 'REVOKED_BY_SERVICE', by };
  }
  const { session, client } = authority.asker;
  const actor = { kind: 'ADMINISTRATOR' as const, id: session.userId };
  return { reason: 'REVOKED_BY_ADMIN', by: { endedById: session.userId, actor, client } };
}
