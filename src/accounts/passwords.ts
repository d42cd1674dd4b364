/**
 * Password hashes: argon2id, computed on the thread pool, off the event loop.
 *
 * No more at once than there are processors beside the event loop's. More would only take each other's
 * caches, which they live by, and the turns of everybody else who asks something.
 */
import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import argon2, { type Options } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { ServerBusyError } from '../errors.ts';

/** OWASP's minimum: 19 MiB, two passes, one lane. The package's default algorithm is argon2id. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

const AT_ONCE = Math.max(1, availableParallelism() - 1);

/** Some ten seconds of work: whoever came behind it would have gone before it is their turn. */
export const MOST_WAITING = 500 * AT_ONCE;

/** Those that are under way, and those that wait for them. */
export const hashing = pLimit(AT_ONCE);

/** What a password is checked against when there is no account, so that this takes as long. */
const decoyHash = hashing(() => argon2.hash(randomBytes(32), OPTIONS));

/** @param password normalized by `parseNewPassword`. @throws ServerBusyError */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => argon2.hash(password, OPTIONS));
}

async function inTurn<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  if (hashing.pendingCount >= MOST_WAITING) throw new ServerBusyError();
  return hashing(work);
}

/** What a password is called where its hash is not to be told; each change makes it another, also back to one before. */
export function namePassword(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('base64url');
}

/** @param passwordHash null when there is no account: false, in the time of a wrong password. @throws ServerBusyError */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const checked = passwordHash ?? (await decoyHash);
  const matches = await inTurn(() => argon2.verify(checked, password));
  return passwordHash !== null && matches;
}
