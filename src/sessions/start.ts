/**
 * Starts sessions. A sign-in always makes a new one, with a secret nobody has
 * seen; a session presented at sign-in is ended, never reused, so that a token
 * planted in a browser is worth nothing after its user signed in.
 *
 * One from a device, or a place, that doesn't fit what is known of the user is
 * marked.
 */

import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import { Prisma, type Session, type SessionKind } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { InvalidInputError, SessionLimitReachedError } from '../errors.ts';
import { noticeOfSignIn } from '../mail/notice.ts';
import { SESSION_COLUMNS } from './columns.ts';
import { bySession, endSessions } from './end.ts';
import { findSessionById } from './find.ts';
import { findEnd } from './policy.ts';
import { NOBODY_SEEN, type Recognition, recognize } from './recognition.ts';
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

/** What is known of a user before a session is started, as of the lock. */
export interface Known {
  seen: Recognition;
  /** The user's sessions of the new one's kind that nobody has ended, the last active first. */
  others: Session[];
}

/** Of a user who was not there before. */
export const NOTHING_KNOWN: Known = { seen: NOBODY_SEEN, others: [] };

/** To be read under the lock on the user. */
export async function readKnown(
  { clock }: Core,
  query: QueryPrepared,
  userId: string,
  { kind, client, deviceId }: SignInPlace,
): Promise<Known> {
  const [seen, others] = await Promise.all([
    recognize(query, userId, { client, deviceId }, clock.now()),
    query<Session>(Prisma.sql`
      SELECT ${SESSION_COLUMNS} FROM sessions s
      WHERE user_id = ${userId}::uuid AND kind = ${kind}::session_kind AND ended_at IS NULL
      ORDER BY last_active_at DESC, id DESC`),
  ]);
  return { seen, others };
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
  { seen, others }: Known,
): Promise<StartedSession> {
  const { now } = change;
  if (presented) {
    await endSessions(change, {
      which: { ids: [presented.id] },
      reason: 'SIGNED_OUT',
      by: bySession(presented, client),
    });
  }
  const secret = makeSecret();
  const session = insertSession(change, {
    userId,
    kind,
    secretHash: hashSecret(secret),
    userAgent: client.userAgent,
    ipAddress: client.ipAddress,
    deviceId,
    isNewDevice: seen.hasSignedIn && !seen.isKnownDevice,
    isSuspicious: seen.elsewhere !== null,
    expiresAt: new Date(now.getTime() + core.policy.sessionLifetimeMs),
  });
  const gone = presented ? [presented.id] : [];
  if (replaceId !== null) {
    await makeRoom(change, session, client, replaceId);
    gone.push(replaceId);
  }
  await keepLimit(
    core,
    change,
    session,
    client,
    others.filter((other) => !gone.includes(other.id) && other.expiresAt > now),
  );
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

type NewRow = Pick<
  Session,
  | 'userId'
  | 'kind'
  | 'secretHash'
  | 'userAgent'
  | 'ipAddress'
  | 'deviceId'
  | 'isNewDevice'
  | 'isSuspicious'
  | 'expiresAt'
>;

/** @returns the row as it will be when the transaction is committed. */
function insertSession({ write, now }: Change, given: NewRow): Session {
  const { userId, kind, secretHash, userAgent, ipAddress, deviceId, isNewDevice, isSuspicious, expiresAt } =
    given;
  const id = uuidv7();
  write(Prisma.sql`
    INSERT INTO sessions (
      id, user_id, kind, secret_hash, user_agent, ip_address, last_ip_address, device_id,
      is_new_device, is_suspicious, created_at, last_active_at, confirmed_at, expires_at
    )
    VALUES (
      ${id}::uuid, ${userId}::uuid, ${kind}::session_kind, ${secretHash}, ${userAgent},
      ${ipAddress}::inet, ${ipAddress}::inet, ${deviceId}::uuid,
      ${isNewDevice}, ${isSuspicious}, ${now}, ${now}, ${now}, ${expiresAt}
    )`);
  return {
    id,
    ...given,
    lastIpAddress: ipAddress,
    createdAt: now,
    lastActiveAt: now,
    confirmedAt: now,
    endedAt: null,
    endReason: null,
    endedById: null,
  };
}

/** Ends the session that the user chose. One that has ended already made room by that. */
async function makeRoom(change: Change, started: Session, client: Client, id: string): Promise<void> {
  const chosen = await findSessionById(change.query, id);
  if (chosen?.userId !== started.userId) {
    throw new InvalidInputError(['replaceSessionId'], { key: 'error.notToReplace' });
  }
  await endSessions(change, { which: { ids: [id] }, reason: 'EVICTED', by: bySession(started, client) });
}

/**
 * Makes room for a session just made, or refuses it. Each kind has a limit of its own.
 *
 * @param others of the user and the kind that are not over, the last active first: one that looks idle may have been
 *   used since, which some process has yet to write down.
 */
async function keepLimit(
  core: Core,
  change: Change,
  started: Session,
  client: Client,
  others: readonly Session[],
): Promise<void> {
  const { sessionLimit, sessionLimitPolicy } = core.policy;
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
