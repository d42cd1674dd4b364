/**
 * Curfew beside its peers and its ceilings: `npm run bench`. With `--quick`, in
 * less than three minutes; with `--only SECTION` (or several), a part of it;
 * with `--check`, it fails when a ratio is far worse than in `baseline.json`,
 * which `--save-baseline` writes; `--publish` puts the table into
 * docs/performance.md. The results are in `bench/results/` besides, of which
 * those of a whole, full run are kept.
 *
 * Everything is on this machine and started here: a PostgreSQL, and servers in
 * processes of their own. What counts is how they compare within a run.
 */
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findRegressions, saveBaseline } from './baseline.ts';
import type { Row } from './contest.ts';
import { type Cores, chooseCores, pinFamily } from './cores.ts';
import { startDatabase } from './database.ts';
import { startLoader } from './loader.ts';
import { installPeers } from './peers.ts';
import { benchGateway, benchMemoryOff, benchMySessions, benchWhoAmI, type Cast, makeCast } from './reads.ts';
import { progress, report } from './report.ts';
import { listUnequal, publish, type Results, saveResults, writePairs, writeText } from './results.ts';
import { benchRevocations } from './revocations.ts';
import { benchAmongSignIns, benchSignIns } from './sign-ins.ts';
import { clear, type Plan, type Stage } from './stage.ts';
import { benchTableSize } from './table-size.ts';
import { chooseGun } from './throughput.ts';

const SECTIONS: Record<string, (stage: Stage, cast: Cast) => Promise<Row[]>> = {
  'who-am-i': benchWhoAmI,
  'memory-off': benchMemoryOff,
  'my-sessions': benchMySessions,
  gateway: benchGateway,
  revocations: benchRevocations,
  'sign-ins': benchSignIns,
  'among-sign-ins': benchAmongSignIns,
  'table-size': benchTableSize,
};

/** Would be too much for a quick run, unless it is asked for. */
const LONG = new Set(['among-sign-ins']);

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
    'save-baseline': { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
  },
});

const wanted = Object.keys(SECTIONS).filter((name) =>
  flags.only.length > 0 ? flags.only.includes(name) : !flags.quick || !LONG.has(name),
);

const PLAN: Plan = flags.quick
  ? {
      rounds: 5,
      seconds: 0.4,
      warmUpSeconds: 1,
      connections: 32,
      revocations: 320,
      signIns: 16,
      signInRounds: 9,
      largeTable: 100_000,
      smallTable: 10_000,
    }
  : {
      rounds: 7,
      seconds: 4,
      warmUpSeconds: 5,
      connections: 32,
      revocations: 1600,
      signIns: 160,
      signInRounds: 21,
      largeTable: 5_000_000,
      smallTable: 10_000,
    };

/** Whatever happens, it is over by then. */
const DEADLINE_MS = (flags.quick ? 6 : 45) * 60_000;

/** Whatever is stuck, after an interruption it is over by then. */
const ABORT_TIMEOUT_MS = 30_000;

/** What was started, to be stopped in the reverse order. */
const stops: (() => Promise<unknown>)[] = [];
const interrupted = new AbortController();

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => progress(`could not be stopped: ${error}`));
  }
}

/** What is under way fails then, and the end of the run stops what was started meanwhile. */
async function abort(reason: string): Promise<void> {
  // The terminal and npm may both pass a signal on: it comes twice.
  if (interrupted.signal.aborted) return;
  progress(`stopped: ${reason}`);
  process.exitCode = 1;
  interrupted.abort();
  setTimeout(() => process.exit(), ABORT_TIMEOUT_MS).unref();
  await stopAll();
}

process.on('SIGINT', () => void abort('interrupted'));
process.on('SIGTERM', () => void abort('terminated'));
setTimeout(() => void abort(`not done after ${DEADLINE_MS / 60_000} minutes`), DEADLINE_MS).unref();

async function setStage(cores: Cores): Promise<Stage> {
  progress('a PostgreSQL starts');
  const database = await startDatabase();
  stops.push(() => database.stop());
  interrupted.signal.throwIfAborted();
  await pinFamily(cores.database, database.pid);
  const loader = startLoader();
  stops.push(() => loader.stop());
  await pinFamily(cores.load, loader.pid);
  const stage: Stage = {
    plan: PLAN,
    database,
    cores,
    gun: await chooseGun(),
    loader,
    running: new Set(),
    interrupted: interrupted.signal,
  };
  stops.push(() => clear(stage));
  return stage;
}

function describeCores({ server, load, database }: Cores): string {
  if (server === null) return 'not pinned (no taskset, or one core)';
  return `servers on ${server}, load on ${load}, PostgreSQL on ${database}${database === load ? ' as well' : ''}`;
}

async function runAll(versions: Record<string, string>): Promise<Results> {
  const startedAt = performance.now();
  const cores = await chooseCores();
  const stage = await setStage(cores);
  const { gun, database } = stage;
  const [cpu] = cpus();
  const memoryGb = (totalmem() / 2 ** 30).toFixed(0);
  const machine = {
    machine: `${cpus().length} × ${cpu?.model}, ${memoryGb} GB, ${process.platform} ${process.arch}`,
    cores: describeCores(cores),
    Node: process.version,
    PostgreSQL: `${database.version}, its defaults (every commit is flushed to disk)`,
    ...versions,
  };
  const settings = {
    rounds: `${PLAN.rounds} in turn, after a warm-up`,
    rates: `${PLAN.connections} connections for ${Math.max(PLAN.seconds, gun.leastSeconds)} s by ${gun.name}`,
    revocations: `${PLAN.revocations} a round`,
    'sign-ins': `${PLAN.signIns} a round, in ${PLAN.signInRounds} rounds`,
    pools: '10 connections each',
    NODE_ENV: 'production',
  };
  report(writePairs(machine));
  report(writePairs(settings));
  if (flags.quick) {
    report(
      `Quick: short rounds, and a table of ${PLAN.largeTable.toLocaleString('en')} sessions where the full run has 5,000,000.`,
    );
  }
  const cast = await makeCast(stage);
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(SECTIONS)) {
    if (wanted.includes(name)) rows.push(...(await bench(stage, cast)));
  }
  const options = process.argv.slice(2).join(' ');
  return {
    command: `npm run bench${options === '' ? '' : ` -- ${options}`}`,
    madeAt: new Date().toISOString(),
    machine,
    settings,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    rows,
  };
}

function reportResults({ rows, seconds }: Results): void {
  report(`\n${writeText(rows)}`);
  const unequal = listUnequal(rows);
  if (unequal.length > 0) report('\nWhat is not equal:');
  for (const line of unequal) report(`  ${line}`);
  report(`\nIt took ${seconds} s.`);
}

const unknown = flags.only.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  report(`There is no section ${unknown.join(', ')}. Those there are: ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(1);
}
const isWhole = wanted.length === Object.keys(SECTIONS).length;
if (flags.publish && (flags.quick || !isWhole)) {
  report('What is published is a full run: leave out --quick and --only');
  process.exit(1);
}
try {
  const results = await runAll(await installPeers(interrupted.signal));
  reportResults(results);
  const name = flags.quick ? 'quick' : isWhole ? 'full' : 'part';
  await saveResults(fileURLToPath(new URL(`./results/${name}`, import.meta.url)), results);
  if (flags.publish) await publish(new URL('../docs/performance.md', import.meta.url), results);
  if (flags['save-baseline']) await saveBaseline(results.rows);
  if (flags.check) {
    const regressions = await findRegressions(results.rows);
    for (const line of regressions) report(line);
    if (regressions.length > 0) process.exitCode = 1;
    else report('No ratio is far worse than in baseline.json.');
  }
} catch (error) {
  if (!interrupted.signal.aborted) throw error;
} finally {
  await stopAll();
}
