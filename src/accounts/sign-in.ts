/**
 * Checks a password and starts a new session. A wrong email looks like a wrong
 * password, takes as long, and is limited alike.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import { AccountDisabledError, InvalidCredentialsError } from '../errors.ts';
import { startSession } from '../sessions/start.ts';
import { transact } from '../sessions/transact.ts';
import { parseEmail, parsePassword } from './credentials.ts';
import { verifyPassword } from './passwords.ts';
import type { Credentials, SignedIn, SignInPlace } from './sign-up.ts';

/** @throws InvalidInputError, InvalidCredentialsError, AccountDisabledError, RateLimitedError, SessionLimitReachedError */
export async function signIn(core: Core, credentials: Credentials, place: SignInPlace): Promise<SignedIn> {
  const email = parseEmail(credentials.email, ['email']);
  const password = parsePassword(credentials.password, ['password']);
  const attempt = { ipAddress: place.client.ipAddress, email };
  await core.throttle.spend(attempt);
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
  await core.throttle.giveBack(attempt);
  const locked = [user.id, ...(place.presented ? [place.presented.userId] : [])];
  const started = await transact(core, locked, async (change) => {
    // The password may have been changed, and the account disabled, while this sign-in was under way.
    const current = change.users.get(user.id);
    if (current?.passwordHash !== user.passwordHash) throw new InvalidCredentialsError();
    if (current.disabledAt === null) return startSession(core, change, { userId: user.id, ...place });
    change.record({ type: 'SIGN_IN_FAILED', userId: user.id, sessionId: null, client: place.client });
    return null;
  });
  if (!started) throw new AccountDisabledError();
  return { user, ...started };
}
