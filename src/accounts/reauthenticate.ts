/**
 * Gives the password again within a session: to prove that the user is there,
 * or to change it. Both keep the asking session; a change ends all others.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { InvalidCredentialsError, InvalidInputError, UnauthenticatedError } from '../errors.ts';
import { networkOf } from '../networks.ts';
import { type Asker, bySession, endSessions, readAsker } from '../sessions/end.ts';
import { transact } from '../sessions/transact.ts';
import { parseNewPassword, parsePassword } from './credentials.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

export interface Confirmed {
  session: Session;
  /** Until then the session may end others without asking again. */
  confirmedUntil: Date;
}

/** @throws InvalidCredentialsError, RateLimitedError, UnauthenticatedError */
export async function confirmPassword(core: Core, asker: Asker, given: string): Promise<Confirmed> {
  await checkPassword(core, asker, given);
  return transact(core, [asker.session.userId], async (change) => {
    const { tx, now } = change;
    const { id, userId } = await readAsker(core, change, asker);
    const session = await tx.session.update({ where: { id }, data: { confirmedAt: now } });
    change.record({ type: 'PASSWORD_CONFIRMED', userId, sessionId: id, client: asker.client });
    return { session, confirmedUntil: new Date(now.getTime() + core.policy.confirmationWindowMs) };
  });
}

/**
 * @returns how many other sessions it ended.
 * @throws InvalidInputError, InvalidCredentialsError, RateLimitedError, UnauthenticatedError
 */
export async function changePassword(
  core: Core,
  asker: Asker,
  input: { currentPassword: string; newPassword: string },
): Promise<number> {
  const newPassword = parseNewPassword(input.newPassword, ['newPassword']);
  const checkedHash = await checkPassword(core, asker, input.currentPassword);
  if (await verifyPassword(checkedHash, newPassword)) {
    throw new InvalidInputError(['newPassword'], 'The new password is the current one. Choose another.');
  }
  const passwordHash = await hashPassword(newPassword);
  return transact(core, [asker.session.userId], async (change) => {
    const { tx, now } = change;
    const { id, userId } = await readAsker(core, change, asker);
    // Only the password that was checked is replaced: of two changes at once, one wins.
    const { count } = await tx.user.updateMany({
      where: { id: userId, passwordHash: checkedHash },
      data: { passwordHash },
    });
    if (count === 0) throw new InvalidCredentialsError('The current password is wrong.');
    await tx.session.update({ where: { id }, data: { confirmedAt: now } });
    change.record({ type: 'PASSWORD_CHANGED', userId, sessionId: id, client: asker.client });
    const ended = await endSessions(change, {
      which: { userId, except: id },
      reason: 'PASSWORD_CHANGED',
      by: bySession(asker.session, asker.client),
    });
    return ended.length;
  });
}

/** @returns the hash that the password was checked against. */
async function checkPassword(core: Core, { session, client }: Asker, given: string): Promise<string> {
  const user = await core.db.user.findUnique({ where: { id: session.userId } });
  if (!user) throw new UnauthenticatedError();
  const { email, passwordHash } = user;
  if (email === null || passwordHash === null)
    throw new InvalidCredentialsError('This account has no password here.');
  const tries = [`address ${networkOf(client.ipAddress)}`, `account ${email}`];
  await core.throttle.spend(tries);
  if (!(await verifyPassword(passwordHash, tolerantly(given)))) {
    await recordEvent(core, { type: 'SIGN_IN_FAILED', userId: user.id, sessionId: session.id, client });
    throw new InvalidCredentialsError('The password is wrong.');
  }
  await core.throttle.giveBack(tries);
  return passwordHash;
}

/** A password that can't be one is a wrong one here: confirmPassword has no other answer for it. */
function tolerantly(given: string): string {
  try {
    return parsePassword(given, []);
  } catch {
    return '';
  }
}
