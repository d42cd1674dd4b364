/**
 * What goes on by the clock: sessions that time ends are ended and told, and
 * what this process holds is compared with the database, so that news that was
 * lost, or a row changed by other means, has its effect all the same.
 */
import type { Core } from '../core.ts';
import { createTask, every } from '../periodic.ts';
import { endLapsed } from '../sessions/end.ts';
import { finishMassEndings } from '../sessions/end-all.ts';
import { findDeadlineMs } from '../sessions/policy.ts';
import type { LiveBus } from './bus.ts';
import { actOnChanged, Comparison } from './comparison.ts';
import type { Hub } from './hub.ts';

/** Connected sessions are told of their end by time within a second of it. */
const DEADLINE_INTERVAL_MS = 500;
/** How often those sessions are looked at of which nobody knows whether a transaction ended them… */
const DOUBT_INTERVAL_MS = 500;
/** …and until when: no transaction takes longer. */
const DOUBT_ENDS_MS = 30_000;
const SWEEP_INTERVAL_MS = 60_000;
/** How often it is looked for orders to end all sessions that a process left half done. */
const MASS_ENDING_INTERVAL_MS = 10_000;
const COMPARE_INTERVAL_MS = 30_000;
/** While the bus is not heard, comparing is all that tells sockets. */
const UNHEARD_COMPARE_INTERVAL_MS = 2000;
/** After something that all processes noticed, they don't all ask at once. */
const SPREAD_MS = 300;

const SWEEP_BATCH = 500;

export interface Watch {
  /** Does all of it now. Only for tests: the clock does it otherwise. */
  round(): Promise<void>;
  /** Stops, once what is under way is done. */
  close(): Promise<void>;
}

export function startWatch(core: Core, bus: LiveBus, hub: Hub): Watch {
  const comparison = new Comparison(core, hub);
  const compare = () => comparison.run();
  const stopping = new AbortController();
  const finishOrders = () => finishMassEndings(core, stopping.signal);
  const tasks = [
    every(core.log, DEADLINE_INTERVAL_MS, () => endDueHeld(core, hub)),
    every(core.log, DOUBT_INTERVAL_MS, () => settleDoubts(core, hub)),
    every(core.log, SWEEP_INTERVAL_MS, () => sweep(core)),
    every(core.log, MASS_ENDING_INTERVAL_MS, finishOrders),
    every(core.log, COMPARE_INTERVAL_MS, compare),
    every(core.log, UNHEARD_COMPARE_INTERVAL_MS, async () => {
      if (!bus.isHeard()) await compare();
    }),
  ];
  const soon = createRequest(core, compare);
  const loseTrust = () => {
    core.memory.clear();
    core.users.clear();
    soon.request();
  };
  bus.onGap(loseTrust);
  // It may have ended sessions, and died before it told.
  bus.onSilentPeer(loseTrust);
  return {
    async round() {
      await endDueHeld(core, hub);
      await sweep(core);
      await finishOrders();
      await compare();
    },
    async close() {
      stopping.abort();
      await Promise.all([soon.close(), ...tasks.map((stop) => stop())]);
    },
  };
}

/** Work that is done some time after each request for it, again and again until it succeeds. */
function createRequest(core: Core, work: () => Promise<void>) {
  let isWanted = false;
  let isRunning = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const task = createTask(core.log, async () => {
    isWanted = false;
    try {
      await work();
    } catch (error) {
      isWanted = true;
      throw error;
    }
  });
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    while (isWanted && !isClosed) {
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.random() * SPREAD_MS).unref();
      });
      await task.run();
    }
    isRunning = false;
  };
  return {
    request() {
      isWanted = true;
      void run();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await task.settled();
    },
  };
}

/** Ends the connected sessions whose deadline has come. */
async function endDueHeld(core: Core, hub: Hub): Promise<void> {
  const nowMs = core.clock.now().getTime();
  const due = hub.heldSessions((session) => findDeadlineMs(session, core.policy) <= nowMs);
  if (due.length === 0) return;
  await core.activity.flush();
  const ids = due.map((session) => session.id);
  for (let start = 0; start < ids.length; start += SWEEP_BATCH) {
    await endLapsed(core, { ids: ids.slice(start, start + SWEEP_BATCH), limit: SWEEP_BATCH });
  }
  // Another process may have been the first to end some, and its news be lost.
  await actOnChanged(
    core,
    hub,
    due.filter(({ id }) => hub.find(id)),
  );
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

/** Looks whether the transactions that were to end these sessions, or to renew their tokens, were committed. */
async function settleDoubts(core: Core, hub: Hub): Promise<void> {
  const inDoubt = core.memory.doubtful(DOUBT_INTERVAL_MS);
  await actOnChanged(
    core,
    hub,
    inDoubt.map((id) => hub.find(id) ?? { id, secretHash: null }),
  );
  core.memory.trust(core.memory.doubtful(DOUBT_ENDS_MS));
}
