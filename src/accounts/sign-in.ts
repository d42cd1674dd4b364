/**
 * Checks a password and starts a new session. A wrong email looks like a wrong
 * password, takes as long, and is limited alike.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import { Prisma, type User } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { AccountDisabledError, InvalidCredentialsError } from '../errors.ts';
import { type Recognition, readSeen, type Seen, selectSeen } from '../sessions/recognition.ts';
import { readKnown, type SignInPlace, startSession } from '../sessions/start.ts';
import { transactOn } from '../sessions/transact.ts';
import { parseEmail, parsePassword } from './credentials.ts';
import { namePassword, verifyPassword } from './passwords.ts';
import { USER_COLUMNS } from './rows.ts';
import type { Credentials, SignedIn } from './sign-up.ts';
import { beginTry, type Counted, type Trier, type Try } from './tries.ts';

export interface SignInFrom extends SignInPlace {
  /** Whether the device's id was shown by its cookie; else it is a new one. */
  hasDeviceCookie: boolean;
}

/** @throws InvalidInputError, InvalidCredentialsError, AccountDisabledError, RateLimitedError, ServerBusyError, SessionLimitReachedError */
export async function signIn(core: Core, credentials: Credentials, place: SignInFrom): Promise<SignedIn> {
  const email = parseEmail(credentials.email, ['email']);
  const password = parsePassword(credentials.password, ['password']);
  const attempt = beginTry(core, place.client);
  const { user, trier, ifRight } = await beginSignIn(core, attempt, email, place);
  const isRight = await attempt.use(() => verifyPassword(user?.passwordHash ?? null, password));
  if (!isRight || !user) {
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
    if (current.disabledAt === null) {
      attempt.giveBackWith(change);
      return startSession(core, change, { userId: user.id, ...place }, known);
    }
    change.record({ type: 'SIGN_IN_FAILED', userId: user.id, sessionId: null, client: place.client });
    return null;
  });
  if (!started) throw new AccountDisabledError();
  return { user, ...started };
}

interface Begun {
  user: User | null;
  trier: Trier;
  /** What the try counts for if its password is right. */
  ifRight: Counted;
}

/** Counts the try for what it is to count for, and finds out what that is. @throws RateLimitedError */
async function beginSignIn(core: Core, attempt: Try, email: string, place: SignInFrom): Promise<Begun> {
  const { deviceId, hasDeviceCookie } = place;
  // The most that a flood may cost; only who shows a device's cookie may be somebody known.
  await attempt.spend([hasDeviceCookie ? 'address with cookies' : 'address']);
  const { user, seen } = await findUser(core, email, place);
  // What is nobody's counts as well, and takes as long.
  const userId = user?.id ?? 'nobody';
  const password = namePassword(user?.passwordHash ?? '');
  const trier = { userId: user?.id ?? null, sessionId: null };
  const isKnown = user && deviceId !== null && seen.hasKnownCookie;
  if (!isKnown && hasDeviceCookie) await attempt.spend(['address']);
  const [counted, ifRight]: [Counted, Counted] = isKnown
    ? [
        ['device', userId, deviceId],
        ['device sign-ins', userId, deviceId, password],
      ]
    : [
        user && seen.isKnownNetwork ? ['network', userId] : ['account', email],
        ['sign-ins', userId, password],
      ];
  const looked = attempt.look(ifRight, trier);
  // Of two refusals the other is told.
  looked.catch(() => {});
  await attempt.spend(counted, trier);
  await looked;
  return { user, trier, ifRight };
}

interface Found {
  user: User | null;
  seen: Recognition;
}

/** Who signs in here with the email, and what is known of the device. */
async function findUser({ query, clock }: Core, email: string, place: SignInFrom): Promise<Found> {
  const seen = selectSeen(Prisma.sql`(SELECT id FROM found)`, place, clock.now());
  const [row] = await query<Seen & (User | { id: null })>(Prisma.sql`
    WITH found AS MATERIALIZED (SELECT ${USER_COLUMNS} FROM users WHERE email = ${email})
    SELECT * FROM (${seen}) seen LEFT JOIN found ON true`);
  if (!row) throw new Error('An aggregate has no row');
  return { user: row.id === null ? null : row, seen: readSeen(row, place) };
}
