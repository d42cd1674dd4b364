/** The `curfew` command as people run it: real processes, with data directories of their own. */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { type Device, send, signIn, signUp } from './device.ts';
import { end, type Running, START_TIMEOUT, run as spawnCurfew, untilReady } from './fleet.ts';
import { Viewer } from './operations.ts';
import { createDatabase } from './server.ts';

vi.setConfig({ testTimeout: 60_000 });

const started: Running[] = [];
const dataDirs: string[] = [];

afterAll(async () => {
  for (const running of started) await end(running);
  for (const dir of dataDirs) {
    await stopPostgres(dir);
    await rm(dir, { recursive: true, force: true });
  }
});

async function createDataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-main-'));
  dataDirs.push(dir);
  // As root, PostgreSQL runs as another user, who must get in.
  await chmod(dir, 0o711);
  return dir;
}

const pidFile = (dataDir: string) => join(dataDir, 'postgres', 'postmaster.pid');

/** Its PostgreSQL, if one was left running. */
async function stopPostgres(dataDir: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile(dataDir), 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid)) return;
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    return;
  }
  await vi.waitFor(() => expect(existsSync(pidFile(dataDir))).toBe(false), START_TIMEOUT);
}

/** Not for one test: what one starts, the next uses. */
function run(settings: Record<string, string>): Running {
  const running = spawnCurfew(settings);
  started.push(running);
  return running;
}

const askViewer = (device: Device, server: { endpoint: string }) =>
  send(server, Viewer, {}, device.headers).then(({ data }) => data);

// Two groups at once, one of them mostly waiting; within each, one test after the other.
describe.concurrent('with a data directory and nothing else', async () => {
  const dataDir = await createDataDir();
  const settings = { CURFEW_DATA_DIR: dataDir };
  let first: Running;
  let device: Device;

  test.sequential('the first start makes all that it needs, and says where everything is', async () => {
    first = run(settings);
    const server = await untilReady(first);
    expect(server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    const { port } = new URL(server.endpoint);
    expect(first.stdout).toContain(`GraphiQL   http://localhost:${port}/graphql (open it in a browser)`);
    expect(first.stdout).toMatch(/Health {5}http:\S+\/health\/ready/);
    expect(first.stdout).toContain(`embedded PostgreSQL under ${dataDir}`);
    expect(first.stderr).toBe('');
    device = await signUp(server, 'ada@example.com');
    expect(await device.ask(Viewer)).toMatchObject({ viewer: { email: 'ada@example.com' } });
  });

  test.sequential('a second server stops with a message, and leaves the first unharmed', async () => {
    const second = run(settings);
    expect(await second.exited).toBe(1);
    expect(second.stderr).toBe(
      `Curfew can’t start: Another Curfew runs with the data directory ${dataDir}. Stop it, or give this one a directory of its own with CURFEW_DATA_DIR.\n`,
    );
    expect(second.stdout).not.toContain('ready');
    expect(await device.ask(Viewer)).toMatchObject({ viewer: { email: 'ada@example.com' } });
  });

  test.sequential('a start after kill -9 has lost neither the account nor its sessions', async () => {
    first.process.kill('SIGKILL');
    expect(await first.exited).toBe('SIGKILL');
    expect(existsSync(pidFile(dataDir))).toBe(true);
    first = run(settings);
    const server = await untilReady(first);
    expect(await askViewer(device, server)).toMatchObject({ viewer: { email: 'ada@example.com' } });
    device = await signIn(server, 'ada@example.com');
  });

  test.sequential('SIGTERM closes sockets with 1001, stops PostgreSQL, and exits with 0', async () => {
    const closed = vi.fn();
    const connected = vi.fn();
    const client = createClient({
      url: device.server.endpoint.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => {},
      connectionParams: { authorization: device.headers['authorization'] },
      on: { connected, closed: (event) => closed((event as { code: number }).code) },
    });
    await vi.waitFor(() => expect(connected).toHaveBeenCalled());
    first.process.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    await vi.waitFor(() => expect(closed).toHaveBeenCalledWith(1001));
    expect(existsSync(pidFile(dataDir))).toBe(false);
    expect(first.stderr).toBe('');
    await client.dispose();
  });

  test.sequential('SIGTERM during a start stops what was started by then, and exits with 0', async () => {
    const stopped = run(settings);
    await vi.waitFor(() => expect(existsSync(pidFile(dataDir))).toBe(true), START_TIMEOUT);
    stopped.process.kill('SIGTERM');
    expect(await stopped.exited).toBe(0);
    expect(existsSync(pidFile(dataDir))).toBe(false);
    expect(stopped.stdout).not.toContain('ready');
  });
});

describe.concurrent('with a database of somebody else', async () => {
  const DATABASE_URL = await createDatabase('template1');
  const OTHER_URL = await createDatabase('template1');

  test.sequential('two processes that start at once on a fresh database both come up, and sign alike', async () => {
    const settings = { DATABASE_URL, CURFEW_DATA_DIR: await createDataDir() };
    const [one, other] = await Promise.all([run(settings), run(settings)].map(untilReady));
    if (!one || !other) throw new Error('Two were started');
    const device = await signUp(one, 'grace@example.com');
    expect(await askViewer(device, other)).toMatchObject({ viewer: { email: 'grace@example.com' } });

    const { port } = new URL(one.endpoint);
    const third = run({ ...settings, PORT: port });
    expect(await third.exited).toBe(1);
    expect(third.stderr).toBe(
      `Curfew can’t start: PORT: ${port} on 127.0.0.1 is in use. Set it to another, such as 4001, or to 0 for any that is free\n`,
    );
  });

  test.sequential('settings that are wrong stop the start with a line for each, and no stack', async () => {
    const wrong = run({ PORT: '99999', CURFEW_IDLE_TIMEOUT: 'soon', CURFEW_SECRETS: 'hunter2' });
    expect(await wrong.exited).toBe(1);
    expect(wrong.stdout).toBe('');
    expect(wrong.stderr).toMatch(
      /^Curfew can’t start with these settings:\n\n {2}PORT: .*\n {2}CURFEW_SECRETS: .*\n {2}CURFEW_IDLE_TIMEOUT: .*\n$/,
    );
    expect(wrong.stderr).not.toContain('hunter2');
  });

  test.sequential('operations that can’t be run stop the start with a message, before anything is made', async () => {
    const dir = await createDataDir();
    const file = join(dir, 'operations.json');
    await writeFile(file, JSON.stringify({ viewer: '{ viewer { id } }', old: '{ oldField }' }));
    const dataDir = join(dir, 'data');
    const stopped = run({ CURFEW_OPERATIONS: file, CURFEW_DATA_DIR: dataDir });
    expect(await stopped.exited).toBe(1);
    expect(stopped.stderr).toBe(
      `Curfew can’t start: CURFEW_OPERATIONS: “${file}” can’t be used: its operation “old” can’t be run here (Cannot query field "oldField" on type "Query".). Make it anew for the schema.graphql of this version\n`,
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  test.sequential('a database that can’t be reached stops the start with a message, and no stack', async () => {
    const databases = {
      'postgresql://curfew:hunter2@127.0.0.1:1/curfew': 'connect ECONNREFUSED 127.0.0.1:1',
      'postgresql:///curfew?host=/nowhere': 'connect ENOENT /nowhere/.s.PGSQL.5432',
    };
    const CURFEW_DATA_DIR = await createDataDir();
    const stops = Object.entries(databases).map(async ([DATABASE_URL, message]) => {
      const stopped = run({ DATABASE_URL, CURFEW_DATA_DIR });
      expect(await stopped.exited).toBe(1);
      expect(stopped.stderr).toBe(
        `Curfew can’t start: DATABASE_URL: the database can’t be used (${message}). Set it to one that can, such as postgresql://user:password@localhost:5432/curfew\n`,
      );
    });
    await Promise.all(stops);
  });

  test.sequential('a bus that can’t be heard stops the start with a message that names its setting', async () => {
    const CURFEW_DATA_DIR = await createDataDir();
    const buses: [Record<string, string>, string][] = [
      [
        { CURFEW_LISTEN_URL: OTHER_URL },
        'CURFEW_LISTEN_URL: it can’t be used to hear what DATABASE_URL says (what is sent is not heard there).',
      ],
      [
        { CURFEW_LISTEN_URL: 'postgresql://curfew:hunter2@127.0.0.1:1/curfew' },
        'CURFEW_LISTEN_URL: it can’t be used to hear what DATABASE_URL says (connect ECONNREFUSED 127.0.0.1:1).',
      ],
      [
        { REDIS_URL: 'redis://:hunter2@127.0.0.1:1' },
        'REDIS_URL: Redis can’t be used (connect ECONNREFUSED 127.0.0.1:1).',
      ],
    ];
    const stops = buses.map(async ([bus, message]) => {
      const stopped = run({ DATABASE_URL, CURFEW_DATA_DIR, LOG_LEVEL: 'fatal', ...bus });
      expect(await stopped.exited).toBe(1);
      expect(stopped.stderr).toContain(`Curfew can’t start: ${message} Set it to`);
      expect(stopped.stderr).not.toContain('hunter2');
      expect(stopped.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stopped.stdout).not.toContain('hunter2');
    });
    await Promise.all(stops);
  });
});
