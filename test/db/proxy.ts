/** A way to the test's PostgreSQL over TCP that can lose the answer to a COMMIT. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { inject } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { createDatabase } from '../server.ts';

export interface Proxy {
  databaseUrl: string;
  /** The next COMMIT reaches PostgreSQL. Its answer is lost: with the connection, or while that stays open. */
  loseNextCommit(how: 'with the connection' | 'in silence'): void;
}

export async function startProxy(): Promise<Proxy> {
  const direct = new URL(await createDatabase());
  const sockets = new Set<Socket>();
  let losing: 'with the connection' | 'in silence' | null = null;
  const server = createServer((client) => {
    const upstream = connect(`${inject('postgresHost')}/.s.PGSQL.5432`);
    let deaf = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      if (losing && data.includes('COMMIT')) {
        deaf = true;
        if (losing === 'with the connection') upstream.once('data', () => client.destroy());
        losing = null;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!deaf) client.write(data);
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    databaseUrl: `postgresql://${inject('postgresUser')}@127.0.0.1:${port}${direct.pathname}`,
    loseNextCommit(how) {
      losing = how;
    },
  };
}
