/**
 * Writes down when sessions were last used: at most once in five minutes for
 * each, behind the request, many in one UPDATE.
 */
import type { Logger } from 'pino';
import type { Clock } from '../core.ts';
import type { Database } from '../db/client.ts';
import type { Session } from '../db/generated/prisma/client.ts';

const GRANULARITY_MS = 5 * 60_000;
const FLUSH_INTERVAL_MS = 10_000;

export class Activity {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #granularityMs: number;
  readonly #timer: NodeJS.Timeout;
  #pending = new Map<string, Date>();
  #lastFlush: Promise<void> = Promise.resolve();

  constructor(db: Database, clock: Clock, log: Logger, idleTimeoutMs: number) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
    // A short idle timeout needs finer steps, or use would not keep a session alive.
    this.#granularityMs = Math.min(GRANULARITY_MS, idleTimeoutMs / 4);
    const intervalMs = Math.min(FLUSH_INTERVAL_MS, idleTimeoutMs / 4);
    this.#timer = setInterval(() => void this.flush(), intervalMs).unref();
  }

  /** The session was used now. */
  touch(session: Session): void {
    const now = this.#clock.now();
    if (now.getTime() - session.lastActiveAt.getTime() < this.#granularityMs) return;
    session.lastActiveAt = now;
    this.#pending.set(session.id, now);
  }

  /**
   * All that was touched before is written when it returns, also by a flush that
   * was under way. Never throws: what could not be written is tried again.
   */
  flush(): Promise<void> {
    this.#lastFlush = this.#lastFlush.then(() => this.#write());
    return this.#lastFlush;
  }

  async #write(): Promise<void> {
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Map();
    try {
      // A row that somebody holds is being ended, or touched by another process: skipping it can't deadlock.
      await this.#db.$executeRaw`
        UPDATE sessions s SET last_active_at = used.at
        FROM (
          SELECT locked.id, given.at
          FROM unnest(${[...batch.keys()]}::uuid[], ${[...batch.values()]}::timestamptz[]) AS given(id, at)
          JOIN LATERAL (
            SELECT id FROM sessions WHERE id = given.id AND ended_at IS NULL FOR NO KEY UPDATE SKIP LOCKED
          ) locked ON true
        ) used
        WHERE s.id = used.id AND s.last_active_at < used.at`;
    } catch (error) {
      this.#log.warn({ err: error, sessions: batch.size }, 'session activity could not be written');
      for (const [id, at] of batch) if (!this.#pending.has(id)) this.#pending.set(id, at);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
