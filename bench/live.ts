/**
 * What live push takes: `npm run bench:live` (with `--quick`, in some two minutes;
 * with `--only SECTION`, a part of it, or several: memory, push, staleness,
 * race, comparison; with `--json FILE`, the numbers also go into that file).
 *
 * Everything is on this machine and started here: a PostgreSQL, the servers, and
 * the processes that make the load. The numbers are those of a machine that does
 * all of it at once; what counts is how they compare within one run.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureComparison } from './comparison.ts';
import { type BenchDatabase, type Pair, SECRET, startDatabase } from './database.ts';
import { revokeSome } from './full.ts';
import { type LatencyPlan, measureLatency, reportLatency } from './latency.ts';
import { startLoader } from './loader.ts';
import { measureMemory } from './memory.ts';
import { describe, progress, report, row } from './report.ts';
import { type RunningServer, startCurfew, startServer } from './server.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
  },
});

/** As many sockets as a process has with the 20,000 files that systems commonly allow it. */
const FULL_SUBSCRIBERS = 19_000;

const PLAN = flags.quick
  ? {
      memory: 5000,
      settleMs: 5000,
      idle: [1000, 5000],
      rounds: 3,
      roundSeconds: 3,
      full: 6000,
      stale: 200,
      races: 30,
      held: 5000,
      remembered: 25_000,
    }
  : {
      memory: 10_000,
      settleMs: 15_000,
      idle: [1000, 10_000, 15_000],
      rounds: 3,
      roundSeconds: 6,
      full: FULL_SUBSCRIBERS,
      stale: 300,
      races: 180,
      held: FULL_SUBSCRIBERS,
      remembered: 100_000,
    };

const LATENCY: LatencyPlan = { ...PLAN, perSecond: 25 };

const FULL_REVOKED = 200;

/** Another process hears of a revocation at once, or, when all else fails, from a comparison every 30 s. */
const STALE_BOUND_MS = 5000;
const STALE_BUDGET_MS = 25_000;
const STALE_ASKERS = 3;

/** So many requests at once, around each of many revocations, make a hundred thousand within a minute or so. */
const RACE_ASKERS = 32;
const RACE_BUDGET_MS = 120_000;

/** Whatever happens, it is over by then. */
const DEADLINE_MS = 10 * 60_000;

/** What was started, to be stopped in the reverse order. */
const stops: (() => Promise<void>)[] = [];

function track<T extends { stop(): Promise<void> }>(started: T): T {
  stops.push(() => started.stop());
  return started;
}

let stopped: Promise<void> | null = null;

/** Whoever asks first, all wait until it is done. */
function stopAll(): Promise<void> {
  stopped ??= stopEach();
  return stopped;
}

async function stopEach(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => progress(`could not be stopped: ${error}`));
  }
}

async function abort(reason: string): Promise<void> {
  if (stopped) return;
  progress(`stopped: ${reason}`);
  await stopAll();
  process.exit(1);
}

async function startOurs(database: BenchDatabase): Promise<RunningServer> {
  return track(
    await startCurfew({
      DATABASE_URL: database.url,
      CURFEW_SECRETS: SECRET,
      // The whole crowd comes from one address.
      CURFEW_SOCKETS_PER_ADDRESS: '100000',
    }),
  );
}

async function benchMemory(database: BenchDatabase, crowd: readonly Pair[]) {
  const authorizations = crowd.slice(0, PLAN.memory).map((pair) => pair.phoneAuthorization);
  progress(`memory of ${PLAN.memory} idle subscribers: Curfew`);
  const server = await startOurs(database);
  const ours = await measureMemory(server, authorizations, PLAN.settleMs);
  await server.stop();
  progress(`memory of ${PLAN.memory} idle subscribers: a stock graphql-ws server`);
  const stockServer = track(await startServer(new URL('./peers/graphql-ws.mjs', import.meta.url), {}));
  const stock = await measureMemory(stockServer, authorizations, PLAN.settleMs);
  await stockServer.stop();
  report(`\nMemory (RSS) of the server's process, ${PLAN.memory} idle subscribers`);
  row('', ['before, MB', 'after, MB', 'KB a subscriber', '× stock']);
  for (const [name, cost] of Object.entries({ Curfew: ours, 'stock graphql-ws': stock })) {
    const cells = [cost.beforeKb / 1024, cost.afterKb / 1024, cost.perSubscriberKb];
    const ratio = cost.perSubscriberKb / stock.perSubscriberKb;
    row(name, [...cells.map((cell) => cell.toFixed(1)), ratio.toFixed(2)]);
  }
  return { subscribers: PLAN.memory, ours, stock };
}

/** One server, of which the crowd grows from measurement to measurement until it is full. */
async function benchPush(database: BenchDatabase, crowd: readonly Pair[]) {
  const server = await startOurs(database);
  const { url } = server;
  const idlers = track(startLoader());
  const revoker = track(startLoader());
  let joined = 0;
  const growTo = async (count: number) => {
    progress(`${count} subscribers connect`);
    const authorizations = crowd.slice(joined, count).map((pair) => pair.phoneAuthorization);
    await idlers.run('join', { url, authorizations });
    joined = count;
  };
  const latencies = [];
  for (const idle of PLAN.idle) {
    await growTo(idle);
    const latency = await measureLatency(LATENCY, database, url, revoker, idle);
    reportLatency(latency, LATENCY);
    latencies.push(latency);
  }
  await growTo(PLAN.full);
  progress(`${FULL_REVOKED} of ${PLAN.full} are revoked`);
  const members = crowd.slice(0, PLAN.full);
  const full = await revokeSome(url, idlers, revoker, members, FULL_REVOKED);
  report(`\n${full.subscribers} subscribers on one process, ${full.revoked} of them revoked`);
  row('connected before', [`${full.openBefore} of ${full.subscribers}`]);
  row('revoked ones that heard, once', [`${full.heard} of ${full.revoked}`]);
  row('revoked ones closed with 4403', [`${full.closed} of ${full.revoked}`]);
  row('others disturbed', [`${full.disturbed} of ${full.subscribers - full.revoked}`]);
  await revoker.stop();
  await idlers.stop();
  await server.stop();
  return { latencies, full };
}

async function benchStaleness(database: BenchDatabase) {
  progress(`${PLAN.stale} revocations in one process, looked at in another`);
  const pairs = await database.makePairs(PLAN.stale);
  const [revoking, asked] = [await startOurs(database), await startOurs(database)];
  const loader = track(startLoader());
  const { delays, exceeded, cameBack } = await loader.run('measureStaleness', {
    revokingUrl: revoking.url,
    askedUrl: asked.url,
    pairs,
    askers: STALE_ASKERS,
    boundMs: STALE_BOUND_MS,
    budgetMs: STALE_BUDGET_MS,
  });
  await loader.stop();
  await Promise.all([revoking.stop(), asked.stop()]);
  const stale = delays.filter((delay) => delay > 0).length;
  const distribution = describe(delays);
  report('\nA token at another process, after the revocation was answered: milliseconds for which');
  report('requests with it were still accepted (0: none that was sent after the answer)');
  row('', ['revocations', 'p50', 'p99', 'max', 'above 0']);
  const { count, ...quantiles } = distribution;
  row('still accepted', [count, ...Object.values(quantiles).map((value) => value.toFixed(1)), stale]);
  if (exceeded > 0)
    report(`  ${exceeded} of them were still accepted after ${STALE_BOUND_MS} ms, and given up`);
  if (cameBack > 0) report(`  ACCEPTED AGAIN after having been refused: ${cameBack} times`);
  return { ...distribution, stale, exceeded, cameBack };
}

/** On one process nothing may be accepted that is sent after the answer, however many race it. */
async function benchRace(database: BenchDatabase) {
  progress('requests race revocations on one process');
  const pairs = await database.makePairs(PLAN.races);
  const { url, stop } = await startOurs(database);
  const loader = track(startLoader());
  const { requests, delays, cameBack } = await loader.run('measureStaleness', {
    revokingUrl: url,
    askedUrl: url,
    pairs,
    askers: RACE_ASKERS,
    boundMs: STALE_BOUND_MS,
    budgetMs: RACE_BUDGET_MS,
  });
  await loader.stop();
  await stop();
  const accepted = delays.filter((delay) => delay > 0).length;
  report('\nRequests that race revocations on one process');
  row('', ['requests', 'revocations', 'accepted after the answer']);
  row('', [requests, delays.length, accepted + cameBack]);
  return { requests, revocations: delays.length, accepted, cameBack };
}

async function benchComparison(database: BenchDatabase, crowd: readonly Pair[]) {
  progress(`a process that holds ${PLAN.held} sockets and remembers ${PLAN.remembered} sessions compares`);
  const cost = await measureComparison(database, crowd.slice(0, PLAN.held), PLAN.remembered);
  report(`\nComparing ${PLAN.held} sockets and ${PLAN.remembered} remembered sessions with the database`);
  row('', ['took, ms', 'CPU of the process, ms', 'longest stall, ms']);
  row(
    '',
    [cost.tookMs, cost.cpuMs, cost.longestStallMs].map((value) => value.toFixed(0)),
  );
  return cost;
}

// The terminal and npm may both pass a signal on: it comes twice.
process.on('SIGINT', () => void abort('interrupted'));
process.on('SIGTERM', () => void abort('terminated'));
setTimeout(() => void abort(`not done after ${DEADLINE_MS / 60_000} minutes`), DEADLINE_MS).unref();

const startedAt = performance.now();
try {
  const [cpu] = cpus();
  const machine = `Node ${process.version} on ${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model}`;
  report(machine);
  progress('a PostgreSQL starts, and is filled with sessions');
  const database = track(await startDatabase());
  const crowd = await database.makePairs(PLAN.full);
  const sections = {
    memory: () => benchMemory(database, crowd),
    push: () => benchPush(database, crowd),
    staleness: () => benchStaleness(database),
    race: () => benchRace(database),
    comparison: () => benchComparison(database, crowd),
  };
  const results: Record<string, unknown> = { machine, plan: { ...PLAN, ...LATENCY } };
  for (const [name, bench] of Object.entries(sections)) {
    if (flags.only?.includes(name) ?? true) results[name] = await bench();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  report(`\nIt took ${seconds.toFixed(0)} s.`);
  if (flags.json) {
    await writeFile(flags.json, `${JSON.stringify({ ...results, seconds }, null, 2)}\n`);
  }
} finally {
  await stopAll();
}
