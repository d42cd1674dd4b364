/**
 * The language that an account gets its mails in. Its owner chooses it, while
 * signed in; no later sign-in does, or whoever knows the password would choose
 * how its owner is warned of them.
 *
 * Whoever has a token can, so it is on the trail, and limited: no events without end.
 */
import type { Core } from '../core.ts';
import { Prisma, type User } from '../db/generated/prisma/client.ts';
import { type Asker, readAsker } from '../sessions/end.ts';
import { transact } from '../sessions/transact.ts';
import { updateUser } from './rows.ts';
import { beginTry } from './tries.ts';

/**
 * @param language a BCP 47 tag that there are texts for.
 * @throws RateLimitedError, UnauthenticatedError
 */
export async function changeLanguage(core: Core, asker: Asker, language: string): Promise<User> {
  const { id: sessionId, userId } = asker.session;
  const { client } = asker;
  await beginTry(core, client).spend(['language changes', userId], { userId, sessionId });
  return transact(core, [userId], async (change) => {
    await readAsker(core, change, asker);
    if (change.users.get(userId)?.language !== language) {
      change.announce({ type: 'changed', userId }, []);
      change.record({ type: 'LANGUAGE_CHANGED', userId, sessionId, client, details: { language } });
    }
    return updateUser(change, userId, Prisma.sql`language = ${language}`);
  });
}
