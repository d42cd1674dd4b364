/** The embedded PostgreSQL when things go wrong around it. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import type { DatabaseAddress } from '../../src/db/client.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { onCleanup } from '../cleanup.ts';

async function createDataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-embedded-'));
  onCleanup(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o711);
  return dir;
}

async function query<Row extends pg.QueryResultRow>(address: DatabaseAddress, sql: string): Promise<Row[]> {
  const client = new pg.Client(address);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

const PATIENT = { timeout: 20_000, interval: 50 };

test('it is had again after the crash of one of its processes, and stops when told to', async () => {
  const onLost = vi.fn();
  const { address, stop } = await startEmbeddedPostgres(await createDataDir(), onLost);
  await query(address, 'CREATE TABLE kept AS SELECT 1 AS one');
  const [owner] = await query<{ pid: number }>(
    address,
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory'`,
  );
  const [walwriter] = await query<{ pid: number }>(
    address,
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'`,
  );
  process.kill(walwriter?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => {
    const owners = await query<{ pid: number }>(
      address,
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory'`,
    );
    expect(owners).toHaveLength(1);
    expect(owners[0]?.pid).not.toBe(owner?.pid);
  }, PATIENT);
  expect(await query(address, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  expect(onLost).not.toHaveBeenCalled();
  await stop();
  await expect(query(address, 'SELECT 1')).rejects.toThrow();
}, 30_000);

test('a start that waits for another to stop has the server for itself then', async () => {
  const dataDir = await createDataDir();
  const first = await startEmbeddedPostgres(dataDir, () => {});
  const starting = startEmbeddedPostgres(dataDir, () => {});
  // It is there, waiting for the lock.
  await vi.waitFor(async () => {
    const waiting = await query(
      first.address,
      `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock%'`,
    );
    expect(waiting.length).toBeGreaterThan(1);
  }, PATIENT);
  await first.stop();
  const second = await starting;
  expect(await query(second.address, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
}, 30_000);

test('a path that a shell would read as a command is refused', async () => {
  for (const name of ['`id`', '$HOME', 'a"b']) {
    const dataDir = join(await createDataDir(), name);
    await expect(startEmbeddedPostgres(dataDir, () => {})).rejects.toThrow(/Set CURFEW_DATA_DIR/);
  }
});
