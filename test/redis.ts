/** A real Redis of a test's own, on a port that stays the same when it is restarted. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { onCleanup } from './cleanup.ts';

export interface TestRedis {
  url: string;
  port: number;
  /** Ends it at once; what it knew, such as who subscribes, is gone with it. */
  stop(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

/** Without one, a developer's tests of Redis are skipped; on CI, where that would go unnoticed, they fail. */
export const redisIsMissing =
  spawnSync('redis-server', ['--version']).error !== undefined && !process.env['CI'];

export const HOW_TO_GET_REDIS =
  'skipped without redis-server on the PATH; get it with: apt-get install redis-server';

export async function startRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-redis-'));
  onCleanup(() => rm(dir, { recursive: true, force: true }));
  let server: { process: ChildProcess; exited: Promise<unknown> } | undefined;
  const stop = async () => {
    server?.process.kill('SIGKILL');
    await server?.exited;
  };
  onCleanup(stop);

  /** @throws when it exits before it can be reached. */
  async function start(port: number): Promise<void> {
    const child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
    server = { process: child, exited };
    const failed = exited.then((how) => {
      throw new Error(`redis-server does not run (${how}).\n${output}`);
    });
    failed.catch(() => {});
    await Promise.race([vi.waitFor(() => ping(port), { timeout: 10_000, interval: 10 }), failed]);
  }

  const port = await startOnFreePort(start);
  return { url: `redis://127.0.0.1:${port}`, port, stop, start: () => start(port) };
}

/** Between finding a port and taking it, somebody else may; then it is another. */
async function startOnFreePort(start: (port: number) => Promise<void>): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = await findFreePort();
    try {
      await start(port);
      return port;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ping(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('close', () => reject(new Error('It closed the connection')));
      socket.once('data', (data) => (data.includes('PONG') ? resolve() : reject(new Error(String(data)))));
      socket.write('PING\r\n');
    });
  } finally {
    socket.destroy();
  }
}
