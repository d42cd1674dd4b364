/** Subscriptions of the host's own over the socket of a watch: they outlast connections, are told what they are to be told, and end with the watch. */
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { onCleanup } from '../cleanup.ts';
import { newEmail, signIn, signUp } from '../device.ts';
import { startTestServer } from '../server.ts';
import { identify, startPeer, watchPeer } from './peer.ts';
import { collecting, subscribe, until, watch } from './watching.ts';

const server = await startTestServer();

const OWN = 'subscription Own { sessionStarted { session { id } } }';

test('one comes back by itself after the connection broke', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const sockets: WebSocket[] = [];
  const tab = watch(server, laptop, { webSocketImpl: collecting(sockets) });
  const own = subscribe(tab.watch, OWN);
  await tab.live();
  sockets[0]?.terminate();
  await until(() => tab.statuses.length >= 3);
  const ids: string[] = [];
  await expect
    .poll(
      async () => {
        ids.push((await signIn(server, email)).sessionId);
        return own.told.length;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  expect(ids.map((id) => ({ data: { sessionStarted: { session: { id } } } }))).toContainEqual(own.told[0]);
});

test('one that was stopped is completed, is not called any more, and does not come back', async () => {
  const peer = await startPeer();
  const tab = watchPeer(peer);
  const early = subscribe(tab.watch, OWN.replace('Own', 'Early'));
  early.stop();
  const own = subscribe(tab.watch, OWN);
  await until(() => peer.conversations[0]?.ids.has('Own') ?? false);
  const [first] = peer.conversations;
  own.stop();
  own.stop();
  first?.say({ type: 'next', id: first.ids.get('Own'), payload: { data: null } });
  await until(() => first?.heard.includes('complete Own') ?? false);
  first?.socket.close(1001);
  await until(() => tab.statuses.length >= 3);
  const last = subscribe(tab.watch, OWN.replace('Own', 'Last'));
  await until(() => peer.conversations[1]?.ids.has('Last') ?? false);
  expect(first?.heard.filter((heard) => /Early|complete Own/.test(heard))).toEqual(['complete Own']);
  expect(peer.conversations[1]?.heard).not.toContain('subscribe Own');
  expect([...early.told, ...own.told, ...last.told]).toEqual([]);
});

test('one that the server refuses is told why, and does not come back', async () => {
  const errors = [{ message: 'Sign in first', extensions: { code: 'UNAUTHENTICATED' } }];
  const peer = await startPeer(({ say, ids }, heard) => {
    if (heard === 'subscribe Own') say({ type: 'error', id: ids.get('Own'), payload: errors });
    return false;
  });
  const tab = watchPeer(peer);
  const own = subscribe(tab.watch, OWN);
  await until(() => own.told.length > 0);
  peer.conversations[0]?.socket.close(1001);
  await until(() => tab.statuses.length >= 3);
  await until(() => peer.conversations[1]?.heard.includes('subscribe IdentifySocket') ?? false);
  expect(peer.conversations[1]?.heard).not.toContain('subscribe Own');
  expect(own.told).toEqual([{ errors }]);
});

test('none goes over a socket of another session', async () => {
  const peer = await startPeer((conversation, heard, nth) => {
    if (nth === 1 || heard !== 'subscribe IdentifySocket') return false;
    identify(conversation, 'another');
    return true;
  });
  const tab = watchPeer(peer);
  const own = subscribe(tab.watch, OWN);
  await until(() => peer.conversations[0]?.ids.has('Own') ?? false);
  peer.conversations[0]?.socket.close(1001);
  expect(await tab.end()).toEqual({ reason: null, at: null });
  await until(() => peer.conversations[1]?.socket.readyState === WebSocket.CLOSED);
  expect(peer.conversations[1]?.heard).not.toContain('subscribe Own');
  expect(own.told).toEqual(['complete']);
});

test('a sink that throws is reported, and keeps nothing from the others', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  onCleanup(() => report.mockRestore());
  const peer = await startPeer();
  const tab = watchPeer(peer);
  const fail = () => {
    throw new Error('a fault of the host');
  };
  tab.watch.socket.subscribe({ query: OWN }, { next: fail, error: fail, complete: fail });
  const other = subscribe(tab.watch, OWN.replace('Own', 'Other'));
  await until(() => peer.conversations[0]?.ids.has('Other') ?? false);
  const [{ say, ids }] = peer.conversations as [(typeof peer.conversations)[0]];
  say({ type: 'next', id: ids.get('Own'), payload: { data: null } });
  say({ type: 'next', id: ids.get('Other'), payload: { data: null } });
  await until(() => other.told.length > 0);
  tab.watch.close();
  expect(other.told).toEqual([{ data: null }, 'complete']);
  await expect.poll(() => report.mock.calls.length).toBe(2);
  expect(tab.statuses).toEqual(['live']);
});

test('variables that JSON has no words for are refused where they are given', async () => {
  const tab = watchPeer(await startPeer());
  const sink = { next() {}, error() {}, complete() {} };
  expect(() => tab.watch.socket.subscribe({ query: OWN, variables: { many: 1n } }, sink)).toThrow(TypeError);
  await tab.live();
});

test('what is begun when the watch is over completes, and whoever begins again each time halts nothing', async () => {
  const peer = await startPeer();
  let begun = 0;
  let isEnough = false;
  const tab = watchPeer(peer, {
    onSignedOut() {
      const stopped = subscribe(tab.watch, OWN);
      stopped.stop();
      const again = () => {
        begun++;
        if (isEnough) return;
        const stop = tab.watch.socket.subscribe(
          { query: OWN },
          { next() {}, error() {}, complete: () => [stop(), again()] },
        );
      };
      again();
    },
  });
  await tab.live();
  tab.watch.signOut();
  // That this is reached at all is what counts.
  await until(() => begun > 2);
  isEnough = true;
  await until(() => peer.conversations[0]?.socket.readyState === WebSocket.CLOSED);
});
