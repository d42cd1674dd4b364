/**
 * The global switch: ends the sessions of everybody that began before it was
 * thrown. New sign-ins stay.
 *
 * The order is written down first, with its audit event; then users are gone
 * through in batches, so that no transaction holds up sign-ins for long. If the
 * process dies in between, any other finishes what it left. A session that raced
 * the order has either begun after it, or is ended with the rest.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Core } from '../core.ts';
import { type MassEnding, Prisma } from '../db/generated/prisma/client.ts';
import { type Administrator, transactAs } from './authority.ts';
import { endSessions } from './end.ts';
import { type Change, transact } from './transact.ts';

/** What one transaction takes on: so many users, and fewer where each may have many sessions. */
const MAX_USERS = 100;
const MAX_SESSIONS = 2000;

/** Whoever carries an order out ends some session at least so often, unless it has died. */
const STALLED_MS = 10_000;

/** No transaction of ours lasts longer: what is open still is somebody else's, and starts no session. */
const SIGN_IN_PATIENCE_MS = 15_000;
const SIGN_IN_POLL_MS = 10;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * @param keepCurrent spares the session that asks.
 * @returns how many sessions this call ended, once it is done.
 * @throws UnauthenticatedError, ForbiddenError, ReauthenticationRequiredError
 */
export async function endAllSessions(
  core: Core,
  administrator: Administrator,
  keepCurrent: boolean,
): Promise<number> {
  const { session, client } = administrator.asker;
  const order = await transactAs(
    core,
    administrator,
    [],
    async ({ query, now, record }, { by: { actor } }) => {
      const details = { keepCurrent };
      record({ type: 'ALL_SESSIONS_ENDED', userId: null, sessionId: null, actor, client, details });
      const given = {
        id: uuidv7(),
        requestedById: session.userId,
        exceptId: keepCurrent ? session.id : null,
        requestedAt: now,
      };
      await query(Prisma.sql`
      INSERT INTO mass_endings (id, requested_by_id, except_id, requested_at)
      VALUES (${given.id}::uuid, ${given.requestedById}::uuid, ${given.exceptId}::uuid, ${now})`);
      return { ...given, finishedAt: null };
    },
  );
  return carryOut(core, order);
}

/** Finishes the orders that nobody is carrying out any more. @param stopping when to leave the rest to others. */
export async function finishMassEndings(core: Core, stopping: AbortSignal): Promise<void> {
  const stalledSince = new Date(core.clock.now().getTime() - STALLED_MS);
  const orders = await core.db.massEnding.findMany({
    where: { finishedAt: null, requestedAt: { lt: stalledSince } },
    orderBy: { requestedAt: 'asc' },
  });
  for (const order of orders) {
    if (stopping.aborted || (await isUnderWay(core, order, stalledSince))) continue;
    core.log.warn('all sessions were to be ended, and the process that did it is gone; this one goes on');
    await carryOut(core, order, stopping);
  }
}

/** Whether a session was ended by it since. */
async function isUnderWay(core: Core, { requestedById }: MassEnding, since: Date): Promise<boolean> {
  const event = await core.db.auditEvent.findFirst({
    where: { type: 'SESSION_ENDED', occurredAt: { gt: since }, actorId: requestedById, ipAddress: null },
    select: { id: true },
  });
  return event !== null;
}

/** More than one process may do so at once: what one has ended, the other passes over. */
async function carryOut(core: Core, order: MassEnding, stopping?: AbortSignal): Promise<number> {
  await untilRacingSignInsAreOver(core);
  const limit = Math.max(1, Math.min(MAX_USERS, Math.floor(MAX_SESSIONS / core.policy.sessionLimit)));
  let count = 0;
  for (let userIds = await findUsers(core, order, FIRST_ID, limit); ; ) {
    const last = userIds.at(-1);
    if (last === undefined) break;
    if (stopping?.aborted) return count;
    count += await transact(core, userIds, (change) => endOf(change, order, userIds));
    userIds = await findUsers(core, order, last, limit);
  }
  // The administrator's own come last, so that a socket that asked is still there for the answer.
  const own = [order.requestedById];
  return transact(core, own, async (change) => {
    await change.query(
      Prisma.sql`UPDATE mass_endings SET finished_at = ${change.now} WHERE id = ${order.id}::uuid`,
    );
    return count + (await endOf(change, order, own));
  });
}

async function endOf(change: Change, order: MassEnding, userIds: string[]): Promise<number> {
  const { requestedById, requestedAt, exceptId } = order;
  const ended = await endSessions(change, {
    which: { userIds, startedUpTo: requestedAt, except: exceptId },
    reason: 'REVOKED_BY_ADMIN',
    // From where it was asked for is told by the event of the order.
    by: { endedById: requestedById, actor: { kind: 'ADMINISTRATOR', id: requestedById }, client: null },
  });
  return ended.length;
}

/** The next users, in the order of their ids, with a session that is to be ended. */
async function findUsers(core: Core, order: MassEnding, after: string, limit: number): Promise<string[]> {
  const rows = await core.db.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT user_id AS "userId" FROM sessions
    WHERE ended_at IS NULL AND created_at <= ${order.requestedAt}
      AND user_id > ${after}::uuid AND user_id <> ${order.requestedById}::uuid
    ORDER BY user_id
    LIMIT ${limit}`;
  return rows.map(({ userId }) => userId);
}

/**
 * A sign-in that holds its user's lock may have begun before the order, and its
 * session can't be seen yet. Such transactions hold a lock on the table, which
 * goes only after what they wrote can be seen.
 */
async function untilRacingSignInsAreOver(core: Core): Promise<void> {
  const deadline = performance.now() + SIGN_IN_PATIENCE_MS;
  let racing = await findOpen(core);
  while (racing.length > 0 && performance.now() < deadline) {
    await sleep(SIGN_IN_POLL_MS);
    const open = new Set(await findOpen(core));
    racing = racing.filter((name) => open.has(name));
  }
}

/** The transactions that hold a lock on some user, by names that are never used again. */
async function findOpen(core: Core): Promise<string[]> {
  const rows = await core.db.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT virtualtransaction AS name FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'users'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode IN ('RowShareLock', 'RowExclusiveLock') AND pid <> pg_backend_pid()`;
  return rows.map(({ name }) => name);
}
