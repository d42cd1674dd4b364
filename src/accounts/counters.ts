/**
 * Where tries are counted: by all processes in one place, each key in a window
 * that begins with its first try.
 *
 * In PostgreSQL, or with REDIS_URL in Redis. While Redis is away, PostgreSQL
 * counts from zero: nobody is locked out by that, and nobody tries without end.
 * A process that alone can't reach Redis counts there alone, so at worst a key
 * has its tries in each of the two.
 *
 * PostgreSQL's windows go by the clocks of the processes: with clocks that are a
 * minute apart, a window is up to a minute longer for one and shorter for another.
 */
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type RateLimiterAbstract, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimit } from '../config.ts';
import { Prisma } from '../db/generated/prisma/client.ts';
import type { QueryPrepared, Statement } from '../db/prepared.ts';

const TABLE = 'rate_limits';
const REDIS_PREFIX = 'curfew';

const REDIS_CONNECT_TIMEOUT_MS = 5000;
/** Somebody is waiting, and PostgreSQL can count as well. */
const REDIS_ANSWER_TIMEOUT_MS = 1000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface Counters {
  /**
   * One of them. Those with keys of their own share the place.
   *
   * @param fromMemoryAt a key that was tried so often is refused from memory: a flood is not written down.
   */
  create(limit: RateLimit, fromMemoryAt: number): Counter;
  close(): void;
}

/** A count never gets below zero, in whatever window or place it is by then: else tries could be saved up. */
export interface Counter {
  limiter: RateLimiterAbstract;
  giveBack(key: string): Promise<void>;
  /** What gives one back as part of a transaction; null where its database doesn't count. */
  givingBack(key: string): Statement | null;
}

export interface CounterOptions {
  query: QueryPrepared;
  /** Null: PostgreSQL alone. */
  redisUrl: string | null;
  log: Logger;
}

/** Waits for Redis to be connected, or for the first attempt to fail; others follow. Never rejects. */
export async function openCounters({ query, redisUrl, log }: CounterOptions): Promise<Counters> {
  const client = redisUrl === null ? null : createClient(redisUrl, log);
  await client?.connect().catch(() => {});
  return {
    create({ tries, windowMs }, fromMemoryAt) {
      const shared = {
        points: tries,
        // Redis takes whole seconds, and the two had better agree.
        duration: Math.ceil(windowMs / 1000),
        inMemoryBlockOnConsumed: fromMemoryAt,
      };
      const postgres = new RateLimiterPostgres({
        ...shared,
        storeClient: { query: (asked: Query) => ask(query, asked) },
        storeType: 'client',
        tableName: TABLE,
        tableCreated: true,
        keyPrefix: '',
        // Retention does.
        clearExpiredByTimeout: false,
      });
      if (client === null) {
        return {
          limiter: postgres,
          giveBack: async (key) => void (await query(givingBack(key))),
          givingBack,
        };
      }
      return countElsewhere(
        new RateLimiterRedis({
          ...shared,
          storeClient: client,
          keyPrefix: REDIS_PREFIX,
          insuranceLimiter: postgres,
        }),
      );
    },
    close() {
      client?.removeAllListeners('close').disconnect();
    },
  };
}

/** What is counted is not in the database. */
export function countElsewhere(limiter: RateLimiterAbstract): Counter {
  return {
    limiter,
    async giveBack(key) {
      const { consumedPoints } = await limiter.reward(key);
      if (consumedPoints < 0) await limiter.penalty(key);
    },
    givingBack: () => null,
  };
}

function givingBack(key: string): Statement {
  return Prisma.sql`UPDATE rate_limits SET points = points - 1 WHERE key = ${key} AND points > 0`;
}

interface Query {
  text: string;
  values: (string | number)[];
}

/** As the limiter asks `pg`. It names its statements itself, and a pooler in front of PostgreSQL may not know them. */
async function ask(query: QueryPrepared, { text, values }: Query) {
  const rows = await query<{ points: number; expire: string }>({ text, values });
  return {
    rows: rows.map(({ points, expire }) => ({ points, expire: Number(expire) })),
    rowCount: rows.length,
  };
}

/** It fails at once while there is no connection, and comes back by itself. */
function createClient(url: string, log: Logger): Redis {
  let isCounting = true;
  const turnAway = (error: Error) => {
    if (isCounting) log.warn({ err: error }, 'Redis counts no tries; PostgreSQL does until it is back');
    isCounting = false;
  };
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: REDIS_CONNECT_TIMEOUT_MS,
    // Closes the connection, so that only the first one waits for a server that says nothing any more.
    socketTimeout: REDIS_ANSWER_TIMEOUT_MS,
    connectionName: 'curfew',
    retryStrategy: (attempt) =>
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2),
    reconnectOnError: (error) => {
      // It has been restarted and asks for the script, which is sent then.
      if (!error.message.startsWith('NOSCRIPT')) turnAway(error);
      // A replica now: the name may lead to the new primary.
      return error.message.startsWith('READONLY');
    },
  });
  client.on('error', turnAway);
  client.on('close', () => turnAway(new Error('The connection ended')));
  client.on('ready', () => {
    if (!isCounting) log.info('Redis counts tries again');
    isCounting = true;
  });
  return client;
}
