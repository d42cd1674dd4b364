/** The socket under a connection of `pg`, which has no name for it. */
import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

export function streamOf(client: ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
