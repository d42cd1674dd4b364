/**
 * One real PostgreSQL for the whole run, started as the product starts its own,
 * with a migrated database that each test server copies.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';

export const TEMPLATE = 'migrated';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the Unix socket. */
    postgresHost: string;
    postgresUser: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-test-'));
  // As root, PostgreSQL runs as another user, who must get in.
  await chmod(dir, 0o711);
  const postgres = await startEmbeddedPostgres(dir, (error) => {
    throw error;
  });
  const { host = '', user = '' } = postgres.address;
  const admin = new pg.Client({ host, user, database: 'postgres' });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  await migrate({ host, user, database: TEMPLATE });
  project.provide('postgresHost', host);
  project.provide('postgresUser', user);
  return async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
