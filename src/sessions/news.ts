/**
 * What processes tell each other about sessions. News names sessions by id and
 * carries no secret; whoever wants more reads the row.
 */
import type { Transaction } from '../db/client.ts';
import type { SessionEndReason } from '../db/generated/prisma/client.ts';

export type News =
  | { type: 'ended'; userId: string; reason: SessionEndReason; endedAt: Date; sessionIds: string[] }
  | { type: 'started'; userId: string; sessionId: string; startedAt: Date };

/**
 * Carries news to every process, this one included. A shortcut, never the
 * truth: what it loses, comparing with the database finds.
 */
export interface Bus {
  /**
   * Called inside the transaction, last thing before its commit; a throw rolls it back.
   *
   * @returns what to call after the commit. This process's listeners are called
   *   at once; it resolves when the news is on its way to the others, and rejects
   *   when they can't be told now: then nobody is to be told that it is done.
   */
  enlist(tx: Transaction, news: readonly News[]): Promise<() => Promise<void>>;
  /** Listeners are called at once and must not throw; the same news may come twice. @returns what stops it. */
  listen(listener: (news: News) => void): () => void;
  /** False while this process may be missing news; then its memory is not to be trusted. */
  isHeard(): boolean;
}
