import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DataDirError, ensureDataDir } from '../src/data-dir.ts';
import { onCleanup } from './cleanup.ts';

async function createDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-data-dir-'));
  onCleanup(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('a data directory is made with all that leads to it, and nobody else may list it', async () => {
  const path = join(await createDir(), 'a', 'b');
  await ensureDataDir(path);
  expect((await stat(path)).mode & 0o066).toBe(0);
  await ensureDataDir(path);
});

test('two starts at once make it once', async () => {
  const path = join(await createDir(), 'a', 'b', 'c');
  await Promise.all([ensureDataDir(path), ensureDataDir(path), ensureDataDir(path)]);
});

test('one that can’t be made stops the start with the setting’s name', async () => {
  const file = join(await createDir(), 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'below'), '/proc/curfew', '/proc/curfew/below']) {
    await expect(ensureDataDir(path)).rejects.toThrow(DataDirError);
    await expect(ensureDataDir(path)).rejects.toThrow(/^CURFEW_DATA_DIR: /);
  }
});
