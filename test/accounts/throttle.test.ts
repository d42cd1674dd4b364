/** The limit on password tries alone. */
import { expect, test, vi } from 'vitest';
import { Throttle } from '../../src/accounts/throttle.ts';
import { RateLimitedError } from '../../src/errors.ts';

const HOUR_MS = 3_600_000;

function createThrottle(tries = 3, windowMs = HOUR_MS): Throttle {
  return new Throttle({ tries, windowMs });
}

async function spendAll(throttle: Throttle, attempts: Attempt[]): Promise<void> {
  for (const attempt of attempts) await throttle.spend(attempt);
}

async function expectRefused(throttle: Throttle, attempt: Attempt): Promise<void> {
  await expect(throttle.spend(attempt)).rejects.toThrow(RateLimitedError);
}

test('one address has so many tries, whatever the account', async () => {
  const throttle = createThrottle();
  const ipAddress = '203.0.113.7';
  await spendAll(
    throttle,
    ['a', 'b', 'c'].map((name) => ({ ipAddress, email: `${name}@example.com` })),
  );
  await expectRefused(throttle, { ipAddress, email: 'd@example.com' });
  await expectRefused(throttle, { ipAddress });
  await throttle.spend({ ipAddress: '203.0.113.8', email: 'd@example.com' });
});

test('one account has so many tries, whatever the address', async () => {
  const throttle = createThrottle();
  const email = 'ada@example.com';
  await spendAll(
    throttle,
    [1, 2, 3].map((host) => ({ ipAddress: `203.0.113.${host}`, email })),
  );
  await expectRefused(throttle, { ipAddress: '203.0.113.4', email });
  await throttle.spend({ ipAddress: '203.0.113.4', email: 'grace@example.com' });
});

test('an address at its limit can’t lock others out of an account', async () => {
  const throttle = createThrottle();
  const email = 'ada@example.com';
  const attacker = { ipAddress: '203.0.113.7' };
  await spendAll(throttle, [attacker, attacker, attacker]);
  for (let i = 0; i < 10; i++) await expectRefused(throttle, { ...attacker, email });
  await throttle.spend({ ipAddress: '203.0.113.8', email });
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['2001:db8::1', '2001:0DB8:0000:0000:1:2:3:4'],
  ['2001:db8:0:0:8::', '2001:db8::9'],
  ['::1', '::2'],
  ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7108'],
])('%s and %s are of one /64, and count as one', async (one, other) => {
  const throttle = createThrottle(2);
  await spendAll(throttle, [{ ipAddress: one }, { ipAddress: other }]);
  await expectRefused(throttle, { ipAddress: one });
  await expectRefused(throttle, { ipAddress: other });
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['1:2:3:4::', '1:2:3::4'],
  ['203.0.113.7', '203.0.113.8'],
])('%s and %s are different networks', async (one, other) => {
  const throttle = createThrottle(1);
  await spendAll(throttle, [{ ipAddress: one }, { ipAddress: other }]);
});

test('those without an address share their tries, and are limited too', async () => {
  const throttle = createThrottle(2);
  await spendAll(throttle, [{ ipAddress: null }, { ipAddress: null }]);
  await expectRefused(throttle, { ipAddress: null });
});

test('a try that was right costs nothing', async () => {
  const throttle = createThrottle(1);
  const attempt = { ipAddress: '203.0.113.7', email: 'ada@example.com' };
  for (let i = 0; i < 10; i++) {
    await throttle.spend(attempt);
    await throttle.giveBack(attempt);
  }
  await throttle.spend(attempt);
  await expectRefused(throttle, attempt);
});

test('tries at once count each', async () => {
  const throttle = createThrottle(3);
  const attempt = { ipAddress: '203.0.113.7', email: 'ada@example.com' };
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => throttle.spend(attempt)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

test('a refusal says how many seconds to wait', async () => {
  const throttle = createThrottle(1, 180_000);
  const attempt = { ipAddress: '203.0.113.7' };
  await throttle.spend(attempt);
  const refusal: unknown = await throttle.spend(attempt).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    retryAfter: expect.toSatisfy((seconds: number) => seconds > 170 && seconds <= 180),
    message: expect.stringMatching(/^Too many tries\. Try again in 1[78]\d seconds\.$/),
  });
});

test('after the window there are tries again, however often it was tried meanwhile', async () => {
  const throttle = createThrottle(1, 1000);
  const attempt = { ipAddress: '203.0.113.7', email: 'ada@example.com' };
  await throttle.spend(attempt);
  await expectRefused(throttle, attempt);
  await vi.waitFor(() => throttle.spend(attempt), { timeout: 5000 });
});
