/**
 * Turns a token back into its live session, on each request.
 *
 * A warm check reads nothing from the database; a cold one is one row, read once
 * for all who ask at once, and along with the rows that others ask for just then. Once this process has heard that a session ended, or
 * has a new token, the token is never accepted again, not even by a read that
 * began before. While it may be missing such news, it asks the database each time.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Client, Core } from '../core.ts';
import type { Session, SessionKind } from '../db/generated/prisma/client.ts';
import { findSessionById } from './find.ts';
import { findEnd, type SessionEnd } from './policy.ts';
import type { TokenClaim } from './token.ts';

/**
 * At once when the session is remembered, and nothing has to be written first.
 *
 * @param claim of the token that is presented; null for one that nobody of us signed.
 * @param client the device that presents it.
 * @returns null for anything but the token of a live session. @throws when the database can't be asked.
 */
export function resumeSession(
  core: Core,
  claim: TokenClaim | null,
  client: Client,
): Session | Promise<Session | null> {
  const now = core.clock.now();
  const session = claim && findWarm(core, claim, now);
  // Nothing is awaited: nothing can be heard of it in between.
  if (!session || !core.activity.touch(session, now)) return resumePatiently(core, claim, client);
  core.metrics.resumes.warm.inc();
  noticeMove(core, session, client);
  return session;
}

async function resumePatiently(
  core: Core,
  claim: TokenClaim | null,
  client: Client,
): Promise<Session | null> {
  const session = claim && (await checkClaim(core, claim, client));
  if (session) noticeMove(core, session, client);
  else core.metrics.resumes.refused.inc();
  return session;
}

function noticeMove({ sightings }: Core, session: Session, client: Client): void {
  if (session.lastIpAddress !== client.ipAddress) sightings.seeMoved(session, client);
}

/** The session as remembered, if it is live and the claim's secret is right. */
function findWarm({ memory, policy }: Core, claim: TokenClaim, now: Date): Session | null {
  const session = memory.get(claim.sessionId);
  return session && isOf(session, claim) && !findEnd(session, policy, now) ? session : null;
}

/** The live session of the claim. What is heard of it meanwhile counts, also while its use is being written. */
async function checkClaim(core: Core, claim: TokenClaim, client: Client): Promise<Session | null> {
  const check = core.memory.beginCheck(claim.sessionId);
  try {
    const session = await findSession(core, claim, client);
    const isLive =
      session &&
      !findEnd(session, core.policy, core.clock.now()) &&
      (core.activity.touch(session) || (await core.activity.touchNow(session)));
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
    core.metrics.resumes.warm.inc();
    return remembered;
  }
  core.metrics.resumes.cold.inc();
  const read = async () => {
    const keepUser = core.users.beginRead();
    const found = await core.lookUp(id);
    const row = core.activity.complete(found?.session ?? null);
    if (found && !found.session.endedAt) keepUser(found);
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
  claim: TokenClaim | null,
  kind: SessionKind,
): Promise<SessionEnd | null> {
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
export async function rereadSession(core: Core, session: Session, now: Date): Promise<Session | null> {
  const row = await findSessionById(core.query, session.id);
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
