/**
 * What processes tell each other about sessions and accounts. News names them by
 * id and carries no secret; whoever wants more reads the row.
 */
import type { Session, SessionEndReason } from '../db/generated/prisma/client.ts';
import type { Statement } from '../db/prepared.ts';

export type News =
  | { type: 'ended'; userId: string; reason: SessionEndReason; endedAt: Date; sessionIds: string[] }
  /** It has a new token; the one before is good no more. */
  | { type: 'renewed'; userId: string; sessionId: string; renewedAt: Date }
  | { type: 'started'; userId: string; sessionId: string; startedAt: Date }
  /** Something of the account has changed that is shown. */
  | { type: 'changed'; userId: string };

/** News, and the rows it is about for whoever is told in the same process. */
export interface Announcement {
  news: News;
  sessions: readonly Session[];
}

/** @param sessions their rows, where the news was made in this process. */
export type NewsListener = (news: News, sessions?: readonly Session[]) => void;

export interface Enlisted {
  /** For the end of the transaction. */
  statements: Statement[];
  /**
   * To be called after the commit. This process's listeners are called at once; it
   * resolves when the news is on its way to the others, and rejects when they can't
   * be told now: then nobody is to be told that it is done.
   */
  publish(): Promise<void>;
}

/**
 * Carries news to every process, this one included. A shortcut, never the
 * truth: what it loses, comparing with the database finds.
 */
export interface Bus {
  /** What is to be done to tell of a transaction. */
  enlist(announcements: readonly Announcement[]): Enlisted;
  /** Listeners are called at once and must not throw; the same news may come twice. @returns what stops it. */
  listen(listener: NewsListener): () => void;
  /** False while this process may be missing news; then its memory is not to be trusted. */
  isHeard(): boolean;
}
