/** Passwords are hashed in turn, so that a crowd that signs in leaves the machine to everybody else. */
import { availableParallelism } from 'node:os';
import { expect, test, vi } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/accounts/passwords.ts';
import { PASSWORD } from '../device.ts';

const hashed = vi.hoisted(() => ({ atOnce: 0, most: 0 }));

// As it is, but how many are under way is counted.
vi.mock('@node-rs/argon2', async (importOriginal) => {
  const original = await importOriginal<typeof import('@node-rs/argon2')>();
  const count =
    <Args extends unknown[], Answer>(work: (...args: Args) => Promise<Answer>) =>
    async (...args: Args) => {
      hashed.atOnce++;
      hashed.most = Math.max(hashed.most, hashed.atOnce);
      try {
        return await work(...args);
      } finally {
        hashed.atOnce--;
      }
    };
  return { ...original, hash: count(original.hash), verify: count(original.verify) };
});

test('no more are hashed at once than there are processors beside the event loop’s', async () => {
  const crowd = 12;
  const passwordHash = await hashPassword(PASSWORD);
  hashed.most = 0;
  const given = Array.from({ length: crowd }, (_, index) => (index % 2 === 0 ? PASSWORD : 'wrong'));
  const answers = await Promise.all(given.map((password) => verifyPassword(passwordHash, password)));
  expect(answers).toEqual(given.map((password) => password === PASSWORD));
  expect(hashed.most).toBe(Math.min(crowd, Math.max(1, availableParallelism() - 1)));
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
