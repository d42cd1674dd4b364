/** The database for a command that does a little and goes: beside a running server, or without one. */
import type { Config } from '../config.ts';
import type { Clock } from '../core.ts';
import { ensureDataDir } from '../data-dir.ts';
import { connectDatabase, type Database } from '../db/client.ts';
import { DatabaseClock } from '../db/clock.ts';
import { useEmbeddedPostgres } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { explain, readConfig } from './faults.ts';
import { complain } from './output.ts';

/** @returns the exit code. */
type Work = (db: Database, clock: Clock) => Promise<number>;

/** The database of these settings, migrated. */
export async function withDatabase(work: Work): Promise<number> {
  const config = readConfig();
  try {
    const { address, stop } = await openDatabase(config);
    try {
      await migrate(address);
      const { db } = connectDatabase(address, () => {});
      try {
        const clock = new DatabaseClock();
        await clock.ask(db);
        return await work(db, clock);
      } finally {
        await db.$disconnect();
      }
    } finally {
      await stop();
    }
  } catch (error) {
    const reason = explain(error, config);
    if (reason === null) throw error;
    complain(`That was not done: ${reason}`);
    return 1;
  }
}

async function openDatabase({ databaseUrl, dataDir }: Config) {
  if (databaseUrl !== null) return { address: { connectionString: databaseUrl }, stop: async () => {} };
  await ensureDataDir(dataDir);
  return useEmbeddedPostgres(dataDir);
}
