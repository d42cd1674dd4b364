/** What the watch does by the clock, and at which moments it looks around. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backOffLongMs, backOffMs, createPauses } from '../../src/client/pauses.ts';
import { watchWaking } from '../../src/client/wake.ts';
import { onCleanup } from '../cleanup.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function wakeable() {
  const heard: string[] = [];
  const stop = watchWaking({
    onWake: () => heard.push('wake'),
    onReturn: () => heard.push('return'),
    onOnline: () => heard.push('online'),
    onOffline: () => heard.push('offline'),
    onBeat: () => {},
  });
  onCleanup(stop);
  return { heard, stop };
}

/** What a browser has and Node has not. */
function pretendWindow() {
  const target = new EventTarget();
  const listeners = new Set<string>();
  const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
    listeners.add(type);
    target.addEventListener(type, listener);
  });
  vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => {
    listeners.delete(type);
    target.removeEventListener(type, listener);
  });
  onCleanup(() => vi.unstubAllGlobals());
  return { target, page, listeners };
}

test('waits between tries grow, are never less than a second or more than 30, and differ', () => {
  for (let failures = 0; failures < 2000; failures++) {
    expect(backOffMs(failures)).toBeGreaterThanOrEqual(1000);
    expect(backOffMs(failures)).toBeLessThanOrEqual(30_000);
    expect(backOffLongMs(failures)).toBeGreaterThanOrEqual(30_000);
    expect(backOffLongMs(failures)).toBeLessThanOrEqual(300_000);
  }
  expect(backOffMs(0)).toBeLessThanOrEqual(2000);
  expect(backOffMs(10)).toBeGreaterThanOrEqual(15_000);
  expect(new Set(Array.from({ length: 50 }, () => backOffMs(3))).size).toBeGreaterThan(40);
});

test('waiting is over when its time has come, or when somebody hurries, and leaves no timer', async () => {
  const pauses = createPauses();
  const ends: string[] = [];
  void pauses.wait(1000).then(() => ends.push('short'));
  void pauses.wait(60_000).then(() => ends.push('long'));
  await vi.advanceTimersByTimeAsync(999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toEqual(['short']);
  pauses.hurry();
  await vi.advanceTimersByTimeAsync(0);
  expect(ends).toEqual(['short', 'long']);
  const waiting = pauses.wait(60_000);
  pauses.stop();
  await waiting;
  await pauses.wait(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('a clock that has jumped tells of sleep, and a timer that a browser puts off does not', async () => {
  const { heard, stop } = wakeable();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  // Once a minute is what a hidden tab gets.
  vi.setSystemTime(Date.now() + 40_000);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(heard).toEqual([]);
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(heard).toEqual(['wake']);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('pages that began together do not beat together', async () => {
  const beats: number[] = [];
  const begunAt = Date.now();
  const rest = { onWake() {}, onReturn() {}, onOnline() {}, onOffline() {} };
  for (let pages = 0; pages < 50; pages++) {
    onCleanup(watchWaking({ ...rest, onBeat: () => beats.push(Date.now() - begunAt) }));
  }
  await vi.advanceTimersByTimeAsync(19_999);
  expect(beats).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_001);
  expect(new Set(beats).size).toBeGreaterThan(40);
});

test('it looks around when somebody comes back to the page, and leaves no listener', () => {
  const { target, page, listeners } = pretendWindow();
  const { heard, stop } = wakeable();
  page.dispatchEvent(new Event('visibilitychange'));
  expect(heard).toEqual([]);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  for (const type of ['focus', 'offline', 'online']) target.dispatchEvent(new Event(type));
  target.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  target.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  expect(heard.splice(0)).toEqual(['wake', 'wake', 'offline', 'online', 'return']);
  stop();
  expect([...listeners]).toEqual([]);
  page.dispatchEvent(new Event('visibilitychange'));
  expect(heard).toEqual([]);
});
