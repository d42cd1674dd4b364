/** The limit on password tries alone: counted once for all processes, in PostgreSQL or in Redis. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { openCounters } from '../../src/accounts/counters.ts';
import { Throttle } from '../../src/accounts/throttle.ts';
import { connectDatabase } from '../../src/db/client.ts';
import type { QueryPrepared } from '../../src/db/prepared.ts';
import { RateLimitedError } from '../../src/errors.ts';
import { withoutErrorDetails } from '../../src/log.ts';
import { buses, useRedis } from '../buses.ts';
import { onCleanup } from '../cleanup.ts';
import { startProxy } from '../db/proxy.ts';
import { newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { ChangePassword, ConfirmPassword, SignIn } from '../operations.ts';
import { startTcpProxy } from '../proxy.ts';
import { countQueries } from '../queries.ts';
import { startRedis } from '../redis.ts';
import { createDatabase, startTestServer } from '../server.ts';

const HOUR_MS = 3_600_000;

const DATABASE_URL = await createDatabase();

function connect(connectionString = DATABASE_URL) {
  const connected = connectDatabase({ connectionString }, () => {});
  onCleanup(() => connected.db.$disconnect());
  return connected;
}

const shared = connect();

interface Options {
  query?: QueryPrepared;
  tries?: number;
  windowMs?: number;
  redisUrl?: string | null;
  /** Gets what is logged, line by line. */
  lines?: string[];
}

/** As a process has one. */
async function openThrottle({
  query = shared.query,
  tries = 3,
  windowMs = HOUR_MS,
  redisUrl = null,
  lines = [],
}: Options = {}) {
  const log = withoutErrorDetails(pino({ level: 'info' }, { write: (line) => void lines.push(line) }));
  const counters = await openCounters({ query, redisUrl, log });
  onCleanup(() => counters.close());
  return new Throttle({ tries, windowMs }, counters);
}

/** A key that nobody else uses. */
const newKey = () => `account ${randomUUID()}@example.com`;

async function spendAll(throttle: Throttle, keys: string[]): Promise<void> {
  for (const key of keys) await throttle.spend([key]);
}

async function refusalOf(throttle: Throttle, keys: string[]): Promise<RateLimitedError> {
  const refusal: unknown = await throttle.spend(keys).catch((error: unknown) => error);
  if (!(refusal instanceof RateLimitedError)) throw new Error(`It was not refused, but: ${refusal}`);
  return refusal;
}

/** How many of so many tries at once are let through, when each process makes its part of them. */
async function countPassed(throttles: Throttle[], key: string, tries: number): Promise<number> {
  const results = await Promise.allSettled(
    Array.from({ length: tries }, (_, index) => throttles[index % throttles.length]?.spend([key])),
  );
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RateLimitedError);
  }
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe.each(buses)('counted in $name', async ({ hasRedis, start }) => {
  const redis = await start();
  const open = (options: Options = {}) => openThrottle({ ...options, redisUrl: redis?.url ?? null });

  test('a key has so many tries, and another one has its own', async () => {
    const throttle = await open();
    const key = newKey();
    await spendAll(throttle, [key, key, key]);
    await refusalOf(throttle, [key]);
    await throttle.spend([newKey()]);
  });

  test('a key without tries takes none of those that come after it', async () => {
    const throttle = await open();
    const [address, account] = [newKey(), newKey()];
    await spendAll(throttle, [address, address, address]);
    for (let count = 0; count < 10; count++) {
      expect((await refusalOf(throttle, [address, account])).refused.key).toBe(address);
    }
    await spendAll(throttle, [account, account, account]);
    expect((await refusalOf(throttle, [newKey(), account])).refused.key).toBe(account);
  });

  test('processes count together, and 200 tries at once never let more through than one would', async () => {
    const throttles = await Promise.all([open({ tries: 7 }), open({ tries: 7 })]);
    expect(await countPassed(throttles, newKey(), 200)).toBe(7);
  });

  test('of all refusals of a key, one says that it is the first', async () => {
    const throttles = await Promise.all([open(), open()]);
    const key = newKey();
    await spendAll(throttles[0], [key, key, key]);
    const refusals = await Promise.all(
      Array.from({ length: 60 }, (_, index) => refusalOf(throttles[index % 2] ?? throttles[0], [key])),
    );
    expect(refusals.filter(({ refused }) => refused.isFirst)).toHaveLength(1);
  });

  test('a try that was right costs nothing, on whatever process it is given back', async () => {
    const [one, other] = await Promise.all([open({ tries: 1 }), open({ tries: 1 })]);
    const keys = [newKey(), newKey()];
    for (let count = 0; count < 10; count++) {
      await one.spend(keys);
      await other.giveBack(keys);
    }
    await one.spend(keys);
    await refusalOf(other, keys);
  });

  test('a look takes nothing, and where none is left it is refused and counted like a try', async () => {
    const throttle = await open();
    const key = newKey();
    for (let count = 0; count < 5; count++) await throttle.look(key);
    await spendAll(throttle, [key, key, key]);
    const refusals = [];
    for (let count = 0; count < 2; count++) {
      refusals.push(await throttle.look(key).catch((error: unknown) => error));
    }
    expect(refusals).toMatchObject([
      { name: 'RateLimitedError', retryAfter: expect.any(Number), refused: { isFirst: true } },
      { name: 'RateLimitedError', retryAfter: expect.any(Number), refused: { isFirst: false } },
    ]);
  });

  test('no tries can be saved up by giving back what was not taken', async () => {
    const throttle = await open();
    const [tried, untried] = [newKey(), newKey()];
    await throttle.spend([tried]);
    for (const key of [tried, untried]) {
      await Promise.all(Array.from({ length: 20 }, () => throttle.giveBack([key])));
      await spendAll(throttle, [key, key, key]);
      await refusalOf(throttle, [key]);
    }
  });

  test('a refusal says how many seconds to wait', async () => {
    const throttle = await open({ tries: 1, windowMs: 180_000 });
    const key = newKey();
    await throttle.spend([key]);
    expect(await refusalOf(throttle, [key])).toMatchObject({
      retryAfter: expect.toSatisfy((seconds: number) => seconds > 170 && seconds <= 180),
      message: expect.stringMatching(/^Too many tries\. Try again in 1[78]\d seconds\.$/),
    });
  });

  test('after the window there are tries again, however often it was tried meanwhile', async () => {
    const throttle = await open({ tries: 1, windowMs: 1000 });
    const key = newKey();
    await throttle.spend([key]);
    await refusalOf(throttle, [key]);
    await vi.waitFor(() => throttle.spend([key]), { timeout: 5000 });
    await refusalOf(throttle, [key]);
  });

  test('a refused try costs one statement at most, and a flood of them costs none', async () => {
    const throttle = await open({ tries: 1 });
    const key = newKey();
    await throttle.spend([key]);
    const queries = countQueries();
    for (let count = 0; count < 9; count++) await refusalOf(throttle, [key]);
    expect(queries()).toBe(hasRedis ? 0 : 9);
    for (let count = 0; count < 100; count++) await refusalOf(throttle, [key]);
    expect(queries()).toBe(hasRedis ? 0 : 9);
    // Nor does it last longer for that.
    expect((await refusalOf(throttle, [key])).retryAfter).toBeLessThanOrEqual(HOUR_MS / 1000);
  });

  test('what is kept tells no email and no address, and has room for any', async () => {
    const throttle = await open();
    const keys = ['account ada@example.com', 'address 203.0.113.7', `account ${'a'.repeat(100_000)}`];
    await throttle.spend(keys);
    const client = redis && new Redis(redis.url);
    const kept = client
      ? await client.keys('*')
      : (await shared.db.rateLimit.findMany()).map((row) => JSON.stringify(row, (_, value) => String(value)));
    client?.disconnect();
    expect(kept.length).toBeGreaterThanOrEqual(3);
    // By whole words: a hash may have any letters in it.
    expect(kept.join('\n')).not.toMatch(/ada@example\.com|example\.com|@|203\.0\.113\.7|aaaaaaaa/i);
    if (client) for (const key of kept) expect(key).toMatch(/^curfew:[\w-]{43}$/);
  });

  test('whatever went well has given its tries back by the time that it is answered', async () => {
    const server = await startTestServer({
      DATABASE_URL: await createDatabase(),
      CURFEW_SIGN_IN_LIMIT: '2/1h',
      CURFEW_TRUSTED_PROXIES: '127.0.0.1',
      ...useRedis(redis),
    });
    const ipAddress = '198.51.100.201';
    const email = newEmail();
    const device = await signUp(server, email, { ipAddress });
    // Signing up gives nothing back.
    await server.core.throttles.tries.giveBack([`address ${ipAddress}`]);
    for (let count = 0; count < 5; count++) {
      await signIn(server, email, { ipAddress });
      const { confirmPassword } = await device.ask(ConfirmPassword, { password: PASSWORD });
      expect(confirmPassword.__typename).toBe('ConfirmPasswordSuccess');
    }
    const input = { currentPassword: PASSWORD, newPassword: `${PASSWORD} anew` };
    const { changePassword } = await device.ask(ChangePassword, { input });
    expect(changePassword.__typename).toBe('ChangePasswordSuccess');
    for (const key of [`address ${ipAddress}`, `account ${email}`]) {
      await spendAll(server.core.throttles.tries, [key, key]);
      await refusalOf(server.core.throttles.tries, [key]);
    }
  });

  test('many who sign in at once, from one address, have all of their tries back', async () => {
    const TRIES = 30;
    const server = await startTestServer({
      DATABASE_URL: await createDatabase(),
      CURFEW_SIGN_IN_LIMIT: `${TRIES}/1h`,
      CURFEW_TRUSTED_PROXIES: '127.0.0.1',
      ...useRedis(redis),
    });
    const ipAddress = '198.51.100.202';
    const emails = [newEmail(), newEmail(), newEmail(), newEmail()];
    for (const email of emails) await signUp(server, email, { ipAddress });
    const { tries } = server.core.throttles;
    await tries.giveBack(emails.map(() => `address ${ipAddress}`));
    await Promise.all(
      [...emails, ...emails, ...emails, ...emails].map((email) => signIn(server, email, { ipAddress })),
    );
    for (const key of [`address ${ipAddress}`, ...emails.map((email) => `account ${email}`)]) {
      await tries.spend(Array(TRIES).fill(key));
      await refusalOf(tries, [key]);
    }
  });

  test('two servers together let nobody try more often than one', async () => {
    const settings = {
      DATABASE_URL: await createDatabase(),
      CURFEW_SIGN_IN_LIMIT: '6/1h',
      CURFEW_TRUSTED_PROXIES: '127.0.0.1',
      ...useRedis(redis),
    };
    const servers = await Promise.all([startTestServer(settings), startTestServer(settings)]);
    const tryFrom = async (address: string, email: string, index: number) => {
      const server = servers[index % 2] ?? servers[0];
      const input = { email, password: 'not the password', delivery: 'BEARER' } as const;
      const { data } = await send(server, SignIn, { input }, { 'x-forwarded-for': address });
      return data?.signIn.__typename;
    };
    const expected = [...Array(6).fill('InvalidCredentialsError'), 'RateLimitedError'];

    const email = `${randomUUID()}@example.com`;
    const onOneAccount = [];
    for (let n = 0; n < 7; n++) onOneAccount.push(await tryFrom(`198.51.100.${n}`, email, n));
    expect(onOneAccount).toEqual(expected);

    const network = `2001:db8:${Math.floor(Math.random() * 65_536).toString(16)}:1`;
    const fromOneNetwork = [];
    for (let n = 0; n < 7; n++) {
      fromOneNetwork.push(await tryFrom(`${network}::${n + 1}`, `${randomUUID()}@example.com`, n));
    }
    expect(fromOneNetwork).toEqual(expected);
    expect(await tryFrom(`${network.slice(0, -1)}2::1`, `${randomUUID()}@example.com`, 0)).toBe(expected[0]);
  });
});

describe.runIf(buses.some(({ hasRedis }) => hasRedis))('while Redis', () => {
  test('is away, PostgreSQL limits, and once it is back, Redis does', async () => {
    const redis = await startRedis();
    const lines: string[] = [];
    const throttle = await openThrottle({ redisUrl: redis.url, lines });
    const key = newKey();
    await spendAll(throttle, [key, key, key]);
    await refusalOf(throttle, [key]);

    await redis.stop();
    // From zero: nobody is locked out, and nobody in without end.
    expect(await countPassed([throttle], key, 50)).toBe(3);

    await redis.start();
    await vi.waitFor(() => expect(lines.join('')).toContain('Redis counts tries again'), { timeout: 10_000 });
    const queries = countQueries();
    expect(await countPassed([throttle], key, 50)).toBe(3);
    expect(queries()).toBe(0);
    expect(lines.filter((line) => line.includes('PostgreSQL does until'))).toHaveLength(1);
  });

  test('says nothing any more, PostgreSQL limits, and only the first try waits to find out', async () => {
    const redis = await startRedis();
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: redis.port });
    const lines: string[] = [];
    const throttle = await openThrottle({ redisUrl: `redis://127.0.0.1:${proxy.port}`, lines });
    await throttle.spend([newKey()]);
    proxy.freeze();
    const key = newKey();
    await throttle.spend([key]);
    expect(lines.join('')).toContain('Socket timeout');
    // Each would take a second if it waited as well.
    const since = performance.now();
    for (let count = 0; count < 10; count++) await throttle.spend([newKey()]);
    expect(performance.now() - since).toBeLessThan(5000);
    expect(await countPassed([throttle], key, 50)).toBe(2);
  });

  test('takes no writes, PostgreSQL limits', async () => {
    const redis = await startRedis();
    const lines: string[] = [];
    const throttle = await openThrottle({ redisUrl: redis.url, lines });
    const client = new Redis(redis.url);
    onCleanup(() => client.disconnect());
    await client.config('SET', 'maxmemory', '1');
    expect(await countPassed([throttle], newKey(), 50)).toBe(3);
    // Once, and without what was to be written.
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/OOM command not allowed.*PostgreSQL does until/);
    expect(lines[0]).not.toMatch(/incrby|args|[\w-]{43}/);
  });

  test('is not there at the start, PostgreSQL limits', async () => {
    const redis = await startRedis();
    await redis.stop();
    const throttle = await openThrottle({ redisUrl: redis.url });
    expect(await countPassed([throttle], newKey(), 50)).toBe(3);
  });
});

test('without a database nobody tries', async () => {
  const proxy = await startProxy();
  const throttle = await openThrottle({ query: connect(proxy.databaseUrl).query });
  const key = newKey();
  await throttle.spend([key]);
  proxy.refuse();
  proxy.cut();
  await expect(throttle.spend([key])).rejects.not.toThrow(RateLimitedError);
  proxy.accept();
  await spendAll(throttle, [key, key]);
  await refusalOf(throttle, [key]);
});

test('behind a pooler that remembers no statement, tries are counted as well', async () => {
  const { db, query } = connect();
  const throttle = await openThrottle({ query });
  const key = newKey();
  await throttle.spend([key]);
  // Its one connection is used for all of it.
  await db.$executeRaw`DEALLOCATE ALL`;
  await spendAll(throttle, [key, key]);
  await throttle.giveBack([key]);
  await throttle.spend([key]);
  await refusalOf(throttle, [key]);
});
