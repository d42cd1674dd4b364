/** Makes an account and starts its first session. */
import type { Core } from '../core.ts';
import { Prisma, type User } from '../db/generated/prisma/client.ts';
import { EmailTakenError } from '../errors.ts';
import { type SignInPlace, type StartedSession, startSession } from '../sessions/start.ts';
import { transact } from '../sessions/transact.ts';
import { parseEmail, parseNewPassword } from './credentials.ts';
import { hashPassword } from './passwords.ts';
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

/** @throws InvalidInputError, EmailTakenError, RateLimitedError */
export async function signUp(core: Core, account: NewAccount, place: SignInPlace): Promise<SignedIn> {
  const email = parseEmail(account.email, ['email']);
  const password = parseNewPassword(account.password, ['password']);
  await beginTry(core, place.client).spend(['address']);
  if (await core.db.user.findUnique({ where: { email }, select: { id: true } })) throw new EmailTakenError();
  const passwordHash = await hashPassword(password);
  try {
    const locked = place.presented ? [place.presented.userId] : [];
    return await transact(core, locked, async (change) => {
      const { tx, now } = change;
      const user = await tx.user.create({
        data: { email, passwordHash, language: account.language, createdAt: now },
      });
      change.record({ type: 'SIGNED_UP', userId: user.id, sessionId: null, client: place.client });
      return { user, ...(await startSession(core, change, { userId: user.id, ...place })) };
    });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') {
      throw new EmailTakenError();
    }
    throw error;
  }
}
