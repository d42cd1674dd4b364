/** The ways in which processes hear of each other. What they promise is tested on each. */
import { HOW_TO_GET_REDIS, redisIsMissing, startRedis, type TestRedis } from './redis.ts';

export interface TestBus {
  name: string;
  hasRedis: boolean;
  /** A Redis of the caller's own; null where the bus is PostgreSQL alone. */
  start(): Promise<TestRedis | null>;
}

const withRedis: TestBus = { name: 'PostgreSQL + Redis', hasRedis: true, start: startRedis };

if (redisIsMissing) process.stderr.write(`${withRedis.name}: ${HOW_TO_GET_REDIS}\n`);

export const buses: TestBus[] = [
  { name: 'PostgreSQL', hasRedis: false, start: async () => null },
  ...(redisIsMissing ? [] : [withRedis]),
];

/** The settings of a process that uses it. */
export function useRedis(redis: { url: string } | null): Record<string, string> {
  return redis ? { REDIS_URL: redis.url } : {};
}
