/** A server as full as it gets: some of its subscribers lose their session, and nobody else notices. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pair } from './database.ts';
import type { Loader } from './loader.ts';

const PER_SECOND = 50;
/** The last of them have this long to hear of it. */
const LINGER_MS = 3000;
const FORBIDDEN = 4403;

export interface FullResult {
  subscribers: number;
  /** All that were connected before the first revocation. */
  openBefore: number;
  revoked: number;
  /** Of those: heard exactly once, and were closed with 4403. */
  heard: number;
  closed: number;
  /** Of all others: heard something, or were closed. */
  disturbed: number;
}

/** @param crowd holds a subscriber for each of `members`, in their order. */
export async function revokeSome(
  url: string,
  crowd: Loader,
  revoker: Loader,
  members: readonly Pair[],
  count: number,
): Promise<FullResult> {
  const sample = new Set<number>();
  while (sample.size < count) sample.add(Math.floor(Math.random() * members.length));
  const pairs = [...sample].flatMap((number) => members[number] ?? []);
  const { open } = await crowd.run('tally', undefined);
  await revoker.run('revokeQuietly', { url, pairs, perSecond: PER_SECOND });
  await sleep(LINGER_MS);
  const { touched } = await crowd.run('tally', undefined);
  const revoked = touched.filter(({ number }) => sample.has(number));
  return {
    subscribers: members.length,
    openBefore: open,
    revoked: count,
    heard: revoked.filter(({ heard }) => heard === 1).length,
    closed: revoked.filter(({ closeCode }) => closeCode === FORBIDDEN).length,
    disturbed: touched.length - revoked.length,
  };
}
