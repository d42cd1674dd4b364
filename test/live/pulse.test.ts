/** When a process may believe that it hears the bus: by what it was sent, and when that was. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Peers } from '../../src/live/peers.ts';
import { Pulse } from '../../src/live/pulse.ts';

const SELF = 'a';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

test('it is heard when a heartbeat came back, and for 2.5 s after that was sent', () => {
  const pulse = new Pulse(SELF);
  expect(pulse.isHeard()).toBe(false);
  const heartbeat = pulse.beat();
  expect(pulse.isHeard()).toBe(false);
  vi.advanceTimersByTime(40);
  expect(pulse.hear(heartbeat)).toBe(40);
  expect(pulse.isHeard()).toBe(true);
  vi.advanceTimersByTime(2459);
  expect(pulse.isHeard()).toBe(true);
  vi.advanceTimersByTime(1);
  expect(pulse.isHeard()).toBe(false);
});

test('a heartbeat that was long on its way shows nothing of now', () => {
  const pulse = new Pulse(SELF);
  const early = pulse.beat();
  vi.advanceTimersByTime(3000);
  const late = pulse.beat();
  expect(pulse.hear(early)).toBe(3000);
  expect(pulse.isHeard()).toBe(false);
  pulse.hear(late);
  expect(pulse.isHeard()).toBe(true);
});

test('others’ heartbeats, made-up ones and repeated ones count for nothing', () => {
  const pulse = new Pulse(SELF);
  const { beat } = pulse.beat();
  expect(pulse.hear({ type: 'heartbeat', from: 'b', beat })).toBeNull();
  expect(pulse.hear({ type: 'heartbeat', from: SELF, beat: beat + 1 })).toBeNull();
  expect(pulse.isHeard()).toBe(false);
  expect(pulse.hear({ type: 'heartbeat', from: SELF, beat })).not.toBeNull();
  vi.advanceTimersByTime(2000);
  expect(pulse.hear({ type: 'heartbeat', from: SELF, beat })).toBeNull();
  vi.advanceTimersByTime(500);
  expect(pulse.isHeard()).toBe(false);
});

test('over a new connection, what was sent before it counts no more', () => {
  const pulse = new Pulse(SELF);
  const before = pulse.beat();
  pulse.reset();
  expect(pulse.hear(before)).toBeNull();
  expect(pulse.isHeard()).toBe(false);
});

test.each([
  ['the wall clock', (ms: number) => vi.setSystemTime(Date.now() + ms)],
  ['the monotonic clock', (ms: number) => vi.advanceTimersByTime(ms)],
])('a machine that slept, by %s, is not heard', (_name, sleep) => {
  const pulse = new Pulse(SELF);
  pulse.hear(pulse.beat());
  expect(pulse.isHeard()).toBe(true);
  sleep(60_000);
  expect(pulse.isHeard()).toBe(false);
  expect(pulse.isSilent()).toBe(true);
});

test('a process that falls silent is noticed once, one that says farewell is not', () => {
  const peers = new Peers();
  peers.hear('killed');
  peers.hear('stopped');
  peers.leave('stopped');
  peers.hear('busy');
  vi.advanceTimersByTime(1500);
  peers.hear('busy');
  expect(peers.takeSilent()).toBe(false);
  vi.advanceTimersByTime(400);
  expect(peers.takeSilent()).toBe(true);
  expect(peers.takeSilent()).toBe(false);
});
