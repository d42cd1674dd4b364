/**
 * What processes tell each other about sessions. News names sessions by id and
 * carries no secret; whoever wants more reads the row.
 */
import type { Transaction } from '../db/client.ts';
import type { SessionEndReason } from '../db/generated/prisma/client.ts';

export type News =
  | { type: 'ended'; userId: string; reason: SessionEndReason; sessionIds: string[] }
  | { type: 'started'; userId: string; sessionId: string };

/**
 * Carries news to every process, this one included. A shortcut, never the
 * truth: what it loses, comparing with the database finds.
 */
export interface Bus {
  /** Called inside the transaction, last thing before its commit; a throw rolls it back. */
  enlist(tx: Transaction, news: readonly News[]): Promise<void>;
  /** Called after the commit. When it returns, this process's listeners have been called. Never throws. */
  publish(news: readonly News[]): void;
  /** Listeners are called at once and must not throw. @returns what stops it. */
  listen(listener: (news: News) => void): () => void;
  /** False while this process may be missing news; then its memory is not to be trusted. */
  isHeard(): boolean;
  close(): Promise<void>;
}
