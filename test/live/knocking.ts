/** Sends the same token to a process again and again, and notes until when it was let in. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { type Device, send } from '../device.ts';
import type { Endpoints } from '../fleet.ts';

/** Guarantee: no process accepts a token that is sent to it longer than this after its revocation was answered. */
export const STALENESS_MS = 3000;

const INTERVAL_MS = 50;

export type Outcome = 'accepted' | 'refused' | 'failed';

interface Knock {
  sentAt: number;
  outcome: Outcome;
}

/** Needs nothing from the database when the session is remembered, so that whoever trusts its memory answers it. */
const QUERY = '{ currentSession { id } }';

export async function knock(server: Endpoints, device: Device): Promise<Knock> {
  const sentAt = performance.now();
  const answer = await send<{ currentSession: unknown }, unknown>(server, QUERY, {}, device.headers).catch(
    () => null,
  );
  const outcome =
    !answer?.data || answer.errors ? 'failed' : answer.data.currentSession ? 'accepted' : 'refused';
  return { sentAt, outcome };
}

export interface Knocking {
  /** How the latest request fared. */
  latest(): Outcome | undefined;
  untilRefused(): Promise<void>;
  /** Ends it. Once refused is always refused. @returns for how long after the answer requests were accepted; 0 for none. */
  stop(answeredAt: number): Promise<number>;
}

/** Resolves once the device was let in: it is signed in, and the process remembers it. */
export async function startKnocking(server: Endpoints, device: Device): Promise<Knocking> {
  const knocks: Knock[] = [await knock(server, device)];
  expect(knocks[0]?.outcome).toBe('accepted');
  const aborted = new AbortController();
  const done = (async () => {
    while (!aborted.signal.aborted) {
      knocks.push(await knock(server, device));
      await sleep(INTERVAL_MS);
    }
  })();
  const latest = () => knocks.at(-1)?.outcome;
  return {
    latest,
    untilRefused: () => vi.waitFor(() => expect(latest()).toBe('refused'), { timeout: 10_000, interval: 5 }),
    async stop(answeredAt) {
      aborted.abort();
      await done;
      const refused = knocks.findIndex(({ outcome }) => outcome === 'refused');
      expect(knocks.slice(refused).map(({ outcome }) => outcome)).not.toContain('accepted');
      const last = knocks.findLast(({ outcome }) => outcome === 'accepted');
      return Math.max(0, (last?.sentAt ?? 0) - answeredAt);
    },
  };
}
