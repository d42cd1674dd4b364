/**
 * The language that an account gets its mails in. Its owner chooses it, while
 * signed in; no later sign-in does, or whoever knows the password would choose
 * how its owner is warned of them.
 */
import type { Core } from '../core.ts';
import type { User } from '../db/generated/prisma/client.ts';
import { type Asker, readAsker } from '../sessions/end.ts';
import { transact } from '../sessions/transact.ts';

/**
 * @param language a BCP 47 tag that there are texts for.
 * @throws UnauthenticatedError
 */
export function changeLanguage(core: Core, asker: Asker, language: string): Promise<User> {
  const { userId } = asker.session;
  return transact(core, [userId], async (change) => {
    await readAsker(core, change, asker);
    change.announce({ type: 'changed', userId }, []);
    return change.tx.user.update({ where: { id: userId }, data: { language } });
  });
}
