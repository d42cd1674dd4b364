/**
 * Curfew and what it is beside, measured in turn, round after round, in the other
 * order every second time: whatever else the machine does falls on all of them,
 * and what counts is how they compare within a round.
 */
import { readCpuMs } from './cores.ts';
import { overRounds, progress, type Rounds } from './report.ts';

/** Below this share of a core the server was not what limited the rate. */
const BUSY = 0.9;

export interface Sample {
  /** Of each metric of the contest, in its order. */
  values: number[];
  /** The share of a core that the server had meanwhile; null where that is not known or doesn't matter. */
  busy: number | null;
}

export interface Contender {
  name: string;
  /** Asks once, and looks at the answer. @throws when it is not what it should be. */
  check(): Promise<void>;
  /** Until what is compiled is compiled, and what is cached is cached; one measurement when left out. */
  warmUp?(): Promise<unknown>;
  measure(): Promise<Sample>;
}

export interface Metric {
  name: string;
  unit: '/s' | 'ms';
}

export interface Peer extends Contender {
  /** By the metric's place: a ratio of rates is to be at least this, one of times at most. */
  goals?: (number | undefined)[];
  /** What is not the same on both sides. */
  unequal?: string;
  /** For the ids of its rows. */
  id: string;
}

export interface Contest {
  id: string;
  metrics: Metric[];
  ours: Contender;
  peers: Peer[];
}

/** One line of the table. */
export interface Row {
  id: string;
  metric: string;
  unit: Metric['unit'];
  ours: string;
  peer: string;
  oursRounds: Rounds;
  peerRounds: Rounds;
  /** Ours by the peer's, round by round. */
  ratio: Rounds;
  goal: number | null;
  unequal: string | null;
  /** Medians. */
  oursBusy: number | null;
  peerBusy: number | null;
}

export async function hold(contest: Contest, rounds: number): Promise<Row[]> {
  const contenders = [contest.ours, ...contest.peers];
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) {
    progress(`${contest.metrics[0]?.name}: ${contender.name} warms up`);
    await contender.check();
    await (contender.warmUp ?? contender.measure).call(contender);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const contender of round % 2 === 1 ? contenders : contenders.toReversed()) {
      progress(`${contest.metrics[0]?.name}: ${contender.name}, round ${round} of ${rounds}`);
      samples.get(contender)?.push(await contender.measure());
    }
  }
  // What was fast must have been right to the end.
  for (const contender of contenders) await contender.check();
  const ours = samples.get(contest.ours) ?? [];
  return contest.metrics.flatMap(({ name, unit }, place) =>
    contest.peers.map((peer) => {
      const theirs = samples.get(peer) ?? [];
      const valuesOf = (taken: Sample[]) => taken.map(({ values }) => values[place] ?? Number.NaN);
      const peerValues = valuesOf(theirs);
      return {
        id: contest.metrics.length > 1 ? `${contest.id}/${peer.id}/${place}` : `${contest.id}/${peer.id}`,
        metric: name,
        unit,
        ours: contest.ours.name,
        peer: peer.name,
        oursRounds: overRounds(valuesOf(ours)),
        peerRounds: overRounds(peerValues),
        ratio: overRounds(valuesOf(ours).map((value, round) => value / (peerValues[round] ?? Number.NaN))),
        goal: peer.goals?.[place] ?? null,
        unequal: peer.unequal ?? null,
        oursBusy: medianBusy(ours),
        peerBusy: medianBusy(theirs),
      };
    }),
  );
}

function medianBusy(samples: Sample[]): number | null {
  const known = samples.flatMap(({ busy }) => busy ?? []);
  return known.length > 0 ? overRounds(known).median : null;
}

/** Null without a goal. */
export function isMet({ ratio, goal, unit }: Pick<Row, 'ratio' | 'goal' | 'unit'>): boolean | null {
  if (goal === null) return null;
  return unit === '/s' ? ratio.median >= goal : ratio.median <= goal;
}

/** Whether something else than one of the servers, such as the load, may have limited a rate. */
export function isLimitedElsewhere({ unit, oursBusy, peerBusy }: Row): boolean {
  return unit === '/s' && [oursBusy, peerBusy].some((busy) => busy !== null && busy < BUSY);
}

/** What a server has of a core while something is done; `seconds` says for how long, by what was done. */
export async function watchBusy<T>(
  pid: number,
  seconds: (done: T) => number,
  work: () => Promise<T>,
): Promise<{ done: T; busy: number | null }> {
  const before = await readCpuMs(pid);
  const done = await work();
  const after = await readCpuMs(pid);
  const busy = before === null || after === null ? null : (after - before) / (seconds(done) * 1000);
  return { done, busy };
}
