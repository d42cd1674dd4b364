/**
 * Checks a password and starts a new session. A wrong email looks like a wrong
 * password, takes as long, and is limited alike.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import { InvalidCredentialsError } from '../errors.ts';
import { networkOf } from '../networks.ts';
import { startSession } from '../sessions/start.ts';
import { transact } from '../sessions/transact.ts';
import { parseEmail, parsePassword } from './credentials.ts';
import { verifyPassword } from './passwords.ts';
import type { Credentials, SignedIn, SignInPlace } from './sign-up.ts';

/** @throws InvalidInputError, InvalidCredentialsError, RateLimitedError, SessionLimitReachedError */
export async function signIn(core: Core, credentials: Credentials, place: SignInPlace): Promise<SignedIn> {
  const email = parseEmail(credentials.email, ['email']);
  const password = parsePassword(credentials.password, ['password']);
  const tries = [`address ${networkOf(place.client.ipAddress)}`, `account ${email}`];
  await core.throttle.spend(tries);
  const user = await core.db.user.findUnique({ where: { email } });
  if (!(await verifyPassword(user?.passwordHash ?? null, password)) || !user) {
    await recordEvent(core, {
      type: 'SIGN_IN_FAILED',
      userId: user?.id ?? null,
      sessionId: null,
      client: place.client,
    });
    throw new InvalidCredentialsError();
  }
  await core.throttle.giveBack(tries);
  const locked = [user.id, ...(place.presented ? [place.presented.userId] : [])];
  return transact(core, locked, async (change) => {
    // The password may have been changed while this sign-in was under way.
    if (change.users.get(user.id)?.passwordHash !== user.passwordHash) throw new InvalidCredentialsError();
    return { user, ...(await startSession(core, change, { userId: user.id, ...place })) };
  });
}
