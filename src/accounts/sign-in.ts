/**
 * Checks a password and starts a new session. A wrong email looks like a wrong
 * password, takes as long, and is limited alike.
 */
import { NIL } from 'uuid';
import { recordEvent } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import type { User } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { AccountDisabledError, InvalidCredentialsError } from '../errors.ts';
import { recognize } from '../sessions/recognition.ts';
import { readKnown, type SignInPlace, startSession } from '../sessions/start.ts';
import { transactOn } from '../sessions/transact.ts';
import { parseEmail, parsePassword } from './credentials.ts';
import { namePassword, verifyPassword } from './passwords.ts';
import { findUserByEmail } from './rows.ts';
import type { Credentials, SignedIn } from './sign-up.ts';
import { beginTry, type Counted, type Trier, type Try } from './tries.ts';

export interface SignInFrom extends SignInPlace {
  /** Whether the device's id was shown by its cookie; else it is a new one. */
  hasDeviceCookie: boolean;
}

/** @throws InvalidInputError, InvalidCredentialsError, AccountDisabledError, RateLimitedError, SessionLimitReachedError */
export async function signIn(core: Core, credentials: Credentials, place: SignInFrom): Promise<SignedIn> {
  const email = parseEmail(credentials.email, ['email']);
  const password = parsePassword(credentials.password, ['password']);
  const attempt = beginTry(core, place.client);
  const { user, trier, ifRight } = await findUser(core, attempt, email, place);
  await attempt.look(ifRight, trier);
  if (!(await verifyPassword(user?.passwordHash ?? null, password)) || !user) {
    await recordEvent(core, { type: 'SIGN_IN_FAILED', ...trier, client: place.client });
    throw new InvalidCredentialsError();
  }
  await attempt.spend(ifRight, trier);
  const locked = [user.id, ...(place.presented ? [place.presented.userId] : [])];
  const read = (query: QueryPrepared) => readKnown(core, query, user.id, place);
  const started = await transactOn(core, locked, read, async (change, known) => {
    // The password may have been changed, and the account disabled, while this sign-in was under way.
    const current = change.users.get(user.id);
    if (current?.passwordHash !== user.passwordHash) throw new InvalidCredentialsError();
    if (current.disabledAt === null) return startSession(core, change, { userId: user.id, ...place }, known);
    change.record({ type: 'SIGN_IN_FAILED', userId: user.id, sessionId: null, client: place.client });
    return null;
  });
  if (!started) throw new AccountDisabledError();
  await attempt.giveBack();
  return { user, ...started };
}

interface Found {
  user: User | null;
  trier: Trier;
  /** What the try counts for if its password is right. */
  ifRight: Counted;
}

/** Counts the try for what it is to count for, and finds out what that is. @throws RateLimitedError */
async function findUser(core: Core, attempt: Try, email: string, place: SignInFrom): Promise<Found> {
  const { deviceId, hasDeviceCookie } = place;
  // The most that a flood may cost; only who shows a device's cookie may be somebody known.
  await attempt.spend([hasDeviceCookie ? 'address with cookies' : 'address']);
  const user = await findUserByEmail(core.query, email);
  // Nobody's is looked up alike.
  const userId = user?.id ?? NIL;
  const password = namePassword(user?.passwordHash ?? '');
  const seen = await recognize(core.query, userId, place, core.clock.now());
  const trier = { userId: user?.id ?? null, sessionId: null };
  if (user && deviceId !== null && seen.hasKnownCookie) {
    await attempt.spend(['device', userId, deviceId], trier);
    return { user, trier, ifRight: ['device sign-ins', userId, deviceId, password] };
  }
  if (hasDeviceCookie) await attempt.spend(['address']);
  await attempt.spend(user && seen.isKnownNetwork ? ['network', userId] : ['account', email], trier);
  return { user, trier, ifRight: ['sign-ins', userId, password] };
}
