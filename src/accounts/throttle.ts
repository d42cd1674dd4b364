/**
 * Limits how often passwords may be tried: per address, so that one machine
 * can't go through many accounts, and per account, so that many machines can't
 * go through one. A try counts before the password is checked, and is given
 * back once all went well.
 *
 * How often all may go well is limited too, else whoever knows one password
 * makes sessions, events and work without end.
 *
 * A key names what is limited, such as `account ada@example.com`. Only its hash
 * is kept, so that the counts don't tell who tried.
 */
import { hash } from 'node:crypto';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit } from '../config.ts';
import type { Statement } from '../db/prepared.ts';
import { RateLimitedError } from '../errors.ts';
import type { Counter, Counters } from './counters.ts';

/** A key that was tried so many times as often as it may be costs no more than memory. */
const FLOOD_FACTOR = 10;

const HOUR_MS = 3_600_000;
/** Passwords that were right, in an hour: so many times the tries of a window, and never fewer than these. */
const RIGHT_FACTOR = 6;
const LEAST_RIGHT = 60;

export interface Throttles {
  /** Tries of passwords. */
  tries: Throttle;
  /** The same where others look first at what a try may count for: more of them, and refused from memory at once. */
  floods: Throttle;
  /** Passwords that were right. */
  right: Throttle;
}

export function createThrottles(limit: RateLimit, counters: Counters): Throttles {
  const { tries, windowMs } = limit;
  const flood = FLOOD_FACTOR * tries;
  const right = Math.max(LEAST_RIGHT, RIGHT_FACTOR * tries);
  return {
    tries: new Throttle(limit, counters),
    floods: new Throttle({ tries: flood, windowMs }, counters, flood + 1),
    right: new Throttle({ tries: right, windowMs: HOUR_MS }, counters),
  };
}

export class Throttle {
  readonly #tries: number;
  readonly #counter: Counter;

  /** @param fromMemoryAt a key that was tried so often is refused from memory until its window ends, given back or not. */
  constructor(limit: RateLimit, counters: Counters, fromMemoryAt: number = FLOOD_FACTOR * limit.tries) {
    this.#tries = limit.tries;
    this.#counter = counters.create(limit, fromMemoryAt);
  }

  /**
   * Takes a try of each key, in their order. One that has none left takes
   * nothing of those after it; those before it have lost theirs.
   *
   * @throws RateLimitedError, or what the database fails with: without a count nobody tries.
   */
  async spend(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      try {
        await this.#counter.limiter.consume(digest(key));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const isFirst = refusal.consumedPoints === this.#tries + 1;
        throw new RateLimitedError(refusal.msBeforeNext, { key, isFirst });
      }
    }
  }

  /**
   * Refuses like `spend` where nothing is left, and else takes nothing.
   *
   * @throws RateLimitedError, or what the database fails with.
   */
  async look(key: string): Promise<void> {
    const state = await this.#counter.limiter.get(digest(key));
    if (state === null || state.consumedPoints < this.#tries) return;
    await this.spend([key]);
    // The window ended just then.
    await this.giveBack([key]);
  }

  /** The try was a good one. */
  async giveBack(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#counter.giveBack(digest(key))));
  }

  /** What gives a try back as part of a transaction; null where its database doesn't count. */
  givingBack(key: string): Statement | null {
    return this.#counter.givingBack(digest(key));
  }
}

function digest(key: string): string {
  return hash('sha256', key, 'base64url');
}
