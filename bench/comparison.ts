/** What it costs a process to compare all that it holds with the database. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../src/config.ts';
import type { Session } from '../src/db/generated/prisma/client.ts';
import { Comparison } from '../src/live/comparison.ts';
import { startServer } from '../src/server.ts';
import { type BenchDatabase, SECRET } from './database.ts';
import { quantile } from './report.ts';

const RUNS = 5;
const BATCH = 5000;

export interface ComparisonCost {
  tookMs: number;
  cpuMs: number;
  /** For so long nothing else of the process could go on. */
  longestStallMs: number;
}

/** A server in this process, with connections that are there for the hub alone. @returns medians. */
export async function measureComparison(
  database: BenchDatabase,
  held: readonly { phoneRow: string }[],
  remembered: number,
): Promise<ComparisonCost> {
  await database.makePairs(Math.max(0, remembered / 2 - held.length));
  const server = await startServer(
    loadConfig({ PORT: '0', DATABASE_URL: database.url, CURFEW_SECRETS: SECRET, LOG_LEVEL: 'warn' }),
  );
  try {
    const { core, hub } = server;
    while (!core.bus.isHeard()) await sleep(10);
    const ids = new Set(held.map(({ phoneRow }) => phoneRow));
    const sessions = await readSessions(server.core.db, remembered);
    for (const session of sessions) {
      await core.memory.load(session.id, async () => session);
      if (core.memory.size % 1000 === 0) await sleep(1);
      if (!ids.has(session.id)) continue;
      const connection = { end() {}, renew() {}, drop() {} };
      hub.attach(session, connection);
      hub.subscribe('sessionRevoked', session, connection);
    }
    const comparison = new Comparison(core, hub);
    await comparison.run();
    const runs: ComparisonCost[] = [];
    while (runs.length < RUNS) runs.push(await measure(() => comparison.run()));
    const median = (pick: (cost: ComparisonCost) => number) => quantile(runs.map(pick), 0.5);
    return {
      tookMs: median(({ tookMs }) => tookMs),
      cpuMs: median(({ cpuMs }) => cpuMs),
      longestStallMs: median(({ longestStallMs }) => longestStallMs),
    };
  } finally {
    await server.close();
  }
}

async function readSessions(
  db: { session: { findMany(query: object): Promise<Session[]> } },
  count: number,
): Promise<Session[]> {
  const sessions: Session[] = [];
  while (sessions.length < count) {
    const page = await db.session.findMany({
      where: { endedAt: null, id: { gt: sessions.at(-1)?.id ?? '00000000-0000-0000-0000-000000000000' } },
      orderBy: { id: 'asc' },
      take: Math.min(BATCH, count - sessions.length),
    });
    if (page.length === 0) break;
    sessions.push(...page);
  }
  return sessions;
}

async function measure(work: () => Promise<void>): Promise<ComparisonCost> {
  let longestStallMs = 0;
  let lastAt = performance.now();
  const timer = setInterval(() => {
    longestStallMs = Math.max(longestStallMs, performance.now() - lastAt);
    lastAt = performance.now();
  }, 1);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(timer);
  return { tookMs: performance.now() - startedAt, cpuMs: (user + system) / 1000, longestStallMs };
}
