/** Starts what is measured, each in a process of its own, with the command that users start it with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Core, pinned } from './cores.ts';

export interface RunningServer {
  /** Of its endpoint; Curfew's and a stock server's is that of GraphQL. */
  url: string;
  pid: number;
  /** Ends it, and waits until it has ended. */
  stop(): Promise<void>;
}

const MAIN = new URL('../dist/main.js', import.meta.url);

/** A server that doesn't stop is not worth waiting for. */
const STOP_TIMEOUT_MS = 15_000;

/** PostgreSQL, which does not run as root, must be able to enter it. */
export async function makeTempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-bench-'));
  await chmod(dir, 0o711);
  return dir;
}

export async function startCurfew(
  settings: Record<string, string>,
  core: Core = null,
): Promise<RunningServer> {
  const dataDir = await makeTempDir();
  const removeDir = () => rm(dataDir, { recursive: true, force: true });
  try {
    const env = {
      PORT: '0',
      CURFEW_DATA_DIR: dataDir,
      CURFEW_SIGN_IN_LIMIT: '100000/3m',
      LOG_LEVEL: 'warn',
      ...settings,
    };
    const server = await startServer(MAIN, env, core);
    return {
      ...server,
      async stop() {
        await server.stop();
        await removeDir();
      },
    };
  } catch (error) {
    await removeDir();
    throw error;
  }
}

/** @param script prints the URL of its endpoint on a line once it listens, and ends on SIGTERM. */
export async function startServer(
  script: URL,
  env: Record<string, string>,
  core: Core = null,
): Promise<RunningServer> {
  // Not a fork, which would hand on the loader that runs this file.
  const child = spawn(...pinned(core, process.execPath, [fileURLToPath(script)]), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  // It never outlives us, wherever we are interrupted.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const url = await new Promise<string>((resolve, reject) => {
    let banner = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      banner += text;
      const url = /^(?: +API +)?(http:\S+)$/m.exec(banner.slice(0, banner.lastIndexOf('\n')))?.[1];
      if (url) resolve(url);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
