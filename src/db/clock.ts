/**
 * The database's time, so that all processes agree on when a session ends,
 * however their machines' clocks are set. Learned from answers of the database,
 * and carried on between them by the monotonic clock, which nobody sets.
 */
import type { Clock } from '../core.ts';
import type { Database } from './client.ts';

/** Of so many samples, the one that was fastest on its way is the most exact. */
const SAMPLES = 8;
const TOLERANCE_MS = 20;

interface Sample {
  /** What to add to the monotonic clock. */
  offsetMs: number;
  roundTripMs: number;
}

export class DatabaseClock implements Clock {
  readonly #samples: Sample[] = [];
  #offsetMs = performance.timeOrigin;

  now(): Date {
    return new Date(Math.round(performance.now() + this.#offsetMs));
  }

  /**
   * @param databaseMs the database's time, in milliseconds since the epoch.
   * @param askedMs when it was asked for, by `performance.now()`, and told.
   */
  learn(databaseMs: number, askedMs: number, toldMs: number): void {
    if (!Number.isFinite(databaseMs)) return;
    const sample = { offsetMs: databaseMs - (askedMs + toldMs) / 2, roundTripMs: toldMs - askedMs };
    // No longer the same clock: it was set, the machine slept, or it is another database now.
    if (this.#samples.some((other) => contradict(sample, other))) this.#samples.length = 0;
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    const best = this.#samples.reduce((a, b) => (b.roundTripMs <= a.roundTripMs ? b : a));
    this.#offsetMs = best.offsetMs;
  }

  /** Asks once. @throws when the database can't be asked. */
  async ask(db: Database): Promise<void> {
    const askedMs = performance.now();
    const [row] = await db.$queryRaw<{ now: number }[]>`
      SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now`;
    if (row) this.learn(row.now, askedMs, performance.now());
  }
}

/** What an answer takes on its way there and back may be unequal: so far apart may two of one clock be, and a little. */
function contradict(a: Sample, b: Sample): boolean {
  return Math.abs(a.offsetMs - b.offsetMs) > (a.roundTripMs + b.roundTripMs) / 2 + TOLERANCE_MS;
}
