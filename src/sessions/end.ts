/**
 * Ends sessions. Each way is one transaction that ends them, records why, and
 * announces it; ending twice is ending once, and the first reason stays.
 *
 * All but the sweep lock the user's row first and look again at the session
 * that asks: one that was just revoked can no longer revoke others.
 */
import type { Actor } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import { Prisma, type Session, type SessionEndReason } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { ReauthenticationRequiredError, SessionNotFoundError, UnauthenticatedError } from '../errors.ts';
import { SESSION_COLUMNS } from './columns.ts';
import { findSessionById } from './find.ts';
import type { News } from './news.ts';
import { idleSince } from './policy.ts';
import { hasChangedSince } from './resume.ts';
import { type Change, transact, transactOn } from './transact.ts';

/** By then every process has found by comparing what nobody told it. */
const AGAIN_MS = 60_000;

/** The session that asks, and the device behind it. */
export interface Asker {
  session: Session;
  client: Client;
}

/** Who ends sessions. */
export interface Ender {
  /** The session, or the administrator; null for a trusted backend. */
  endedById: string | null;
  actor: Actor;
  /** Null where the event of what was asked for has it already. */
  client: Client | null;
}

/** The user, from one of their sessions. */
export function bySession({ id, userId }: Session, client: Client): Ender {
  return { endedById: id, actor: { kind: 'USER', id: userId }, client };
}

/** Ends the asker's own session. It never asks for the password. */
export function signOut(core: Core, asker: Asker): Promise<Session> {
  const { id, userId } = asker.session;
  const read = (query: QueryPrepared) => holdSession(query, userId, id);
  return transactOn(core, [userId], read, async (change, target) => {
    if (!target) throw new UnauthenticatedError();
    return endSession(change, target, { reason: 'SIGNED_OUT', by: bySession(target, asker.client) });
  });
}

/**
 * Ends one of the asker's sessions, on whatever device it is. One that has ended
 * already is returned as it is.
 *
 * @throws SessionNotFoundError, ReauthenticationRequiredError, UnauthenticatedError
 */
export function revokeSession(core: Core, asker: Asker, id: string): Promise<Session> {
  const { id: ownId, userId } = asker.session;
  const read = (query: QueryPrepared) =>
    Promise.all([findSessionById(query, ownId), holdSession(query, userId, id)]);
  return transactOn(core, [userId], read, async (change, [own, target]) => {
    const current = assertUnchanged(core, change, asker, own);
    if (!target) throw new SessionNotFoundError();
    const isCurrent = target.id === current.id;
    if (!isCurrent && !isOver(target, change.now)) assertConfirmed(core, current, change.now);
    return endSession(change, target, {
      reason: isCurrent ? 'SIGNED_OUT' : 'REVOKED',
      by: bySession(current, asker.client),
    });
  });
}

/**
 * Ends all of the asker's sessions; with keepCurrent, all but the one asking.
 *
 * @returns how many this call ended.
 * @throws ReauthenticationRequiredError when others would be ended, UnauthenticatedError
 */
export function signOutEverywhere(core: Core, asker: Asker, keepCurrent: boolean): Promise<number> {
  return transact(core, [asker.session.userId], async (change) => {
    const current = await readAsker(core, change, asker);
    const { id, userId } = current;
    const [other] = await change.query(Prisma.sql`
      SELECT id FROM sessions
      WHERE user_id = ${userId}::uuid AND id <> ${id}::uuid AND ended_at IS NULL AND expires_at > ${change.now}
      LIMIT 1`);
    if (other) assertConfirmed(core, current, change.now);
    return endAllOf(change, {
      which: { userId, ...(keepCurrent && { except: id }) },
      reason: 'SIGNED_OUT_EVERYWHERE',
      by: bySession(current, asker.client),
    });
  });
}

/**
 * Writes down the end of sessions that time has ended, as of the instant when it did.
 *
 * @param ids only these; all that are due when left out.
 * @returns how many there were; `limit` of them means that there may be more.
 */
export function endLapsed(core: Core, { ids, limit }: { ids?: string[]; limit: number }): Promise<number> {
  return transact(core, [], async (change) => {
    const { now, query } = change;
    const idle = idleSince(core.policy, now);
    const idleTimeoutMs = core.policy.idleTimeoutMs;
    const among = ids ? Prisma.sql`AND id = ANY(${ids}::uuid[])` : Prisma.empty;
    // A row that somebody holds is skipped, so that sweeps and mutations can't deadlock; the next sweep comes.
    const ended = await query<Session>(Prisma.sql`
      UPDATE sessions s SET ended_at = due.at, end_reason = due.reason
      FROM (
        SELECT id,
          LEAST(expires_at, last_active_at + ${idleTimeoutMs} * interval '1 millisecond') AS at,
          CASE WHEN expires_at <= last_active_at + ${idleTimeoutMs} * interval '1 millisecond'
            THEN 'EXPIRED'::session_end_reason ELSE 'IDLE'::session_end_reason END AS reason
        FROM sessions
        WHERE ended_at IS NULL AND (expires_at <= ${now} OR last_active_at <= ${idle}) ${among}
        LIMIT ${limit}
        FOR NO KEY UPDATE SKIP LOCKED
      ) due
      WHERE s.id = due.id
      RETURNING ${SESSION_COLUMNS}`);
    recordEnds(change, ended, null);
    return ended.length;
  });
}

/** All of a user that are not over, but maybe one. */
export interface OfUser {
  userId: string;
  except?: string;
}

/** All of these users that began up to an instant and are not over, but maybe one. */
export interface OfUsers {
  userIds: readonly string[];
  startedUpTo: Date;
  except: string | null;
}

export type Selection = { ids: readonly string[] } | OfUser | OfUsers;

/** Why, and by whom. */
export interface Ending {
  reason: SessionEndReason;
  by: Ender;
}

/**
 * One of a user's sessions; null when the user has none of this id. Its row is
 * locked, after that of its user: not even time ends it meanwhile.
 */
export async function holdSession(query: QueryPrepared, userId: string, id: string): Promise<Session | null> {
  const [row] = await query<Session>(Prisma.sql`
    SELECT ${SESSION_COLUMNS} FROM sessions s
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid FOR NO KEY UPDATE`);
  return row ?? null;
}

/** Ends one session. One that is over already is returned as it is. @param target held by `holdSession`. */
export function endSession(change: Change, target: Session, { reason, by }: Ending): Session {
  const { now } = change;
  if (target.endedAt) announceAgain(change, [target]);
  if (isOver(target, now)) return target;
  const { endedById } = by;
  change.write(Prisma.sql`
    UPDATE sessions
    SET ended_at = ${now}, end_reason = ${reason}::session_end_reason, ended_by_id = ${endedById}::uuid
    WHERE id = ${target.id}::uuid`);
  const ended = { ...target, endedAt: now, endReason: reason, endedById };
  recordEnds(change, [ended], by);
  return ended;
}

/** Ends what a user has. @returns how many this call ended. */
export async function endAllOf(change: Change, end: Ending & { which: OfUser }): Promise<number> {
  announceAgain(change, await readEndedLately(change, end.which.userId));
  const ended = await endSessions(change, end);
  return ended.length;
}

/** Ends those of the selected that have not ended yet. The caller holds the lock on the users concerned. */
export async function endSessions(change: Change, end: Ending & { which: Selection }): Promise<Session[]> {
  const { query, now } = change;
  const { which, reason, by } = end;
  const ended = await query<Session>(Prisma.sql`
    UPDATE sessions s
    SET ended_at = ${now}, end_reason = ${reason}::session_end_reason, ended_by_id = ${by.endedById}::uuid
    WHERE ended_at IS NULL AND ${whereSelected(which, now)}
    RETURNING ${SESSION_COLUMNS}`);
  recordEnds(change, ended, by);
  return ended;
}

function whereSelected(which: Selection, now: Date): Prisma.Sql {
  if ('ids' in which) return Prisma.sql`id = ANY(${which.ids}::uuid[])`;
  if ('userIds' in which) {
    return Prisma.sql`user_id = ANY(${which.userIds}::uuid[]) AND created_at <= ${which.startedUpTo}
      AND expires_at > ${now} AND id IS DISTINCT FROM ${which.except}::uuid`;
  }
  const except = which.except === undefined ? Prisma.empty : Prisma.sql`AND id <> ${which.except}::uuid`;
  return Prisma.sql`user_id = ${which.userId}::uuid AND expires_at > ${now} ${except}`;
}

/** @param by null: time ended them. */
function recordEnds(change: Change, ended: Session[], by: Ender | null): void {
  const { actor, client } = by ?? { actor: { kind: 'SYSTEM' as const }, client: null };
  for (const { id: sessionId, userId, endReason: reason, endedById } of ended) {
    const details = { reason, endedById };
    change.record({ type: 'SESSION_ENDED', userId, sessionId, actor, client, details });
  }
  for (const news of tellEnds(ended)) change.announce(news, ended);
}

/** The news of sessions that have ended: one for all that ended of one user, for one reason, at one instant. */
export function tellEnds(
  ended: Iterable<Pick<Session, 'id' | 'userId' | 'endedAt' | 'endReason'>>,
): Extract<News, { type: 'ended' }>[] {
  const groups = new Map<string, Extract<News, { type: 'ended' }>>();
  for (const { id, userId, endedAt, endReason } of ended) {
    if (!endedAt || !endReason) continue;
    const key = `${userId} ${endReason} ${endedAt.getTime()}`;
    const group = groups.get(key);
    if (group) group.sessionIds.push(id);
    else groups.set(key, { type: 'ended', userId, reason: endReason, endedAt, sessionIds: [id] });
  }
  return [...groups.values()];
}

/** The asking session as it is under the lock on its user. @throws UnauthenticatedError when it has ended, or its token was replaced. */
export async function readAsker(core: Core, change: Change, asker: Asker): Promise<Session> {
  return assertUnchanged(core, change, asker, await findSessionById(change.query, asker.session.id));
}

/** @param row of the asking session, read under the lock. */
function assertUnchanged(core: Core, { now }: Change, { session }: Asker, row: Session | null) {
  if (!row || hasChangedSince(core, session, row, now)) throw new UnauthenticatedError();
  return row;
}

/** @throws ReauthenticationRequiredError when the session was confirmed too long ago for what it asks. */
export function assertConfirmed(core: Core, current: Session, now: Date): void {
  if (now.getTime() - current.confirmedAt.getTime() > core.policy.confirmationWindowMs) {
    throw new ReauthenticationRequiredError();
  }
}

function isOver({ endedAt, expiresAt }: Session, now: Date): boolean {
  return endedAt !== null || expiresAt <= now;
}

function readEndedLately({ query, now }: Change, userId: string): Promise<Session[]> {
  return query<Session>(Prisma.sql`
    SELECT ${SESSION_COLUMNS} FROM sessions s
    WHERE user_id = ${userId}::uuid AND ended_at > ${new Date(now.getTime() - AGAIN_MS)}`);
}

/**
 * Whoever is told that sessions have ended relies on it, although another
 * transaction ended them, and its process may have died before it told anybody.
 */
function announceAgain(change: Change, sessions: Session[]): void {
  const lately = sessions.filter(
    ({ endedAt }) => endedAt && change.now.getTime() - endedAt.getTime() < AGAIN_MS,
  );
  for (const news of tellEnds(lately)) change.announce(news, lately);
}
