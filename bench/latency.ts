/** Rounds of revocations in turn with rounds of the floor, while a crowd of subscribers idles on the same server. */
import type { BenchDatabase, Pair } from './database.ts';
import type { Loader } from './loader.ts';
import { type Distribution, describe, overRounds, progress, report, row, writeRounds } from './report.ts';

export interface LatencyPlan {
  rounds: number;
  roundSeconds: number;
  perSecond: number;
}

const MEASURES = ['heard', 'closed', 'answered', 'floor'] as const;
type Measure = (typeof MEASURES)[number];

const NAMES: Record<Measure, string> = {
  heard: 'the device has heard of it',
  closed: 'its socket is closed with 4403',
  answered: 'the mutation is answered',
  floor: 'the floor: PostgreSQL alone',
};

export interface Latency {
  idle: number;
  rounds: Record<Measure, Distribution[]>;
  lost: number;
}

export async function measureLatency(
  plan: LatencyPlan,
  database: BenchDatabase,
  url: string,
  loader: Loader,
  idle: number,
): Promise<Latency> {
  const { perSecond } = plan;
  const count = plan.roundSeconds * perSecond;
  // Two sets for each round, and a small one that warms up what is measured.
  const pairs = await database.makePairs(2 * plan.rounds * count + perSecond);
  const take = (size: number): Pair[] => pairs.splice(0, size);
  const latency: Latency = { idle, rounds: { heard: [], closed: [], answered: [], floor: [] }, lost: 0 };
  await loader.run('revokeAll', { url, pairs: take(perSecond), perSecond });
  for (let round = 1; round <= plan.rounds; round++) {
    progress(`revocations beside ${idle} idle subscribers, round ${round} of ${plan.rounds}`);
    const { lost, ...delays } = await loader.run('revokeAll', { url, pairs: take(count), perSecond });
    const rows = take(count).map((pair) => pair.phoneRow);
    const floor = await loader.run('measureFloor', { address: database.address, rows, perSecond });
    latency.lost += lost;
    for (const name of MEASURES) latency.rounds[name].push(describe({ ...delays, floor }[name]));
  }
  return latency;
}

/** How many times the floor, round by round. */
export function ratioToFloor({ rounds }: Latency, name: Measure, quantile: 'p50' | 'p99'): number[] {
  return rounds[name].map(
    (distribution, round) => distribution[quantile] / (rounds.floor[round]?.[quantile] ?? Number.NaN),
  );
}

export function reportLatency(latency: Latency, { perSecond, rounds, roundSeconds }: LatencyPlan): void {
  report(`\nA revocation, ${latency.idle} idle subscribers on the same process: milliseconds from when it`);
  report(`was due, ${perSecond} a second; median of ${rounds} rounds of ${roundSeconds} s (least–most)`);
  row('', ['p50', 'p99', 'max', 'p50 × floor', 'p99 × floor']);
  for (const name of MEASURES) {
    const cells = (['p50', 'p99', 'max'] as const).map((key) =>
      writeRounds(overRounds(latency.rounds[name].map((distribution) => distribution[key]))),
    );
    const ratios = (['p50', 'p99'] as const).map((key) =>
      writeRounds(overRounds(ratioToFloor(latency, name, key)), 2),
    );
    row(NAMES[name], name === 'floor' ? cells : [...cells, ...ratios]);
  }
  if (latency.lost > 0)
    report(`  LOST: ${latency.lost} devices did not hear of it, or were not closed with 4403`);
}
