/** Work at times fixed beforehand, whether or not what came before is done: what is late counts as late. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** A timer may be late by this much; the rest is waited for awake. */
const TIMER_SLACK_MS = 2;

/** @param act told its number and when it was due, on the clock of `performance.now()`. */
export async function openLoop(
  { count, perSecond }: { count: number; perSecond: number },
  act: (index: number, dueAt: number) => Promise<void>,
): Promise<void> {
  const startAt = performance.now() + 100;
  const underWay: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const dueAt = startAt + (index * 1000) / perSecond;
    const early = dueAt - performance.now() - TIMER_SLACK_MS;
    if (early > 0) await sleep(early);
    while (performance.now() < dueAt) await nextTurn();
    underWay.push(act(index, dueAt));
  }
  await Promise.all(underWay);
}
