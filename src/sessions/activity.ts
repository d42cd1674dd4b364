/**
 * Writes down when sessions were last used: at most once in five minutes for
 * each, behind the request, many in one UPDATE.
 *
 * Other processes see it only then. So shortly before a session would be idle
 * for too long by what the row says, its use is written before it counts: the
 * row decides whether it came in time, whoever else looks at it.
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
  readonly #idleTimeoutMs: number;
  readonly #granularityMs: number;
  /** With less than this left, a use is written at once: longer than anything waits to be written behind. */
  readonly #urgentMs: number;
  readonly #timer: NodeJS.Timeout;
  #pending = new Map<string, Date>();
  /** Of the last batch, what was not written: tried once more, as somebody may have held the row. */
  #missed = new Set<string>();
  #lastFlush: Promise<void> = Promise.resolve();

  constructor(db: Database, clock: Clock, log: Logger, idleTimeoutMs: number) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
    this.#idleTimeoutMs = idleTimeoutMs;
    // A short idle timeout needs finer steps, or use would not keep a session alive.
    this.#granularityMs = Math.min(GRANULARITY_MS, idleTimeoutMs / 4);
    const intervalMs = Math.min(FLUSH_INTERVAL_MS, idleTimeoutMs / 8);
    this.#urgentMs = 3 * intervalMs;
    this.#timer = setInterval(() => void this.flush(), intervalMs).unref();
  }

  /**
   * The session was used now: to be written behind, unless that needs no writing.
   *
   * @returns false when its use has to be written before it counts; then nothing is done.
   */
  touch(session: Session, now = this.#clock.now()): boolean {
    const unusedMs = now.getTime() - session.lastActiveAt.getTime();
    if (unusedMs < this.#granularityMs) return true;
    if (this.#idleTimeoutMs - unusedMs < this.#urgentMs) return false;
    session.lastActiveAt = now;
    this.#pending.set(session.id, now);
    return true;
  }

  /**
   * Writes at once that the session was used.
   *
   * @returns whether it came in time; false means that the session has ended.
   * @throws when the database can't be asked.
   */
  async touchNow(session: Session): Promise<boolean> {
    const now = this.#clock.now();
    const count = await this.#db.$executeRaw`
      UPDATE sessions SET last_active_at = greatest(last_active_at, ${now})
      WHERE id = ${session.id}::uuid AND ended_at IS NULL AND secret_hash = ${session.secretHash}`;
    if (count === 0) return false;
    session.lastActiveAt = now;
    return true;
  }

  /** A row as this process knows it: with a use that is not written yet. */
  complete<Row extends Session | null>(row: Row): Row {
    const usedAt = row && this.#pending.get(row.id);
    if (row && usedAt && usedAt > row.lastActiveAt) row.lastActiveAt = usedAt;
    return row;
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
      // A row that somebody holds is skipped, so that nothing can deadlock.
      const written = await this.#db.$queryRaw<{ id: string }[]>`
        UPDATE sessions s SET last_active_at = greatest(s.last_active_at, used.at)
        FROM (
          SELECT locked.id, given.at
          FROM unnest(${[...batch.keys()]}::uuid[], ${[...batch.values()]}::timestamptz[]) AS given(id, at)
          JOIN LATERAL (
            SELECT id FROM sessions WHERE id = given.id AND ended_at IS NULL FOR NO KEY UPDATE SKIP LOCKED
          ) locked ON true
        ) used
        WHERE s.id = used.id
        RETURNING s.id`;
      this.#keepMissed(batch, new Set(written.map(({ id }) => id)));
    } catch (error) {
      this.#log.warn({ err: error, sessions: batch.size }, 'session activity could not be written');
      for (const [id, at] of batch) if (!this.#pending.has(id)) this.#pending.set(id, at);
    }
  }

  /** What is missed twice has ended. */
  #keepMissed(batch: Map<string, Date>, written: Set<string>): void {
    const before = this.#missed;
    this.#missed = new Set();
    for (const [id, at] of batch) {
      if (written.has(id) || before.has(id)) continue;
      this.#missed.add(id);
      if (!this.#pending.has(id)) this.#pending.set(id, at);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
