/** The socket under a connection of `pg`, which has no name for it. */
import type { Socket } from 'node:net';
import type pg from 'pg';

export function streamOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
