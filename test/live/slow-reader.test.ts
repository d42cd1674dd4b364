/** A peer that doesn't read what it is sent costs bounded memory and nobody else's time. */
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { type Device, newEmail, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { SessionRevokedBriefly } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { listen, openSocket } from './listen.ts';

const server = await startTestServer();

/** Large events fill the kernel's buffers sooner. */
const aliases = Array.from({ length: 30 }, (_, index) => `a${index}: userAgent`).join(' ');
const query = `subscription { sessionRevoked { session { ${aliases} } } }`;

/** An event stream whose client stops reading after the headers. */
async function subscribeBySse({ headers }: Device): Promise<void> {
  const { host, hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  onCleanup(() => socket.destroy());
  const body = JSON.stringify({ query });
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${headers['authorization']}\r\n` +
      `Accept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
}

/** A socket whose client stops reading once it has subscribed. */
async function subscribeBySocket(device: Device): Promise<void> {
  const socket = await openSocket(server, device);
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
  socket.pause();
}

test.each([
  ['an event stream', subscribeBySse],
  ['a socket', subscribeBySocket],
])(
  '%s that is not read is cut off, and others hear everything',
  async (_what, subscribeUnread) => {
    const email = newEmail();
    const heard = await listen(server, await signUp(server, email), SessionRevokedBriefly);
    await subscribeUnread(await signIn(server, email));
    await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(2));

    const { id: userId } = await server.core.db.user.findUniqueOrThrow({ where: { email } });
    const userAgent = 'x'.repeat(1500);
    const transient = { core: server.core, userId };
    const { session } = await sessionFactory.ended().create({ userAgent }, { transient });
    // The end of one session, told again and again: more than the queue and the kernel's buffers hold.
    let published = 0;
    while (server.hub.countSubscribers() === 2 && published < 20_000) {
      for (let count = 0; count < 200; count++, published++) {
        const endedAt = new Date();
        server.hub.act({ type: 'ended', userId, reason: 'REVOKED', endedAt, sessionIds: [session.id] });
        // Nobody is told twice of one end, unless the first time is long ago.
        server.hub.forgetTold();
        server.hub.forgetTold();
      }
      await vi.waitFor(() => expect(heard.events).toHaveLength(published), { timeout: 5000, interval: 5 });
    }
    expect(server.hub.countSubscribers()).toBe(1);
    heard.stop();
    await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(0));
  },
  60_000,
);
