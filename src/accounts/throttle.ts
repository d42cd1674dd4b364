/**
 * Limits how often passwords may be tried: per address, so that one machine
 * can't go through many accounts, and per account, so that many machines can't
 * go through one. A try counts before the password is checked, and is given
 * back when it was right.
 *
 * Kept in this process's memory, each key for one window.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit } from '../config.ts';
import { RateLimitedError } from '../errors.ts';

/** What clients are told of it is a RateLimitedError like any other. */
export class LimitReachedError extends RateLimitedError {
  /** Whether it is the first refusal of its key in the window. */
  readonly isFirst: boolean;

  constructor(retryAfterMs: number, isFirst: boolean) {
    super(retryAfterMs);
    this.isFirst = isFirst;
  }
}

export class Throttle {
  readonly #limiter: RateLimiterMemory;

  constructor(limit: RateLimit) {
    this.#limiter = new RateLimiterMemory({ points: limit.tries, duration: limit.windowMs / 1000 });
  }

  /** @throws RateLimitedError when there were too many. An address at its limit spends nothing of an account's. */
  async spend(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      try {
        await this.#limiter.consume(key);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) {
          throw new LimitReachedError(
            refusal.msBeforeNext,
            refusal.consumedPoints === this.#limiter.points + 1,
          );
        }
        throw refusal;
      }
    }
  }

  /** The attempt was a good one. */
  async giveBack(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#limiter.reward(key);
  }
}
