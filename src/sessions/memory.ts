/**
 * The live sessions that this process has read lately, so that a warm check
 * reads nothing from the database.
 *
 * It must never bring back a session that has ended. `forget` therefore also
 * reaches reads that are still under way (their result is poisoned: it counts
 * as ended and is not kept), and rows that a caller already holds (`hasEnded`).
 */
import { LRUCache } from 'lru-cache';
import type { Session } from '../db/generated/prisma/client.ts';

/** About 1 KB each. */
const DEFAULT_MAX_SESSIONS = 50_000;

interface Read {
  result: Promise<Session | null>;
  /** `ended`: whatever it finds, the session has ended. `doubtful`: what it finds may be out of date. */
  state: 'good' | 'doubtful' | 'ended';
}

export class SessionMemory {
  readonly #sessions: LRUCache<string, Session>;
  readonly #reads = new Map<string, Read>();
  readonly #ended = new WeakSet<Session>();
  /** Nothing is remembered of these; since when, in milliseconds since the epoch. */
  readonly #doubtful = new Map<string, number>();

  constructor(maxSessions = DEFAULT_MAX_SESSIONS) {
    this.#sessions = new LRUCache({ max: maxSessions });
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** The session by `read`, shared by all who ask for it meanwhile, and kept. */
  load(id: string, read: () => Promise<Session | null>): Promise<Session | null> {
    const underWay = this.#reads.get(id);
    if (underWay) return underWay.result;
    const entry: Read = { state: 'good', result: this.#read(id, read) };
    this.#reads.set(id, entry);
    return entry.result;
  }

  async #read(id: string, read: () => Promise<Session | null>): Promise<Session | null> {
    // Entered in #reads before any result can be there.
    await null;
    try {
      while (true) {
        const session = await read();
        const entry = this.#reads.get(id);
        if (entry?.state === 'doubtful') {
          entry.state = 'good';
          continue;
        }
        if (!session || entry?.state === 'ended') return null;
        if (!this.#doubtful.has(id)) this.#sessions.set(id, session);
        return session;
      }
    } finally {
      this.#reads.delete(id);
    }
  }

  /** These sessions have ended. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#doubtful.delete(id);
      const session = this.#sessions.peek(id);
      if (session) {
        this.#ended.add(session);
        this.#sessions.delete(id);
      }
      const underWay = this.#reads.get(id);
      if (underWay) underWay.state = 'ended';
    }
  }

  /**
   * These sessions are about to end, and until `forget` or `trust` nobody knows
   * whether they have: each check of them asks the database.
   */
  doubt(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#doubtful.set(id, Date.now());
      this.#sessions.delete(id);
      const underWay = this.#reads.get(id);
      if (underWay?.state === 'good') underWay.state = 'doubtful';
    }
  }

  /** Whatever was about to happen to these sessions has been decided. */
  trust(ids: Iterable<string>): void {
    for (const id of ids) this.#doubtful.delete(id);
  }

  /** The ids in doubt for at least so long. */
  doubtful(forMs: number): string[] {
    const until = Date.now() - forMs;
    return [...this.#doubtful].filter(([, since]) => since <= until).map(([id]) => id);
  }

  /** Whether the session was forgotten since the caller got hold of this row. */
  hasEnded(session: Session): boolean {
    return this.#ended.has(session);
  }

  ids(): string[] {
    return [...this.#sessions.keys()];
  }
}
