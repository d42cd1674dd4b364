/** When retention does its rounds. No server runs here: what it waits for would be moved along with time. */
import { expect, test, vi } from 'vitest';
import { startRetention } from '../../src/audit/retention.ts';
import type { Core } from '../../src/core.ts';
import { onCleanup } from '../cleanup.ts';
import { DAY, MINUTE } from '../server.ts';

test('the clock does it: some minutes after the start, and then about once an hour', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onCleanup(() => vi.useRealTimers());
  let rounds = 0;
  // A database would mind that its time is moved: each round fails at its first step.
  const core = { log: { warn: () => rounds++ } } as unknown as Core;
  const retention = startRetention(core);
  const roundsAfter = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    return rounds;
  };
  expect(await roundsAfter(4 * MINUTE - 1)).toBe(0);
  expect(await roundsAfter(MINUTE + 1)).toBe(1);
  expect(await roundsAfter(45 * MINUTE)).toBe(1);
  expect(await roundsAfter(15 * MINUTE)).toBe(2);
  await retention.close();
  expect(await roundsAfter(DAY)).toBe(2);
});
