/**
 * Limits how often passwords may be tried: per address, so that one machine
 * can't go through many accounts, and per account, so that many machines can't
 * go through one. A try counts before the password is checked, and is given
 * back when it was right.
 *
 * A key names what is limited, such as `account ada@example.com`. Only its hash
 * is kept, so that the counts don't tell who tried.
 */
import { hash } from 'node:crypto';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit } from '../config.ts';
import { RateLimitedError } from '../errors.ts';
import { type Counter, type CounterOptions, openCounter } from './counters.ts';

export class Throttle {
  readonly #tries: number;
  readonly #counter: Counter;

  private constructor(tries: number, counter: Counter) {
    this.#tries = tries;
    this.#counter = counter;
  }

  static async open(limit: RateLimit, options: CounterOptions): Promise<Throttle> {
    return new Throttle(limit.tries, await openCounter(limit, options));
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

  /** The try was a good one. */
  async giveBack(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#giveBackOne(digest(key))));
  }

  /** A window that has ended meanwhile, or a count that is elsewhere, owes nothing: else tries could be saved up. */
  async #giveBackOne(key: string): Promise<void> {
    const { limiter } = this.#counter;
    const { consumedPoints } = await limiter.reward(key);
    if (consumedPoints < 0) await limiter.penalty(key);
  }

  close(): void {
    this.#counter.close();
  }
}

function digest(key: string): string {
  return hash('sha256', key, 'base64url');
}
