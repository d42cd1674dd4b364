/**
 * Starts sessions. A sign-in always makes a new one, with a secret nobody has
 * seen; a session presented at sign-in is ended, never reused, so that a token
 * planted in a browser is worth nothing after its user signed in.
 *
 * One from a device, or a place, that doesn't fit what is known of the user is
 * marked.
 */
import type { Actor } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import type { Session, SessionKind } from '../db/generated/prisma/client.ts';
import { InvalidInputError, SessionLimitReachedError } from '../errors.ts';
import { noticeOfSignIn } from '../mail/notice.ts';
import { bySession, endSessions } from './end.ts';
import { findEnd, whereNotOver } from './policy.ts';
import { recognize } from './recognition.ts';
import { hashSecret, makeSecret, writeToken } from './token.ts';
import type { Change } from './transact.ts';

/** Where a session is to be started: on which device, carried how, instead of which others. */
export interface SignInPlace {
  kind: SessionKind;
  client: Client;
  /** What the device's cookie says; null for who keeps none. */
  deviceId: string | null;
  /** The live session that the request came with; it is ended. */
  presented: Session | null;
  /** The id of one of the user's sessions that makes room for this one. */
  replaceId: string | null;
}

export interface NewSession extends SignInPlace {
  userId: string;
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
 * @throws InvalidInputError when the user has no session `replaceId`,
 *   SessionLimitReachedError under the policy `reject`.
 */
export async function startSession(
  core: Core,
  change: Change,
  { userId, kind, client, deviceId, presented, replaceId, actor }: NewSession,
): Promise<StartedSession> {
  const { tx, now } = change;
  const seen = await recognize(tx, userId, { client, deviceId }, now);
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
      deviceId,
      isNewDevice: seen.hasSignedIn && !seen.isKnownDevice,
      isSuspicious: seen.elsewhere !== null,
      createdAt: now,
      lastActiveAt: now,
      confirmedAt: now,
      expiresAt: new Date(now.getTime() + core.policy.sessionLifetimeMs),
    },
  });
  if (replaceId !== null) await makeRoom(change, session, client, replaceId);
  await keepLimit(core, change, session, client);
  const event = { userId, sessionId: session.id, client, ...(actor && { actor }) };
  change.record({ ...event, type: 'SESSION_STARTED', details: { isNewDevice: session.isNewDevice } });
  if (seen.elsewhere !== null) {
    change.record({ ...event, type: 'SUSPICIOUS_SIGN_IN', details: { previousIpAddress: seen.elsewhere } });
  }
  // Who has not signed in before is not locked, and needs no notice.
  const user = change.users.get(userId);
  const notice = user && (session.isNewDevice || session.isSuspicious) && noticeOfSignIn(user, session);
  if (notice) change.mail(notice);
  change.announce({ type: 'started', userId, sessionId: session.id, startedAt: now }, [session]);
  return { session, token: writeToken(core.keys, session.id, secret) };
}

/** Ends the session that the user chose. One that has ended already made room by that. */
async function makeRoom(change: Change, started: Session, client: Client, id: string): Promise<void> {
  const { userId } = started;
  const chosen = await change.tx.session.findUnique({ where: { id, userId }, select: { id: true } });
  if (!chosen) {
    throw new InvalidInputError(['replaceSessionId'], { key: 'error.notToReplace' });
  }
  await endSessions(change, { which: { ids: [id] }, reason: 'EVICTED', by: bySession(started, client) });
}

/** Makes room for a session just made, or refuses it. Each kind has a limit of its own. */
async function keepLimit(core: Core, change: Change, started: Session, client: Client): Promise<void> {
  const { sessionLimit, sessionLimitPolicy } = core.policy;
  const { userId, kind, id } = started;
  const others = await change.tx.session.findMany({
    where: { userId, kind, id: { not: id }, ...whereNotOver(change.now) },
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
