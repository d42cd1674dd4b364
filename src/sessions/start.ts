/**
 * Starts sessions. A sign-in always makes a new one, with a secret nobody has
 * seen; a session presented at sign-in is ended, never reused, so that a token
 * planted in a browser is worth nothing after its user signed in.
 */
import type { Actor } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import type { Session, SessionKind } from '../db/generated/prisma/client.ts';
import { SessionLimitReachedError } from '../errors.ts';
import { bySession, endSessions } from './end.ts';
import { findEnd, whereNotOver } from './policy.ts';
import { hashSecret, makeSecret, writeToken } from './token.ts';
import type { Change } from './transact.ts';

export interface NewSession {
  userId: string;
  kind: SessionKind;
  client: Client;
  /** The live session that the request came with. */
  presented: Session | null;
  /** Who signed the user in; the user when left out. */
  actor?: Actor;
}

export interface StartedSession {
  session: Session;
  /** Handed out once; it can't be had again. */
  token: string;
}

/**
 * Part of a transaction in which the caller holds the lock on the user, and on
 * the user of the presented session.
 *
 * @throws SessionLimitReachedError under the policy `reject`.
 */
export async function startSession(
  core: Core,
  change: Change,
  { userId, kind, client, presented, actor }: NewSession,
): Promise<StartedSession> {
  const { tx, now } = change;
  if (presented) {
    await endSessions(change, {
      which: { ids: [presented.id] },
      reason: 'SIGNED_OUT',
      by: bySession(presented, client),
    });
  }
  const secret = makeSecret();
  const session = await tx.session.create({
    data: {
      userId,
      kind,
      secretHash: hashSecret(secret),
      userAgent: client.userAgent,
      ipAddress: client.ipAddress,
      lastIpAddress: client.ipAddress,
      createdAt: now,
      lastActiveAt: now,
      confirmedAt: now,
      expiresAt: new Date(now.getTime() + core.policy.sessionLifetimeMs),
    },
  });
  await keepLimit(core, change, session, client);
  change.record({ type: 'SESSION_STARTED', userId, sessionId: session.id, ...(actor && { actor }), client });
  change.announce({ type: 'started', userId, sessionId: session.id, startedAt: now }, [session]);
  return { session, token: writeToken(core.keys, session.id, secret) };
}

/** Makes room for a session just made, or refuses it. */
async function keepLimit(core: Core, change: Change, started: Session, client: Client): Promise<void> {
  const { sessionLimit, sessionLimitPolicy } = core.policy;
  const others = await change.tx.session.findMany({
    where: { userId: started.userId, id: { not: started.id }, ...whereNotOver(change.now) },
    orderBy: [{ lastActiveAt: 'desc' }, { id: 'desc' }],
  });
  if (others.length < sessionLimit) return;
  const live = others.filter((session) => !findEnd(session, core.policy, change.now));
  if (sessionLimitPolicy === 'reject' && live.length >= sessionLimit) {
    throw new SessionLimitReachedError(sessionLimit, live);
  }
  await endSessions(change, {
    which: { ids: others.slice(sessionLimit - 1).map((session) => session.id) },
    reason: 'EVICTED',
    by: bySession(started, client),
  });
}
