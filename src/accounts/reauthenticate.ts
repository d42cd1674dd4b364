/**
 * Gives the password again within a session: to prove that the user is there,
 * or to change it. Both keep the asking session and give it a new token; a
 * change ends all others.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import { Prisma } from '../db/generated/prisma/client.ts';
import { InvalidCredentialsError, InvalidInputError, UnauthenticatedError } from '../errors.ts';
import { type Asker, bySession, endSessions, readAsker } from '../sessions/end.ts';
import { renewSession } from '../sessions/renew.ts';
import type { StartedSession } from '../sessions/start.ts';
import { transact } from '../sessions/transact.ts';
import { parseNewPassword, parsePassword } from './credentials.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { updateUser } from './rows.ts';
import { beginTry, type Counted, type Try } from './tries.ts';

export interface Confirmed extends StartedSession {
  /** Until then the session may end others without asking again. */
  confirmedUntil: Date;
}

/** @throws InvalidCredentialsError, RateLimitedError, ServerBusyError, UnauthenticatedError */
export async function confirmPassword(core: Core, asker: Asker, given: string): Promise<Confirmed> {
  const { attempt } = await checkPassword(core, asker, given, []);
  return transact(core, [asker.session.userId], async (change) => {
    const current = await readAsker(core, change, asker);
    const { id: sessionId, userId } = current;
    attempt.giveBackWith(change);
    change.record({ type: 'PASSWORD_CONFIRMED', userId, sessionId, client: asker.client });
    const renewed = await renewSession(core, change, current);
    const confirmedUntil = new Date(change.now.getTime() + core.policy.confirmationWindowMs);
    return { ...renewed, confirmedUntil };
  });
}

export interface PasswordChanged extends StartedSession {
  /** How many other sessions it ended. */
  revokedCount: number;
}

/** @throws InvalidInputError, InvalidCredentialsError, RateLimitedError, ServerBusyError, UnauthenticatedError */
export async function changePassword(
  core: Core,
  asker: Asker,
  input: { currentPassword: string; newPassword: string },
): Promise<PasswordChanged> {
  const newPassword = parseNewPassword(input.newPassword, ['newPassword']);
  const { id: sessionId, userId } = asker.session;
  const counted = ['password changes', userId] as const;
  const { attempt, passwordHash: checkedHash } = await checkPassword(core, asker, input.currentPassword, [
    counted,
  ]);
  if (await attempt.use(() => verifyPassword(checkedHash, newPassword))) {
    throw new InvalidInputError(['newPassword'], { key: 'error.passwordUnchanged' });
  }
  await attempt.spend(counted, { userId, sessionId });
  const passwordHash = await attempt.use(() => hashPassword(newPassword));
  return transact(core, [asker.session.userId], async (change) => {
    // Only the password that was checked is replaced: of two changes at once, one wins.
    if (change.users.get(userId)?.passwordHash !== checkedHash) {
      throw new InvalidCredentialsError({ key: 'error.wrongCurrentPassword' });
    }
    const current = await readAsker(core, change, asker);
    const { id } = current;
    await updateUser(change, userId, Prisma.sql`password_hash = ${passwordHash}`);
    attempt.giveBackWith(change);
    change.record({ type: 'PASSWORD_CHANGED', userId, sessionId: id, client: asker.client });
    const renewed = await renewSession(core, change, current);
    const ended = await endSessions(change, {
      which: { userId, except: id },
      reason: 'PASSWORD_CHANGED',
      by: bySession(current, asker.client),
    });
    return { ...renewed, revokedCount: ended.length };
  });
}

interface Checked {
  /** What the password was checked against. */
  passwordHash: string;
  /** To be given back once all went well. */
  attempt: Try;
}

/** @param further what is to be left as well if it is right, besides what counts the right ones of the session. */
async function checkPassword(
  core: Core,
  { session, client }: Asker,
  given: string,
  further: readonly Counted[],
): Promise<Checked> {
  const { id: sessionId, userId } = session;
  const user = await core.db.user.findUnique({ where: { id: userId } });
  if (!user) throw new UnauthenticatedError();
  const { passwordHash } = user;
  if (passwordHash === null) throw new InvalidCredentialsError({ key: 'error.noPasswordHere' });
  const attempt = beginTry(core, client);
  const trier = { userId, sessionId };
  const ifRight: Counted = ['confirmations', sessionId];
  await attempt.spend(['session', sessionId], trier);
  for (const counted of [ifRight, ...further]) await attempt.look(counted, trier);
  if (!(await attempt.use(() => verifyPassword(passwordHash, tolerantly(given))))) {
    await recordEvent(core, { type: 'SIGN_IN_FAILED', ...trier, client });
    throw new InvalidCredentialsError({ key: 'error.wrongPassword' });
  }
  await attempt.spend(ifRight, trier);
  return { passwordHash, attempt };
}

/** A password that can't be one is a wrong one here: confirmPassword has no other answer for it. */
function tolerantly(given: string): string {
  try {
    return parsePassword(given, []);
  } catch {
    return '';
  }
}
