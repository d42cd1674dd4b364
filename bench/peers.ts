/** The packages that Curfew is measured beside: they have a package.json of their own, and are installed when they are missing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { progress } from './report.ts';

const HERE = new URL('.', import.meta.url);

/** Their names and versions. @throws when they can't be installed. */
export async function installPeers(signal: AbortSignal): Promise<Record<string, string>> {
  const wanted = await readWanted();
  if (!(await isInstalled(wanted))) {
    progress('the packages that Curfew is measured beside are missing: npm ci in bench/');
    const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: fileURLToPath(HERE),
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
      signal,
    });
    const [code] = await once(npm, 'exit');
    if (code !== 0) throw new Error(`npm ci in bench/ ended with ${code}`);
  }
  return wanted;
}

async function readWanted(): Promise<Record<string, string>> {
  const { devDependencies } = JSON.parse(await readFile(new URL('package.json', HERE), 'utf8'));
  return devDependencies as Record<string, string>;
}

async function isInstalled(wanted: Record<string, string>): Promise<boolean> {
  const found = await Promise.all(
    Object.entries(wanted).map(async ([name, version]) => {
      const file = new URL(`node_modules/${name}/package.json`, HERE);
      const text = await readFile(file, 'utf8').catch(() => '{}');
      return (JSON.parse(text) as { version?: string }).version === version;
    }),
  );
  return found.every(Boolean);
}
