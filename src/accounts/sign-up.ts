/** Makes an account and starts its first session. */
import type { Core } from '../core.ts';
import type { User } from '../db/generated/prisma/client.ts';
import { EmailTakenError } from '../errors.ts';
import { NOTHING_KNOWN, type SignInPlace, type StartedSession, startSession } from '../sessions/start.ts';
import { transact } from '../sessions/transact.ts';
import { parseEmail, parseNewPassword } from './credentials.ts';
import { hashPassword } from './passwords.ts';
import { insertUser, isTaken } from './rows.ts';
import { beginTry } from './tries.ts';

export interface Credentials {
  email: string;
  password: string;
}

export interface NewAccount extends Credentials {
  /** A BCP 47 tag; null when it is not known. */
  language: string | null;
}

export interface SignedIn extends StartedSession {
  user: User;
}

/** @throws InvalidInputError, EmailTakenError, RateLimitedError, ServerBusyError */
export async function signUp(core: Core, account: NewAccount, place: SignInPlace): Promise<SignedIn> {
  const email = parseEmail(account.email, ['email']);
  const password = parseNewPassword(account.password, ['password']);
  const attempt = beginTry(core, place.client);
  await attempt.spend(['address']);
  if (await core.db.user.findUnique({ where: { email }, select: { id: true } })) throw new EmailTakenError();
  const passwordHash = await attempt.use(() => hashPassword(password));
  try {
    const locked = place.presented ? [place.presented.userId] : [];
    return await transact(core, locked, async (change) => {
      const user = insertUser(change, { email, passwordHash, language: account.language });
      change.record({ type: 'SIGNED_UP', userId: user.id, sessionId: null, client: place.client });
      return { user, ...(await startSession(core, change, { userId: user.id, ...place }, NOTHING_KNOWN)) };
    });
  } catch (error) {
    if (isTaken(error)) throw new EmailTakenError();
    throw error;
  }
}
