/**
 * Turns a token back into its live session, on each request.
 *
 * A warm check reads nothing from the database; a cold one is one query, shared
 * by all who ask at once. Once this process has heard that a session ended, or
 * has a new token, the token is never accepted again, not even by a read that
 * began before. While it may be missing such news, it asks the database each time.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Client, Core } from '../core.ts';
import type { Transaction } from '../db/client.ts';
import type { Session, SessionKind } from '../db/generated/prisma/client.ts';
import { findEnd, type SessionEnd } from './policy.ts';
import { readToken, type TokenClaim } from './token.ts';

/**
 * @param client the device that presents it.
 * @returns null for anything but the token of a live session. @throws when the database can't be asked.
 */
export async function resumeSession(core: Core, token: string, client: Client): Promise<Session | null> {
  const claim = readToken(core.keys, token);
  const session = claim && (await checkClaim(core, claim, client));
  if (session) {
    if (session.lastIpAddress !== client.ipAddress) core.sightings.seeMoved(session, client);
    return session;
  }
  core.metrics.resumes.inc({ result: 'refused' });
  return null;
}

/** The live session of the claim. What is heard of it meanwhile counts, also while its use is being written. */
async function checkClaim(core: Core, claim: TokenClaim, client: Client): Promise<Session | null> {
  const check = core.memory.beginCheck(claim.sessionId);
  try {
    const session = await findSession(core, claim, client);
    const isLive =
      session &&
      !findEnd(session, core.policy, core.clock.now()) &&
      ((await core.activity.touch(session)) ?? true);
    if (!isLive || check.heard === 'ended') return null;
    if (check.heard === 'nothing') return session;
  } finally {
    core.memory.endCheck(check);
  }
  // The claim's token may be the new one.
  return checkClaim(core, claim, client);
}

/** The session of the claim, if its secret is right. */
async function findSession(core: Core, claim: TokenClaim, client: Client): Promise<Session | null> {
  const { sessionId: id } = claim;
  const remembered = core.memory.get(id);
  // One that was not used here for too long may have been used on another process, or have a new token.
  if (
    remembered &&
    isOf(remembered, claim) &&
    findEnd(remembered, core.policy, core.clock.now())?.reason !== 'IDLE'
  ) {
    core.metrics.resumes.inc({ result: 'warm' });
    return remembered;
  }
  core.metrics.resumes.inc({ result: 'cold' });
  const read = async () => {
    const row = core.activity.complete(await core.db.session.findUnique({ where: { id } }));
    if (row?.endedAt) core.sightings.seeRefused(row, isOf(row, claim) ? 'ENDED' : 'RENEWED', client);
    return row?.endedAt ? null : row;
  };
  const session = await core.memory.load(id, read);
  if (!session || isOf(session, claim)) return session;
  // That read may have begun before the token was made.
  const reread = await core.memory.load(id, read, false);
  if (!reread || isOf(reread, claim)) return reread;
  core.sightings.seeRefused(reread, 'RENEWED', client);
  return null;
}

/**
 * How the session of a token ended, for whoever holds the token: null for a live
 * session, for a token that was replaced, and for what is no token of ours.
 *
 * @param kind how the token was carried; the other kind's is no good there.
 * @throws when the database can't be asked.
 */
export async function findEndOfToken(
  core: Core,
  token: string,
  kind: SessionKind,
): Promise<SessionEnd | null> {
  const claim = readToken(core.keys, token);
  const row = claim && (await core.db.session.findUnique({ where: { id: claim.sessionId } }));
  if (!row || row.kind !== kind || !isOf(row, claim)) return null;
  return findEnd(core.activity.complete(row), core.policy, core.clock.now());
}

function isOf({ secretHash }: Session, claim: TokenClaim): boolean {
  return timingSafeEqual(secretHash, claim.secretHash);
}

/**
 * Reads the row of a session that was resumed once more. When it was last used is
 * taken from the session: the row hears of that later.
 *
 * @returns null when it has ended meanwhile, or the token that resumed it has been replaced.
 */
export async function rereadSession(
  core: Core,
  db: Transaction,
  session: Session,
  now: Date,
): Promise<Session | null> {
  const row = await db.session.findUnique({ where: { id: session.id } });
  return row && !hasChangedSince(core, session, row, now) ? row : null;
}

/** Whether a session that was resumed has ended by now, or has another token, according to its row. */
export function hasChangedSince(core: Core, session: Session, row: Session, now: Date): boolean {
  return isRenewedSince(session, row) || findEndSince(core, session, row, now) !== null;
}

/** Whether the token that resumed the session has been replaced. */
export function isRenewedSince(session: Session, row: Session): boolean {
  return !timingSafeEqual(session.secretHash, row.secretHash);
}

/** How a session that was resumed has ended by now, according to its row; null when it has not. */
export function findEndSince(core: Core, session: Session, row: Session, now: Date): SessionEnd | null {
  return findEnd({ ...row, lastActiveAt: session.lastActiveAt }, core.policy, now);
}
