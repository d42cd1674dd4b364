/**
 * The accounts of those who asked lately, so that a request about its own user
 * reads nothing from the database.
 *
 * For showing alone: whoever decides by an account (its password, its role,
 * whether it is disabled) reads the row. It is forgotten here before a mutation
 * that changes it is answered, and on other processes by the bus; while that may
 * be missing news, nothing is remembered. A row changed by other means is seen
 * within half a minute.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from '../db/client.ts';
import type { Session, User } from '../db/generated/prisma/client.ts';
import type { SessionWithUser } from '../sessions/look-up.ts';

const KEPT_FOR_MS = 30_000;

export class UserMemory {
  readonly #db: Database;
  /** Null: nothing is remembered. */
  readonly #users: LRUCache<string, User> | null;
  /** Where nothing is remembered: what came along with the row of a session, for as long as that is held. */
  readonly #along = new WeakMap<Session, User>();
  readonly #isTrusted: () => boolean;
  /** Counts what was forgotten: a read that began before may be out of date, and is not kept. */
  #forgotten = 0;

  /**
   * @param maxUsers how many are remembered, the least recently used dropped first; 0 for none.
   * @param isTrusted false while changes may have been missed.
   */
  constructor(db: Database, maxUsers: number, isTrusted: () => boolean) {
    this.#db = db;
    this.#users = maxUsers === 0 ? null : new LRUCache({ max: maxUsers, ttl: KEPT_FOR_MS });
    this.#isTrusted = isTrusted;
  }

  /**
   * The account of a session, without the hash of its password: at once when it is known.
   *
   * @throws when the database can't be asked.
   */
  find(session: Session): User | Promise<User | null> {
    const { userId } = session;
    const user = this.#users ? this.#users.get(userId) : this.#along.get(session);
    return user && this.#isTrusted() ? user : this.#read(userId);
  }

  /** To be called before a session is read along with its account. @returns what keeps that, unless it changed since. */
  beginRead(): (read: SessionWithUser) => void {
    const forgotten = this.#forgotten;
    return ({ session, user }) => {
      if (!this.#isCurrent(forgotten)) return;
      if (this.#users) this.#users.set(user.id, user);
      else this.#along.set(session, user);
    };
  }

  async #read(id: string): Promise<User | null> {
    const forgotten = this.#forgotten;
    const row = await this.#db.user.findUnique({ where: { id }, omit: { passwordHash: true } });
    const user = row && { ...row, passwordHash: null };
    if (user && this.#isCurrent(forgotten)) this.#users?.set(id, user);
    return user;
  }

  /** Whether what was read since then may be kept. @param forgotten what was counted before the read. */
  #isCurrent(forgotten: number): boolean {
    return forgotten === this.#forgotten && this.#isTrusted();
  }

  /** The account has changed. @returns whether it was remembered. */
  forget(id: string): boolean {
    this.#forgotten += 1;
    return this.#users?.delete(id) ?? false;
  }

  /** Changes may have been missed. */
  clear(): void {
    this.#forgotten += 1;
    this.#users?.clear();
  }
}
