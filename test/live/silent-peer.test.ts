/** Another process fell silent: what it may have ended is not taken from memory, and is found however the search goes. */
import { expect, test, vi } from 'vitest';
import type { Core } from '../../src/core.ts';
import type { LiveBus } from '../../src/live/bus.ts';
import { startWatch } from '../../src/live/watch.ts';
import { onCleanup } from '../cleanup.ts';
import { newEmail, signIn, signUp } from '../device.ts';
import { closeOf, openSocket } from '../live/listen.ts';
import { Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';

/** A watch of the test's own over a server's parts: the test says when a process fell silent, and what the database does. */
async function watchAlone() {
  const server = await startTestServer();
  await server.watch.close();
  const noticed: (() => void)[] = [];
  const bus: LiveBus = {
    ...(server.core.bus as LiveBus),
    onGap: () => {},
    onSilentPeer: (listener) => void noticed.push(listener),
  };
  let beforeQuery = async () => {};
  const db = new Proxy(server.core.db, {
    get(target, name) {
      if (name !== '$queryRaw') return Reflect.get(target, name);
      return async (...args: Parameters<typeof target.$queryRaw>) => {
        await beforeQuery();
        return target.$queryRaw(...args);
      };
    },
  });
  const core: Core = { ...server.core, db, bus };
  const watch = startWatch(core, bus, server.hub);
  onCleanup(() => watch.close());
  return {
    server,
    fallSilent: () => noticed.forEach((notice) => void notice()),
    beforeEachQuery: (act: () => Promise<void>) => {
      beforeQuery = act;
    },
  };
}

test('a token that it revoked is refused at once, and its socket closed though the first search fails', async () => {
  const { server, fallSilent, beforeEachQuery } = await watchAlone();
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const closed = closeOf(await openSocket(server, phone));
  await vi.waitFor(() => expect(server.hub.countHeld()).toBe(1));
  await server.core.db.$executeRaw`UPDATE sessions SET ended_at = now(), end_reason = 'REVOKED'
    WHERE created_at = (SELECT max(created_at) FROM sessions)`;
  let failures = 2;
  beforeEachQuery(async () => {
    if (failures-- > 0) throw new Error('The database is busy');
  });
  fallSilent();
  expect((await phone.ask(Viewer)).viewer).toBeNull();
  expect((await laptop.ask(Viewer)).viewer).not.toBeNull();
  expect(await closed).toEqual({ code: 4403, reason: 'REVOKED' });
});

test('a second one that falls silent during the search for the first is searched for too', async () => {
  const { server, fallSilent, beforeEachQuery } = await watchAlone();
  const email = newEmail();
  await signUp(server, email);
  const phone = await signIn(server, email);
  const closed = closeOf(await openSocket(server, phone));
  await vi.waitFor(() => expect(server.hub.countHeld()).toBe(1));
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const search = vi.fn(() => held);
  beforeEachQuery(search);
  fallSilent();
  await vi.waitFor(() => expect(search).toHaveBeenCalled());
  await server.core.db.$executeRaw`UPDATE sessions SET ended_at = now(), end_reason = 'REVOKED'
    WHERE created_at = (SELECT max(created_at) FROM sessions)`;
  fallSilent();
  goOn();
  expect(await closed).toEqual({ code: 4403, reason: 'REVOKED' });
});
