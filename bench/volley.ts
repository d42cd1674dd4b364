/** Requests that are all different, such as revocations: in a process that makes load (`load.ts`). */
import { Agent } from 'node:http';
import { openLoop } from './open-loop.ts';
import { check, fireAndCheck, type Shot } from './shot.ts';
import { Wire, writeRequest } from './wire.ts';

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
  const wires = await Promise.all(shots.slice(0, concurrency).map(({ url }) => Wire.open(url)));
  const waiting = shots.map((shot) => ({ shot, request: writeRequest(shot) })).values();
  const startedAt = performance.now();
  const work = async (wire: Wire) => {
    for (const { shot, request } of waiting) check(shot, await wire.fire(request), wanted);
  };
  await Promise.all(wires.map(work));
  const tookMs = performance.now() - startedAt;
  for (const wire of wires) wire.close();
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
  const endAt = performance.now() + seconds * 1000;
  let answered = 0;
  const repeat = async (shot: Shot) => {
    const wire = await Wire.open(shot.url);
    const request = writeRequest(shot);
    for (; performance.now() < endAt; answered++) check(shot, await wire.fire(request), wanted);
    wire.close();
  };
  await Promise.all(shots.map(repeat));
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
