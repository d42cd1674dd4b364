/** What a watch does by the clock: how long it waits for a server, when it comes again, and when it asks over HTTP instead. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Answer, type Peer, startPeer, watchPeer } from './peer.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time passes, and the sockets, which are real, keep up with it. */
async function pass(ms: number, isEnough: () => boolean = () => false): Promise<void> {
  for (let passed = 0; passed < ms && !isEnough(); passed += 250) {
    await vi.advanceTimersByTimeAsync(250);
    await delay(4);
  }
}

/** Answers each check with this, and counts them. */
function answering(answer: unknown) {
  return vi.fn(async () => Response.json({ data: answer }));
}

const LIVE = { currentSession: { id: 'session' } };
const ENDED = {
  currentSession: null,
  currentSessionEnd: { reason: 'REVOKED', endedAt: '2026-01-01T00:00:00.000Z' },
};

const SILENT: [string, Answer][] = [
  ['never acknowledges', (_conversation, heard) => heard === 'connection_init'],
  [
    'pings, and never acknowledges',
    ({ say }, heard) => {
      if (heard !== 'connection_init' && heard !== 'pong') return false;
      void delay(5).then(() => say({ type: 'ping' }));
      return true;
    },
  ],
  [
    'acknowledges, and never says whose the socket is',
    (_conversation, heard) => heard === 'subscribe IdentifySocket',
  ],
  [
    'completes that without an answer',
    ({ say, ids }, heard) => {
      if (heard !== 'subscribe IdentifySocket') return false;
      say({ type: 'complete', id: ids.get('IdentifySocket') });
      return true;
    },
  ],
];

test.each(SILENT)('a server that %s is hung up on, and tried again', async (_what, answer) => {
  const peer = await startPeer((conversation, heard, nth) => nth === 1 && answer(conversation, heard, nth));
  const tab = watchPeer(peer);
  await pass(5 * SECOND);
  expect(tab.statuses).toEqual([]);
  await pass(MINUTE, () => tab.statuses.length >= 2);
  expect(tab).toMatchObject({ statuses: ['reconnecting', 'live'], signedOut: [] });
  expect(peer.conversations).toHaveLength(2);
});

test('a connection that is dead without having said so is noticed', async () => {
  const peer = await startPeer((_conversation, heard, nth) => nth === 1 && heard === 'ping');
  const tab = watchPeer(peer);
  await pass(SECOND, () => tab.watch.status === 'live');
  await pass(MINUTE, () => tab.statuses.length >= 3);
  expect(tab.statuses).toEqual(['live', 'reconnecting', 'live']);
});

test('where no WebSocket gets through, an end is heard of within a minute, by asking', async () => {
  const peer = await startPeer(undefined, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  const fetch = answering(LIVE);
  const tab = watchPeer(peer, { fetch });
  await pass(5 * MINUTE);
  expect(tab.statuses).toEqual(['reconnecting']);
  expect(fetch.mock.calls.length).toBeGreaterThanOrEqual(9);
  expect(fetch.mock.calls.length).toBeLessThanOrEqual(15);
  fetch.mockImplementation(answering(ENDED));
  await pass(MINUTE, () => tab.signedOut.length > 0);
  expect(tab.signedOut).toMatchObject([{ reason: 'REVOKED' }]);
  const asked = fetch.mock.calls.length;
  await pass(MINUTE);
  expect(fetch.mock.calls.length).toBe(asked);
});

test('the same for a server that closes each socket with 1011', async () => {
  const peer = await startPeer(({ socket }, heard) => {
    if (heard === 'connection_init') socket.close(1011);
    return true;
  });
  const tab = watchPeer(peer, { fetch: answering(ENDED) });
  await pass(MINUTE, () => tab.signedOut.length > 0);
  expect(tab.signedOut).toMatchObject([{ reason: 'REVOKED' }]);
});

test('while it is live, nothing is asked', async () => {
  const fetch = answering(LIVE);
  const tab = watchPeer(await startPeer(), { fetch });
  await pass(SECOND, () => tab.watch.status === 'live');
  await pass(5 * MINUTE);
  expect(tab.statuses).toEqual(['live']);
  expect(fetch).not.toHaveBeenCalled();
});

/** How many connections it is asked for in each tenth of a second from now on. */
async function countArrivals(peer: Peer, ms: number): Promise<number[]> {
  const counts: number[] = [];
  for (let passed = 0; passed < ms; passed += 100) {
    const before = peer.upgrades;
    await vi.advanceTimersByTimeAsync(100);
    await delay(20);
    counts.push(peer.upgrades - before);
  }
  return counts;
}

test('those that a server has let go do not all come back at once', async () => {
  const peer = await startPeer();
  const tabs = Array.from({ length: 40 }, () => watchPeer(peer));
  await pass(5 * SECOND, () => tabs.every(({ watch }) => watch.status === 'live'));
  for (const { socket } of peer.conversations) socket.close(1001);
  const counts = await countArrivals(peer, 2500);
  expect(counts.reduce((sum, count) => sum + count)).toBe(40);
  expect(counts.slice(0, 9).every((count) => count === 0)).toBe(true);
  expect(Math.max(...counts)).toBeLessThan(20);
});

test.each([
  [4205, 10],
  [4401, 10],
  [4429, 4],
])('a server that closes each socket with %i as soon as it is live is not stormed', async (code, most) => {
  const peer = await startPeer((conversation, heard) => {
    if (heard === 'complete IdentifySocket' || heard !== 'subscribe IdentifySocket') return false;
    const id = conversation.ids.get('IdentifySocket');
    conversation.say({ type: 'next', id, payload: { data: LIVE } });
    conversation.socket.close(code);
    return true;
  });
  const tab = watchPeer(peer, { fetch: answering(LIVE) });
  await pass(2 * MINUTE);
  expect(tab.signedOut).toEqual([]);
  expect(peer.upgrades).toBeGreaterThan(1);
  expect(peer.upgrades).toBeLessThanOrEqual(most);
});

test('headers that never come, and an answer that never does, keep it from nothing', async () => {
  const peer = await startPeer();
  let asked = 0;
  const never = () => new Promise<never>(() => {});
  const tab = watchPeer(peer, { headers: () => (asked++ < 2 ? never() : {}), fetch: never });
  const check = vi.fn();
  void tab.watch.check().then(check);
  await pass(12 * SECOND, () => check.mock.calls.length > 0);
  void tab.watch.check().then(check);
  await pass(MINUTE, () => tab.watch.status === 'live' && check.mock.calls.length === 2);
  expect(tab.statuses).toEqual(['reconnecting', 'live']);
  expect(check).toHaveBeenCalledTimes(2);
});
