/** Processes of the `curfew` command, as people run it; several of them share a database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { vi } from 'vitest';
import { onCleanup } from './cleanup.ts';
import { createDatabase, TEST_SECRET } from './server.ts';

export const START_TIMEOUT = { timeout: 60_000, interval: 20 };

export interface Running {
  process: ChildProcess;
  /** What it wrote so far. */
  stdout: string;
  stderr: string;
  /** Its exit code, or the signal that killed it. */
  exited: Promise<number | NodeJS.Signals | null>;
}

export interface Endpoints {
  /** Where its API is. */
  endpoint: string;
  socketEndpoint: string;
}

/** The rest of what a test server has, such as its hub, is inside of the process. */
export interface CurfewProcess extends Endpoints {
  running: Running;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to stop. @returns its exit code. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

/**
 * Starts one that the caller ends, with these settings alone. What runs is `dist`, as the global setup built it.
 *
 * @param args what comes after `curfew`.
 */
export function run(settings: Record<string, string>, args: readonly string[] = []): Running {
  const child = spawn(process.execPath, ['dist/main.js', ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const running: Running = {
    process: child,
    stdout: '',
    stderr: '',
    exited: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal))),
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    running.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    running.stderr += text;
  });
  return running;
}

/** At once, whatever state it is in. */
export async function end({ process, exited }: Running): Promise<void> {
  process.kill('SIGCONT');
  process.kill('SIGKILL');
  await exited;
}

/** Waits until it says that it is ready. */
export async function untilReady(running: Running): Promise<Endpoints> {
  return vi.waitFor(() => {
    const [, endpoint] = /^ {2}API +(\S+)$/m.exec(running.stdout) ?? [];
    if (!endpoint) throw new Error(`It is not ready.\n${running.stdout}${running.stderr}`);
    return { endpoint, socketEndpoint: endpoint.replace(/^http/, 'ws') };
  }, START_TIMEOUT);
}

/** A start is a second of work: many at once would starve the tests beside them. */
const STARTS_AT_ONCE = 3;
const starting: Promise<unknown>[] = [];

/** @param settings over quiet ones that a test can live with; without a DATABASE_URL it has a database of its own. */
export function startProcess(settings: Record<string, string> = {}): Promise<CurfewProcess> {
  const before = starting.at(-STARTS_AT_ONCE);
  const started = Promise.resolve(before).then(() => startNow(settings));
  starting.push(started.catch(() => {}));
  return started;
}

async function startNow(settings: Record<string, string>): Promise<CurfewProcess> {
  const running = run({
    DATABASE_URL: settings['DATABASE_URL'] ?? (await createDatabase()),
    CURFEW_SECRETS: TEST_SECRET,
    CURFEW_SIGN_IN_LIMIT: '10000/3m',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'fatal',
    ...settings,
  });
  onCleanup(() => end(running));
  return {
    ...(await untilReady(running)),
    running,
    kill: (signal) => running.process.kill(signal),
    stop() {
      running.process.kill('SIGTERM');
      return running.exited;
    },
  };
}

/** So many processes. */
export type Fleet<Size extends number, Started extends CurfewProcess[] = []> = Started['length'] extends Size
  ? Started
  : Fleet<Size, [...Started, CurfewProcess]>;

/** Processes on one database, started at once. */
export async function startFleet<Size extends number>(
  size: Size,
  settings: Record<string, string> = {},
): Promise<Fleet<Size>> {
  const shared = { ...settings, DATABASE_URL: settings['DATABASE_URL'] ?? (await createDatabase()) };
  return (await Promise.all(Array.from({ length: size }, () => startProcess(shared)))) as Fleet<Size>;
}
