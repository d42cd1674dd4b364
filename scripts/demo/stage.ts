/**
 * A database of a story's own, gone after it. In that of a server, sessions of
 * long ago would be ended by time, now, while their story is still being told.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connected, connectDatabase, type Database } from '../../src/db/client.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';

/** What a story leaves, in the order of what refers to what. */
const TABLES = ['users', 'sessions', 'audit_events'] as const;

export async function withStage<T>(act: (stage: Connected) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-demo-'));
  // As root, PostgreSQL runs as another user, who must get in.
  await chmod(dir, 0o711);
  try {
    const postgres = await startEmbeddedPostgres(dir, () => {});
    try {
      await migrate(postgres.address);
      const stage = connectDatabase(postgres.address, () => {});
      try {
        return await act(stage);
      } finally {
        await stage.db.$disconnect();
      }
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Adds all that is in one database to another, or nothing. */
export async function copyAll(from: Database, to: Database): Promise<void> {
  const rows = await Promise.all(
    TABLES.map(async (table) => {
      const [found] = await from.$queryRawUnsafe<{ rows: string }[]>(
        `SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text AS rows FROM ${table} t`,
      );
      return [table, found?.rows ?? '[]'] as const;
    }),
  );
  await to.$transaction(
    rows.map(([table, json]) =>
      to.$executeRawUnsafe(
        `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
        json,
      ),
    ),
  );
}
