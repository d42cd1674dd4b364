/** The database's time, as this process keeps it. */
import { expect, test } from 'vitest';
import { DatabaseClock } from '../../src/db/clock.ts';
import { HOUR } from '../server.ts';

/** How far the clock is from the database's, of which it is said how far that is from ours. */
function differenceMs(clock: DatabaseClock, databaseAheadMs: number): number {
  return Math.abs(clock.now().getTime() - (performance.timeOrigin + performance.now() + databaseAheadMs));
}

/** The database answers, half of the time having passed on the way there. */
function answer(clock: DatabaseClock, databaseAheadMs: number, roundTripMs: number): void {
  const toldMs = performance.now();
  const askedMs = toldMs - roundTripMs;
  clock.learn(performance.timeOrigin + (askedMs + toldMs) / 2 + databaseAheadMs, askedMs, toldMs);
}

test('it is the machine’s time until the database has told', () => {
  expect(differenceMs(new DatabaseClock(), 0)).toBeLessThan(2);
});

test('it is the database’s time once that has told, however far apart they are', () => {
  for (const aheadMs of [5 * HOUR, -5 * HOUR, 3]) {
    const clock = new DatabaseClock();
    answer(clock, aheadMs, 1);
    expect(differenceMs(clock, aheadMs)).toBeLessThan(2);
  }
});

test('an answer that was long on its way does not spoil what is known', () => {
  const clock = new DatabaseClock();
  answer(clock, HOUR, 2);
  const toldMs = performance.now();
  // All of the second was on the way back.
  clock.learn(performance.timeOrigin + toldMs - 1000 + HOUR, toldMs - 1000, toldMs);
  expect(differenceMs(clock, HOUR)).toBeLessThan(4);
});

test('a clock that was set is followed at once', () => {
  const clock = new DatabaseClock();
  for (let count = 0; count < 8; count++) answer(clock, 0, 1);
  answer(clock, HOUR, 50);
  expect(differenceMs(clock, HOUR)).toBeLessThan(2);
});

test('nonsense is not believed', () => {
  const clock = new DatabaseClock();
  clock.learn(Number.NaN, 0, 1);
  expect(differenceMs(clock, 0)).toBeLessThan(2);
});
