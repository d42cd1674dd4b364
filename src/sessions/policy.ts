/** When a session is over. Time ends a session by itself; the sweep only writes it down. */
import type { Policy } from '../config.ts';
import type { Session, SessionEndReason } from '../db/generated/prisma/client.ts';

export interface SessionEnd {
  at: Date;
  reason: SessionEndReason;
}

type Lifetimes = Pick<Session, 'lastActiveAt' | 'expiresAt'>;

/** The instant at which it ends if it is not used again. */
export function findDeadline(session: Lifetimes, policy: Policy): SessionEnd {
  const idleAtMs = session.lastActiveAt.getTime() + policy.idleTimeoutMs;
  return session.expiresAt.getTime() <= idleAtMs
    ? { at: session.expiresAt, reason: 'EXPIRED' }
    : { at: new Date(idleAtMs), reason: 'IDLE' };
}

/** The same instant, in milliseconds since the epoch, for looking through many. */
export function findDeadlineMs({ lastActiveAt, expiresAt }: Lifetimes, { idleTimeoutMs }: Policy): number {
  return Math.min(expiresAt.getTime(), lastActiveAt.getTime() + idleTimeoutMs);
}

/** When and why a session ended, by somebody's hand or by time; null for a live one. */
export function findEnd(
  session: Lifetimes & Pick<Session, 'endedAt' | 'endReason'>,
  policy: Policy,
  now: Date,
): SessionEnd | null {
  if (session.endedAt && session.endReason) return { at: session.endedAt, reason: session.endReason };
  return findDeadlineMs(session, policy) <= now.getTime() ? findDeadline(session, policy) : null;
}

/** A session last active at or before this instant has been idle for too long. */
export function idleSince(policy: Policy, now: Date): Date {
  return new Date(now.getTime() - policy.idleTimeoutMs);
}
