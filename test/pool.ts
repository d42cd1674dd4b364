/** Connections of a test's own to a database. */
import pg from 'pg';
import { onCleanup } from './cleanup.ts';

export function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  // The database is dropped when the pool has ended, which may be before its last connection has.
  pool.on('connect', (client) => client.on('error', () => {}));
  onCleanup(() => pool.end());
  return pool;
}
