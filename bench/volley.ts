/** Requests that are all different, such as revocations: in a process that makes load (`load.ts`). */
import { Agent } from 'node:http';
import { openLoop } from './open-loop.ts';
import { fireAndCheck, type Shot } from './shot.ts';

/** Enough connections that none of the requests under way waits for one. */
const OPEN_CONNECTIONS = 64;

export interface DrainJob {
  shots: Shot[];
  /** What the text of each answer has. */
  wanted: string[];
  /** So many at once. */
  concurrency: number;
}

/** Each once, as fast as they are answered. @returns milliseconds in all. */
export async function drain({ shots, wanted, concurrency }: DrainJob): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const waiting = shots.values();
  const startedAt = performance.now();
  const work = async () => {
    for (const shot of waiting) await fireAndCheck(shot, wanted, agent);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const tookMs = performance.now() - startedAt;
  agent.destroy();
  return tookMs;
}

export interface FloodJob {
  /** Each sent again and again. */
  shots: Shot[];
  wanted: string[];
  seconds: number;
}

/** All at once, each as soon as it was answered. @returns how many were answered. */
export async function flood({ shots, wanted, seconds }: FloodJob): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: shots.length });
  const endAt = performance.now() + seconds * 1000;
  let answered = 0;
  const repeat = async (shot: Shot) => {
    for (; performance.now() < endAt; answered++) await fireAndCheck(shot, wanted, agent);
  };
  await Promise.all(shots.map(repeat));
  agent.destroy();
  return answered;
}

export interface OpenJob {
  /** Sent in turn, and again from the first. */
  shots: Shot[];
  wanted: string[];
  perSecond: number;
  seconds: number;
}

/** At times fixed beforehand. @returns milliseconds from when each was due to its answer. */
export async function fireOnTime({ shots, wanted, perSecond, seconds }: OpenJob): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: OPEN_CONNECTIONS });
  const delays: number[] = [];
  await openLoop({ count: Math.round(perSecond * seconds), perSecond }, async (index, dueAt) => {
    const shot = shots[index % shots.length];
    if (shot) await fireAndCheck(shot, wanted, agent);
    delays.push(performance.now() - dueAt);
  });
  agent.destroy();
  return delays;
}
