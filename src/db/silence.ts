/**
 * Connections on which an answer is waited for, and nothing comes.
 *
 * `pg` has `query_timeout` for it, which assigns a function to each query. V8 makes
 * such a function among its old objects, and it keeps all that the query found until
 * the whole of memory is looked through.
 */
import type pg from 'pg';
import { streamOf } from './stream.ts';

/** Ends the connection, and fails all that wait for an answer on it, after so long without a byte in either direction. */
export function limitSilence(client: pg.ClientBase, timeoutMs: number): void {
  const stream = streamOf(client);
  stream.setTimeout(timeoutMs).on('timeout', () => {
    if (isWaiting(client)) stream.destroy(new Error('The database does not answer'));
  });
}

function isWaiting(client: pg.ClientBase): boolean {
  return !(client as unknown as { readyForQuery: boolean }).readyForQuery;
}
