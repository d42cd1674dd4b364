/** Passwords are hashed in turn, so that a crowd that signs in leaves the machine to everybody else. */
import { availableParallelism } from 'node:os';
import { nextTick } from 'node:process';
import { expect, test } from 'vitest';
import { hashing, hashPassword, verifyPassword } from '../../src/accounts/passwords.ts';
import { PASSWORD } from '../device.ts';

test('no more are hashed at once than there are processors beside the event loop’s', async () => {
  const crowd = 2 * availableParallelism();
  const atOnce = Math.max(1, availableParallelism() - 1);
  const passwordHash = await hashPassword(PASSWORD);
  const given = Array.from({ length: crowd }, (_, index) => (index % 2 === 0 ? PASSWORD : 'wrong'));
  const answers = Promise.all(given.map((password) => verifyPassword(passwordHash, password)));
  // All have begun that begin at once, and none can be done before the event loop turns.
  await new Promise<void>((resolve) => nextTick(resolve));
  expect([hashing.activeCount, hashing.pendingCount]).toEqual([atOnce, crowd - atOnce]);
  expect(await answers).toEqual(given.map((password) => password === PASSWORD));
  expect([hashing.activeCount, hashing.pendingCount]).toEqual([0, 0]);
});

test('a hash that is damaged holds up nobody else', async () => {
  const passwordHash = await hashPassword(PASSWORD);
  const damaged = Array.from({ length: 2 * availableParallelism() }, () =>
    verifyPassword('$argon2id$damaged', PASSWORD),
  );
  const good = verifyPassword(passwordHash, PASSWORD);
  const outcomes = await Promise.allSettled(damaged);
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(await good).toBe(true);
});
