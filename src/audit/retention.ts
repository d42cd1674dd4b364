/**
 * Retention: what is over for longer than `CURFEW_AUDIT_RETENTION` goes for good.
 * Sessions that ended, events, and mails that were sent or given up; a session
 * that has not ended stays, however old. Counts of tries go when their window is
 * over.
 *
 * It goes in small batches, each a short transaction that locks nothing else
 * and waits for nobody, with pauses in between: the database is mostly left to
 * those who wait for it. Of a fleet, one process at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../config.ts';
import type { Core } from '../core.ts';
import type { Prisma } from '../db/generated/prisma/client.ts';
import { createTask, every } from '../periodic.ts';

const INTERVAL_MS = 3_600_000;
/** Soon enough for a process that is never up for an hour. */
const FIRST_PAUSE_MS = 300_000;

const BATCH = 500;

/** After a batch, so many times as long as it took: a slow database gets the longer pauses. */
const PAUSE_FACTOR = 4;
const SHORTEST_PAUSE_MS = 50;

/** Windows of tries end by the clocks of the processes. */
const CLOCKS_APART_MS = 3_600_000;

export interface Retention {
  /** Purges all that is due now. Only for tests: the clock does it otherwise. */
  round(): Promise<void>;
  /** Stops, once the batch under way is done. */
  close(): Promise<void>;
}

export function startRetention(core: Core): Retention {
  const stopping = new AbortController();
  const task = createTask(core.log, () => purge(core, stopping.signal));
  const stop = every(core.log, INTERVAL_MS, () => task.run(), FIRST_PAUSE_MS);
  return {
    round: () => task.run(),
    async close() {
      stopping.abort();
      await Promise.all([stop(), task.settled()]);
    },
  };
}

interface Rule {
  table: string;
  /** How long a row stays after it is over. */
  keptMs(policy: Policy): number;
  /** Deletes one batch of what was over before. @returns how many there were. */
  purgeBatch(tx: Prisma.TransactionClient, before: Date): Promise<number>;
}

const onRecord = (policy: Policy) => policy.auditRetentionMs;

/** The biggest last. Rows that somebody holds are skipped; the next round comes. */
const rules: Rule[] = [
  {
    table: 'rate_limits',
    keptMs: () => CLOCKS_APART_MS,
    purgeBatch: (tx, before) => tx.$executeRaw`
      DELETE FROM rate_limits WHERE key = ANY(ARRAY(
        SELECT key FROM rate_limits WHERE expire < ${before.getTime()}
        ORDER BY expire LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
  },
  {
    table: 'mass_endings',
    keptMs: onRecord,
    purgeBatch: (tx, before) => tx.$executeRaw`
      DELETE FROM mass_endings WHERE id = ANY(ARRAY(
        SELECT id FROM mass_endings WHERE finished_at < ${before} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
  },
  {
    table: 'mails',
    keptMs: onRecord,
    purgeBatch: (tx, before) => tx.$executeRaw`
      DELETE FROM mails WHERE id = ANY(ARRAY(
        SELECT id FROM mails WHERE COALESCE(sent_at, failed_at) < ${before}
        ORDER BY COALESCE(sent_at, failed_at) LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
  },
  {
    table: 'sessions',
    keptMs: onRecord,
    purgeBatch: (tx, before) => tx.$executeRaw`
      DELETE FROM sessions WHERE id = ANY(ARRAY(
        SELECT id FROM sessions WHERE ended_at < ${before}
        ORDER BY ended_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
  },
  {
    table: 'audit_events',
    keptMs: onRecord,
    async purgeBatch(tx, before) {
      // Without this the database deletes no event, and with it none that is younger.
      await tx.$executeRaw`SELECT set_config('curfew.audit_retention', ${before.toISOString()}, true)`;
      return tx.$executeRaw`
        DELETE FROM audit_events WHERE id = ANY(ARRAY(
          SELECT id FROM audit_events WHERE occurred_at < ${before}
          ORDER BY occurred_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;
    },
  },
];

async function purge(core: Core, signal: AbortSignal): Promise<void> {
  const nowMs = core.clock.now().getTime();
  for (const rule of rules) {
    const before = new Date(nowMs - rule.keptMs(core.policy));
    const rows = await purgeTable(core, rule, before, signal);
    if (rows > 0) core.log.info({ table: rule.table, rows, before }, 'retention purged what was too old');
  }
}

/** @returns how many rows there were, until it was stopped or another process was at it. */
async function purgeTable(core: Core, rule: Rule, before: Date, signal: AbortSignal): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const count = await core.db.$transaction(async (tx) =>
      (await isAlone(tx)) ? rule.purgeBatch(tx, before) : 0,
    );
    total += count;
    if (count < BATCH) break;
    await pause(Math.max(SHORTEST_PAUSE_MS, PAUSE_FACTOR * (performance.now() - startedAt)), signal);
  }
  return total;
}

/** Until the transaction ends: a lock of the session would stay with a pooler's connection. */
async function isAlone(tx: Prisma.TransactionClient): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isAlone: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtext('curfew retention')) AS "isAlone"`;
  return row?.isAlone ?? false;
}

/** Until then, or until it is stopped. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
}
