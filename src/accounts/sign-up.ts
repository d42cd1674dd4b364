/** Makes an account and starts its first session. */
import type { Client, Core } from '../core.ts';
import { Prisma, type Session, type SessionKind, type User } from '../db/generated/prisma/client.ts';
import { EmailTakenError } from '../errors.ts';
import { networkOf } from '../networks.ts';
import { type StartedSession, startSession } from '../sessions/start.ts';
import { transact } from '../sessions/transact.ts';
import { parseEmail, parseNewPassword } from './credentials.ts';
import { hashPassword } from './passwords.ts';

export interface Credentials {
  email: string;
  password: string;
}

/** Where a session is to be started: on which device, carried how, instead of which other. */
export interface SignInPlace {
  kind: SessionKind;
  client: Client;
  /** The live session that the request came with; it is ended. */
  presented: Session | null;
}

export interface SignedIn extends StartedSession {
  user: User;
}

/** @throws InvalidInputError, EmailTakenError, RateLimitedError */
export async function signUp(core: Core, credentials: Credentials, place: SignInPlace): Promise<SignedIn> {
  const email = parseEmail(credentials.email, ['email']);
  const password = parseNewPassword(credentials.password, ['password']);
  await core.throttle.spend([`address ${networkOf(place.client.ipAddress)}`]);
  if (await core.db.user.findUnique({ where: { email }, select: { id: true } })) throw new EmailTakenError();
  const passwordHash = await hashPassword(password);
  try {
    const locked = place.presented ? [place.presented.userId] : [];
    return await transact(core, locked, async (change) => {
      const { tx, now } = change;
      const user = await tx.user.create({ data: { email, passwordHash, createdAt: now } });
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
