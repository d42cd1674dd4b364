/** The database for a command that does a little and goes: beside a running server, or without one. */
import type { Config } from '../config.ts';
import type { Core } from '../core.ts';
import { ensureDataDir } from '../data-dir.ts';
import { connectDatabase } from '../db/client.ts';
import { DatabaseClock } from '../db/clock.ts';
import { useEmbeddedPostgres } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { explain, readConfig } from './faults.ts';
import { complain } from './output.ts';

/** What a command works with. */
export type Place = Pick<Core, 'db' | 'query' | 'inTransaction' | 'clock'>;

/** @returns the exit code. */
type Work = (place: Place) => Promise<number>;

/** The database of these settings, migrated. */
export async function withDatabase(work: Work): Promise<number> {
  const config = readConfig();
  try {
    const { address, stop } = await openDatabase(config);
    try {
      await migrate(address);
      const connected = connectDatabase(address, () => {});
      try {
        const clock = new DatabaseClock();
        await clock.ask(connected.db);
        return await work({ ...connected, clock });
      } finally {
        await connected.db.$disconnect();
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
