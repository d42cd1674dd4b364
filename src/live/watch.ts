/**
 * What goes on by the clock: sessions that time ends are ended and told, and
 * what this process holds is compared with the database, so that news that was
 * lost, or a row changed by other means, has its effect all the same.
 */
import type { Core } from '../core.ts';
import type { SessionEndReason } from '../db/generated/prisma/client.ts';
import { endLapsed } from '../sessions/end.ts';
import { findDeadline } from '../sessions/policy.ts';
import type { Hub } from './hub.ts';

/** Connected sessions are told of their end by time within a second of it. */
const DEADLINE_INTERVAL_MS = 500;
/** How often those sessions are looked at of which nobody knows whether a transaction ended them… */
const DOUBT_INTERVAL_MS = 500;
/** …and until when: no transaction takes longer. */
const DOUBT_ENDS_MS = 30_000;
const SWEEP_INTERVAL_MS = 60_000;
const COMPARE_INTERVAL_MS = 30_000;

const SWEEP_BATCH = 500;

export interface Watch {
  /** Does all three now. Only for tests: the clock does it otherwise. */
  round(): Promise<void>;
  /** Stops, once what is under way is done. */
  close(): Promise<void>;
}

export function startWatch(core: Core, hub: Hub): Watch {
  const timers = [
    every(core, DEADLINE_INTERVAL_MS, () => endDueHeld(core, hub)),
    every(core, DOUBT_INTERVAL_MS, () => settleDoubts(core, hub)),
    every(core, SWEEP_INTERVAL_MS, () => sweep(core)),
    every(core, COMPARE_INTERVAL_MS, () => compare(core, hub)),
  ];
  return {
    async round() {
      await endDueHeld(core, hub);
      await sweep(core);
      await compare(core, hub);
    },
    async close() {
      await Promise.all(timers.map((stop) => stop()));
    },
  };
}

/** One run at a time; one that fails is logged, and the next one comes. */
function every(core: Core, intervalMs: number, work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  const timer = setInterval(() => {
    underWay ??= work()
      .catch((error: unknown) => core.log.warn({ err: error }, 'a periodic check failed'))
      .finally(() => {
        underWay = null;
      });
  }, intervalMs).unref();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}

/** Ends the connected sessions whose deadline has come. */
async function endDueHeld(core: Core, hub: Hub): Promise<void> {
  const now = core.clock.now();
  const due = hub.heldSessions().filter((session) => findDeadline(session, core.policy).at <= now);
  if (due.length === 0) return;
  await core.activity.flush();
  const ids = due.map((session) => session.id);
  for (let start = 0; start < ids.length; start += SWEEP_BATCH) {
    await endLapsed(core, { ids: ids.slice(start, start + SWEEP_BATCH), limit: SWEEP_BATCH });
  }
  // Those still live were used through another row or process: learn their new deadline.
  const rows = await core.db.session.findMany({ where: { id: { in: ids }, endedAt: null } });
  const lastActive = new Map(rows.map((row) => [row.id, row.lastActiveAt]));
  for (const session of due) session.lastActiveAt = lastActive.get(session.id) ?? session.lastActiveAt;
}

/** Writes down the end of all sessions that time has ended. */
async function sweep(core: Core): Promise<void> {
  await core.activity.flush();
  while ((await endLapsed(core, { limit: SWEEP_BATCH })) === SWEEP_BATCH);
}

/** Acts on every ending that this process should have heard of and has not. */
async function compare(core: Core, hub: Hub): Promise<void> {
  const held = new Set([...core.memory.ids(), ...hub.heldSessions().map((session) => session.id)]);
  await actOnEnded(core, hub, [...held]);
}

/** Looks whether the transactions that were to end these sessions were committed. */
async function settleDoubts(core: Core, hub: Hub): Promise<void> {
  await actOnEnded(core, hub, core.memory.doubtful(DOUBT_INTERVAL_MS));
  core.memory.trust(core.memory.doubtful(DOUBT_ENDS_MS));
}

async function actOnEnded(core: Core, hub: Hub, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await core.db.$queryRaw<
    { id: string; userId: string | null; reason: SessionEndReason | null }[]
  >`
    SELECT held.id, s.user_id AS "userId", s.end_reason AS reason
    FROM unnest(${ids}::uuid[]) AS held(id)
    LEFT JOIN sessions s ON s.id = held.id
    WHERE s.id IS NULL OR s.ended_at IS NOT NULL`;
  for (const { id, userId, reason } of rows) {
    // A row that is gone was deleted by an administrator, its user with it.
    hub.act({
      type: 'ended',
      userId: userId ?? '',
      reason: reason ?? 'REVOKED_BY_ADMIN',
      sessionIds: [id],
    });
  }
}
