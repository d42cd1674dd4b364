/** A process that makes load: it does the jobs that it is sent, and ends with whoever started it. */
import { join, leave, tally } from './crowd.ts';
import { measureFloor } from './floor.ts';
import { revokeAll, revokeQuietly } from './revoking.ts';
import { measureStaleness } from './staleness.ts';
import { drain, fireOnTime, flood } from './volley.ts';

const jobs = {
  join,
  tally,
  leave,
  revokeAll,
  revokeQuietly,
  measureFloor,
  measureStaleness,
  drain,
  fireOnTime,
  flood,
};

export type Jobs = typeof jobs;

export interface Request {
  number: number;
  job: keyof Jobs;
  input: unknown;
}

export interface Reply {
  number: number;
  output?: unknown;
  error?: string;
}

process.on('message', ({ number, job, input }: Request) => {
  const work = jobs[job] as (input: unknown) => Promise<unknown>;
  work(input).then(
    (output) => process.send?.({ number, output } satisfies Reply),
    (error: unknown) => process.send?.({ number, error: String(error) } satisfies Reply),
  );
});
process.on('disconnect', () => process.exit());
