/**
 * One real PostgreSQL for the whole run, started as the product starts its own,
 * with a migrated database that each test server copies. And one build, for the
 * tests that run the `curfew` command or open the page.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';

export const TEMPLATE = 'migrated';

/** Some tests run a dozen processes; a PostgreSQL with its defaults takes 100 connections. */
const MAX_CONNECTIONS = 400;

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the Unix socket. */
    postgresHost: string;
    postgresUser: string;
    /** Where the page was built, by this run for itself. */
    pageDir: string;
  }
}

/** Beside what else the run keeps, so that runs at the same time don't meet. */
async function buildPage(dir: string): Promise<string> {
  const pageDir = join(dir, 'web');
  const args = ['build', 'web', '--logLevel', 'warn', '--outDir', pageDir];
  // As people get it: React has another build for tests.
  await promisify(execFile)('vite', args, { env: { ...process.env, NODE_ENV: 'production' } });
  return pageDir;
}

/** Types are for `npm run check` to look at. */
async function build(): Promise<void> {
  await promisify(execFile)('tsc', ['-p', 'tsconfig.build.json', '--noCheck']);
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-test-'));
  // As root, PostgreSQL runs as another user, who must get in.
  await chmod(dir, 0o711);
  const [pageDir] = await Promise.all([buildPage(dir), build()]);
  project.provide('pageDir', pageDir);
  project.onTestsRerun(build);
  const start = () =>
    startEmbeddedPostgres(dir, (error) => {
      throw error;
    });
  const first = await start();
  const { host = '', user = '' } = first.address;
  const admin = new pg.Client({ host, user, database: 'postgres' });
  await admin.connect();
  await admin.query(`ALTER SYSTEM SET max_connections = ${MAX_CONNECTIONS}`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  await first.stop();
  const postgres = await start();
  await migrate({ host, user, database: TEMPLATE });
  project.provide('postgresHost', host);
  project.provide('postgresUser', user);
  return async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
