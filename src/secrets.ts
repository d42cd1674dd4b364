/** The signing secret of a server that was given none: made once, kept under the data directory. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param dataDir there already. @returns the kept secret, made first where there is none; readable by its owner only. */
export async function loadSecrets(dataDir: string): Promise<string[]> {
  const path = join(dataDir, 'secret');
  const kept = await readSecret(path);
  if (kept) return [kept];
  // Written aside and linked into place: whole when it appears, and of two starts at once one wins.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readSecret(path);
  if (!made)
    throw new Error(`${path} is empty. Remove it to have a new secret made; that ends all sessions.`);
  return [made];
}

async function readSecret(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim() || null;
}
