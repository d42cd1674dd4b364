/**
 * Applies the SQL under `prisma/migrations`, each file in one transaction, under
 * the same lock and in the same table as `prisma migrate deploy`, so that either
 * can take over from the other and two processes may start at once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import type { DatabaseAddress } from './client.ts';

const MIGRATIONS_DIR = new URL('../../prisma/migrations/', import.meta.url);

/** The advisory lock that `prisma migrate` takes on PostgreSQL. */
const MIGRATION_LOCK = 72_707_369;

const LOCK_TIMEOUT = '60s';

export class MigrationError extends Error {
  override name = 'MigrationError';
}

interface AppliedRow {
  migration_name: string;
  is_finished: boolean;
}

/**
 * Brings the database to the newest migration.
 *
 * @returns the names of the migrations that this call applied.
 * @throws MigrationError when an earlier migration was left half done, or one fails;
 *   a failed one leaves nothing behind.
 */
export async function migrate(address: DatabaseAddress): Promise<string[]> {
  const client = new pg.Client({
    ...address,
    application_name: 'curfew migrate',
    connectionTimeoutMillis: 5000,
  });
  // A connection that is lost fails the query that is under way; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    const applied: string[] = [];
    while (true) {
      const name = await applyNext(client);
      if (name === null) return applied;
      applied.push(name);
    }
  } finally {
    await client.end();
  }
}

/**
 * All in one transaction, the lock too: behind a pooler, a lock of the session would stay with a
 * connection that is handed on to others.
 *
 * @returns the name of what was applied, or null when there is nothing left to do.
 */
async function applyNext(client: pg.Client): Promise<string | null> {
  try {
    // Whatever the role’s own limits are: a migration takes as long as it takes.
    await client.query(`BEGIN;
      SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';
      SET LOCAL statement_timeout = 0;
      SET LOCAL idle_in_transaction_session_timeout = 0`);
    await lock(client);
    await client.query(CREATE_TABLE);
    const name = await findNext(client);
    if (name !== null) await applyMigration(client, name);
    await client.query('COMMIT');
    return name;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function lock(client: pg.Client): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw cause;
    throw new MigrationError(
      `Another process has held the lock on migrations for ${LOCK_TIMEOUT}. See which: SELECT * FROM pg_locks WHERE locktype = 'advisory'`,
      { cause },
    );
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                  VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"            VARCHAR(64) NOT NULL,
    "finished_at"         TIMESTAMPTZ,
    "migration_name"      VARCHAR(255) NOT NULL,
    "logs"                TEXT,
    "rolled_back_at"      TIMESTAMPTZ,
    "started_at"          TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

async function findNext(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, finished_at IS NOT NULL AS is_finished
     FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  );
  const halfDone = rows.find((row) => !row.is_finished);
  if (halfDone) {
    throw new MigrationError(
      `The migration ${halfDone.migration_name} was begun by another tool and not finished. Mend the database, then mark it with: npx prisma migrate resolve`,
    );
  }
  const done = new Set(rows.map((row) => row.migration_name));
  return (await listMigrations()).find((name) => !done.has(name)) ?? null;
}

async function listMigrations(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS_DIR, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function applyMigration(client: pg.Client, name: string): Promise<void> {
  const sql = await readFile(new URL(`${name}/migration.sql`, MIGRATIONS_DIR), 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
  } catch (cause) {
    throw new MigrationError(
      `The migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
