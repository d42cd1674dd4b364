/** A program that watches: it ends when its watch is closed, however the server takes it. */
import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { signUp } from '../device.ts';
import { startTestServer } from '../server.ts';
import { startPeer } from './peer.ts';

const server = await startTestServer();

/** On a machine that has other things to do. */
const AT_ONCE_MS = 2500;

type Moment = 'onConnecting' | 'onLive' | 'onLost' | 'onResult';

/** Runs a program that closes its watch at that moment. @returns how long it took to end after. */
async function closeAt(moment: Moment, endpoint: string, headers: Record<string, string> = {}) {
  const module = new URL('../../src/client/watch.ts', import.meta.url).href;
  const program = `
    import WebSocket from 'ws';
    import { watchSession } from ${JSON.stringify(module)};

    let closedAt = NaN;
    function reach(moment) {
      if (moment !== '${moment}') return;
      closedAt = performance.now();
      watch.close();
    }
    process.on('exit', () => console.log(performance.now() - closedAt));

    class Observed extends WebSocket {
      constructor(...given) {
        super(...given);
        setImmediate(reach, 'onConnecting');
      }
    }
    const watch = watchSession({
      url: ${JSON.stringify(endpoint)},
      headers: () => (${JSON.stringify(headers)}),
      webSocketImpl: Observed,
      onSignedOut() {},
      onStatus: (status) => reach(status === 'live' ? 'onLive' : 'onLost'),
    });
    const query = 'subscription Own { sessionStarted { session { id } } }';
    watch.socket.subscribe({ query }, { next: () => reach('onResult'), error() {}, complete() {} });
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe('');
  return Number(stdout);
}

test('it ends at once', async () => {
  const { headers } = await signUp(server);
  const { authorization = '' } = headers;
  expect(await closeAt('onLive', server.endpoint, { authorization })).toBeLessThan(AT_ONCE_MS);
});

test('it ends soon where the server does not answer that the socket is closed', async () => {
  const peer = await startPeer((conversation, heard) => {
    if (heard !== 'subscribe Own') return false;
    conversation.say({ type: 'next', id: conversation.ids.get('Own'), payload: {} });
    // Reads nothing more, and so not that it is closed.
    conversation.socket.pause();
    return true;
  });
  // `ws` would wait for half a minute.
  expect(await closeAt('onResult', peer.endpoint)).toBeLessThan(10_000);
});

test('it ends at once while it is connecting, and while it waits to', async () => {
  const silent = createServer((socket) => onCleanup(() => socket.destroy()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onCleanup(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  expect(await closeAt('onConnecting', `http://127.0.0.1:${port}/graphql`)).toBeLessThan(AT_ONCE_MS);
  expect(await closeAt('onLost', 'http://127.0.0.1:1/graphql')).toBeLessThan(AT_ONCE_MS);
});
