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
import { networkOf } from '../networks.ts';

export interface Attempt {
  ipAddress: string | null;
  /** The account's email, normalized; left out where there is no account yet. */
  email?: string;
}

export class Throttle {
  readonly #limiter: RateLimiterMemory;

  constructor(limit: RateLimit) {
    this.#limiter = new RateLimiterMemory({ points: limit.tries, duration: limit.windowMs / 1000 });
  }

  /** @throws RateLimitedError when there were too many. An address at its limit spends nothing of an account's. */
  async spend(attempt: Attempt): Promise<void> {
    for (const key of keysOf(attempt)) {
      try {
        await this.#limiter.consume(key);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw new RateLimitedError(refusal.msBeforeNext);
        throw refusal;
      }
    }
  }

  /** The attempt was a good one. */
  async giveBack(attempt: Attempt): Promise<void> {
    for (const key of keysOf(attempt)) await this.#limiter.reward(key);
  }
}

function keysOf({ ipAddress, email }: Attempt): string[] {
  const address = `address ${networkOf(ipAddress)}`;
  return email === undefined ? [address] : [address, `account ${email}`];
}
