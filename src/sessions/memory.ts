/**
 * The live sessions that this process has read lately, so that a warm check
 * reads nothing from the database.
 *
 * It must never bring back a session that has ended. `forget` therefore also
 * reaches reads that are still under way (their result is poisoned: it counts
 * as ended and is not kept), and checks that hold a row already (`beginCheck`).
 *
 * Endings on other processes come by the bus. While that may be missing some,
 * nothing is remembered, and what a read finds is good for two seconds only.
 */
import { LRUCache } from 'lru-cache';
import type { Session } from '../db/generated/prisma/client.ts';

/** Whoever asks while a read is younger than this shares it… */
const SHARED_FOR_MS = 1000;
/** …and without the bus, what took a read longer to bring may be too old, and is read again… */
const FRESH_FOR_MS = 2000;
/** …but not for ever: a database so slow is as good as away. */
const MAX_SLOW_READS = 3;

interface Read {
  result: Promise<Session | null>;
  startedAtMs: number;
  /** `ended`: whatever it finds, the session has ended. `doubtful`: what it finds may be out of date. */
  state: 'good' | 'doubtful' | 'ended';
}

/** What is heard of a session while somebody checks it, whatever rows of it they hold. */
export interface Check {
  readonly id: string;
  /** `renewed`: it has a new token, and what was read of it before is good no more. */
  heard: 'nothing' | 'renewed' | 'ended';
}

/** Reads took so long that what they found may be out of date. */
export class StaleReadError extends Error {
  override name = 'StaleReadError';
}

export class SessionMemory {
  /** Null: nothing is remembered. */
  readonly #sessions: LRUCache<string, Session> | null;
  readonly #isTrusted: () => boolean;
  /** Under way, the youngest last. */
  readonly #reads = new Map<string, Read[]>();
  /** Under way. */
  readonly #checks = new Map<string, Set<Check>>();
  /** Nothing is remembered of these; since when, by the monotonic clock. */
  readonly #doubtful = new Map<string, number>();

  /**
   * @param maxSessions how many are remembered, the least recently used dropped first, somewhat above 1 KB each; 0 for none.
   * @param isTrusted false while endings may have been missed.
   */
  constructor(maxSessions: number, isTrusted: () => boolean) {
    this.#sessions = maxSessions === 0 ? null : new LRUCache({ max: maxSessions });
    this.#isTrusted = isTrusted;
  }

  /** The session as remembered; undefined when it isn't, or memory is not to be trusted. */
  get(id: string): Session | undefined {
    const session = this.#sessions?.get(id);
    return session && this.#isTrusted() ? session : undefined;
  }

  /** Somebody begins to check a session, and may hold a row of it for longer than it is remembered. To be ended. */
  beginCheck(id: string): Check {
    const check: Check = { id, heard: 'nothing' };
    const others = this.#checks.get(id);
    if (others) others.add(check);
    else this.#checks.set(id, new Set([check]));
    return check;
  }

  endCheck(check: Check): void {
    const others = this.#checks.get(check.id);
    others?.delete(check);
    if (others?.size === 0) this.#checks.delete(check.id);
  }

  /**
   * The session by `read`, shared by all who ask for it meanwhile, and kept.
   *
   * @param isShared false: a read that is under way already will not do.
   * @throws what `read` throws, and StaleReadError.
   */
  load(id: string, read: () => Promise<Session | null>, isShared = true): Promise<Session | null> {
    const underWay = this.#reads.get(id) ?? [];
    const youngest = underWay.at(-1);
    if (isShared && youngest && performance.now() - youngest.startedAtMs < SHARED_FOR_MS)
      return youngest.result;
    const entry: Read = { state: 'good', startedAtMs: 0, result: Promise.resolve(null) };
    this.#reads.set(id, [...underWay, entry]);
    entry.result = this.#read(id, entry, read).finally(() => {
      const others = this.#reads.get(id)?.filter((other) => other !== entry) ?? [];
      if (others.length > 0) this.#reads.set(id, others);
      else this.#reads.delete(id);
    });
    return entry.result;
  }

  async #read(id: string, entry: Read, read: () => Promise<Session | null>): Promise<Session | null> {
    let slowReads = 0;
    while (true) {
      entry.startedAtMs = performance.now();
      const session = await read();
      if (!session || entry.state === 'ended') return null;
      if (entry.state === 'doubtful') {
        entry.state = 'good';
        continue;
      }
      const isTrusted = this.#isTrusted();
      if (!isTrusted && performance.now() - entry.startedAtMs > FRESH_FOR_MS) {
        if (++slowReads < MAX_SLOW_READS) continue;
        throw new StaleReadError('The database took too long to tell of a session');
      }
      if (isTrusted && !this.#doubtful.has(id)) this.#sessions?.set(id, session);
      return session;
    }
  }

  /** These sessions have ended. @returns whether any was remembered. */
  forget(ids: Iterable<string>): boolean {
    let wasRemembered = false;
    for (const id of ids) {
      this.#doubtful.delete(id);
      if (this.#sessions?.delete(id)) wasRemembered = true;
      for (const read of this.#reads.get(id) ?? []) read.state = 'ended';
      for (const check of this.#checks.get(id) ?? []) check.heard = 'ended';
    }
    return wasRemembered;
  }

  /** The session has a new token: whatever was read of it before is good no more. @returns whether it was remembered. */
  outdate(id: string): boolean {
    this.#doubtful.delete(id);
    this.#doubtReads(id);
    for (const check of this.#checks.get(id) ?? []) if (check.heard === 'nothing') check.heard = 'renewed';
    return this.#sessions?.delete(id) ?? false;
  }

  /**
   * These sessions are about to end, or to have a new token, and until `forget`, `outdate` or
   * `trust` nobody knows whether they have: each check of them asks the database.
   */
  doubt(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#doubtful.set(id, performance.now());
      this.#sessions?.delete(id);
      this.#doubtReads(id);
    }
  }

  /** Whatever was about to happen to these sessions has been decided. */
  trust(ids: Iterable<string>): void {
    for (const id of ids) this.#doubtful.delete(id);
  }

  /** Endings may have been missed: everything is read again. */
  clear(): void {
    this.#sessions?.clear();
    for (const id of this.#reads.keys()) this.#doubtReads(id);
  }

  #doubtReads(id: string): void {
    for (const read of this.#reads.get(id) ?? []) if (read.state === 'good') read.state = 'doubtful';
  }

  /** The ids in doubt for at least so long. */
  doubtful(forMs: number): string[] {
    const until = performance.now() - forMs;
    return [...this.#doubtful].filter(([, since]) => since <= until).map(([id]) => id);
  }

  /** How many are remembered. */
  get size(): number {
    return this.#sessions?.size ?? 0;
  }

  sessions(): Session[] {
    return [...(this.#sessions?.values() ?? [])];
  }
}
