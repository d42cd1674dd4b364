/** The directory for what this server keeps: its secret, and the embedded PostgreSQL. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export class DataDirError extends Error {
  override name = 'DataDirError';
}

/** As root, the user who runs PostgreSQL must be able to enter it; what is in it is its owner's alone. */
const MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/** @throws DataDirError when it is not there and can't be made. */
export async function ensureDataDir(dataDir: string): Promise<void> {
  try {
    await makeDirs(dataDir);
  } catch (cause) {
    throw new DataDirError(
      `CURFEW_DATA_DIR: ${dataDir} can’t be used as a directory (${(cause as Error).message}). Set it to one that can be made and written, such as .curfew`,
      { cause },
    );
  }
}

/** Step by step: Node's own recursive `mkdir` never returns for some paths that can't be made, such as in /proc. */
async function makeDirs(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  if (dirname(path) !== path) await makeDirs(dirname(path));
  await mkdir(path, { mode: MODE }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || found) throw error;
  });
}
