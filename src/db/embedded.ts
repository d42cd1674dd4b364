/**
 * A real PostgreSQL of our own, for when no DATABASE_URL is given: a cluster in
 * `<data dir>/postgres`, reached over a Unix socket in that directory, which
 * only its owner may enter. Nothing listens on the network.
 *
 * The server process outlives ours when we are killed; the next start finds it
 * running and takes it over. An advisory lock held for our whole life keeps a
 * second Curfew out of the same data directory, and vanishes with us.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseAddress } from './client.ts';
import { findBinaries } from './embedded-binaries.ts';
import {
  assertReachable,
  assertSafePath,
  createCluster,
  EmbeddedPostgresError,
  exists,
  findOwner,
  openSocketPath,
  run,
  USER,
} from './embedded-cluster.ts';

const DATABASE = 'curfew';

/** Advisory lock (“CURF” in ASCII) that the data directory's one owner holds. */
const OWNER_LOCK = 0x43555246;

const START_TIMEOUT_MS = 60_000;
/** The lock of a killed owner is gone once its PostgreSQL sees the closed socket. */
const OWNER_TIMEOUT_MS = 3000;
const RETRY_MS = 50;
/** A shutdown that takes longer is stuck. */
const STOP_TIMEOUT_MS = 10_000;

const LOG_NAME = 'server.log';

class DataDirInUseError extends EmbeddedPostgresError {}

export interface EmbeddedPostgres {
  address: DatabaseAddress;
  /** Stops the server; its open transactions are rolled back, its files stay. */
  stop(): Promise<void>;
}

/**
 * @param onLost called when the running server goes away without `stop()`.
 * @throws EmbeddedPostgresError with what to do about it.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  onLost: (error: Error) => void,
): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(dataDir);
  try {
    return await own(cluster, OWNER_TIMEOUT_MS, onLost);
  } catch (error) {
    await cluster.socket.remove();
    throw error;
  }
}

/**
 * For a command that does a little and goes: beside the running Curfew of the same
 * directory, or on a server that is started for it, and stopped by `stop()`.
 *
 * @throws EmbeddedPostgresError with what to do about it.
 */
export async function useEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(dataDir);
  try {
    return await own(cluster, 0, () => {});
  } catch (error) {
    if (error instanceof DataDirInUseError) return { address: cluster.address, stop: cluster.socket.remove };
    await cluster.socket.remove();
    throw error;
  }
}

interface Cluster {
  dataDir: string;
  address: DatabaseAddress;
  socket: { remove(): Promise<void> };
  server: ServerControl;
}

async function prepareCluster(dataDir: string): Promise<Cluster> {
  const binaries = await findBinaries().catch((cause) => {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  });
  const clusterDir = join(dataDir, 'postgres');
  assertSafePath(clusterDir);
  const owner = await findOwner();
  assertReachable(owner, [dataDir, dirname(binaries.postgres)]);
  await createCluster(clusterDir, binaries, owner);
  const socket = await openSocketPath(clusterDir);
  const address: DatabaseAddress = { host: socket.dir, user: USER, database: DATABASE };

  const server: ServerControl = {
    clusterDir,
    start: () =>
      run(
        binaries.pgCtl,
        ['start', '-D', clusterDir, '-l', join(clusterDir, LOG_NAME), '-w', '-t', '60', '-s'],
        { ...owner, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
      ),
    stop: () => stopPostmaster(clusterDir),
  };
  return { dataDir, address, socket, server };
}

/** @throws DataDirInUseError when another Curfew is the owner for longer than this. */
async function own(
  { dataDir, address, socket, server }: Cluster,
  patienceMs: number,
  onLost: (error: Error) => void,
): Promise<EmbeddedPostgres> {
  /** Null while another process may be the owner. */
  let ownership: pg.Client | null = null;
  let stopping = false;

  async function occupy(ownerPatienceMs = OWNER_TIMEOUT_MS): Promise<void> {
    const client = await untilOwned(address, server, dataDir, ownerPatienceMs);
    client.once('end', () => {
      ownership = null;
      // PostgreSQL restarts itself after the crash of one of its processes.
      if (!stopping) occupy().catch(onLost);
    });
    ownership = client;
  }

  await occupy(patienceMs);
  return {
    address,
    async stop() {
      stopping = true;
      try {
        if (ownership) await server.stop();
      } finally {
        await ownership?.end().catch(() => {});
        await socket.remove();
      }
    },
  };
}

interface ServerControl {
  clusterDir: string;
  start(): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Not by `pg_ctl stop`: that waits for the pid file to go, and would take the one
 * of a server that somebody else starts meanwhile for the one it stops.
 */
async function stopPostmaster(clusterDir: string): Promise<void> {
  const pid = await readPostmasterPid(clusterDir);
  if (pid === null) return;
  // SIGINT: fast. It can get stuck, such as while PostgreSQL recovers from the crash of a process of its own.
  // SIGQUIT: immediate. It never does, and loses nothing: the next start recovers.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if ((await readPostmasterPid(clusterDir)) !== pid) return;
      await sleep(RETRY_MS);
    }
  }
  throw new EmbeddedPostgresError(`The embedded PostgreSQL (process ${pid}) does not stop.`);
}

/** Null when no server runs, or is on its way out. */
async function readPostmasterPid(clusterDir: string): Promise<number | null> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

/** A lost connection is seen by the query that is under way, or by `end`. */
async function connect(address: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: 5000, keepAlive: true });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Another Curfew may stop the server while we look at it; then we start it again. */
async function untilOwned(
  address: DatabaseAddress,
  server: ServerControl,
  dataDir: string,
  ownerPatienceMs: number,
): Promise<pg.Client> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (true) {
    try {
      await untilRunning(address, server);
      await createDatabase(address);
      return await takeOwnership(address, dataDir, ownerPatienceMs);
    } catch (error) {
      if (error instanceof EmbeddedPostgresError || Date.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}

async function untilRunning(address: DatabaseAddress, server: ServerControl): Promise<void> {
  const { clusterDir } = server;
  // There while a server runs or is on its way out.
  const pidFile = join(clusterDir, 'postmaster.pid');
  const deadline = Date.now() + START_TIMEOUT_MS;
  let stuckAt = Date.now() + STOP_TIMEOUT_MS;
  let failure: unknown;
  while (Date.now() < deadline) {
    const state = await probe(address);
    if (state === 'ready') return;
    if (state === 'absent') {
      // It fails when another start is quicker, or the last stop is still under
      // way; only one that goes on failing is a fault.
      failure = await server.start().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined && !(await exists(pidFile))) break;
    }
    if (state === 'stopping' && Date.now() > stuckAt) {
      stuckAt = deadline;
      await server.stop();
    }
    await sleep(RETRY_MS);
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL did not start. Its log ends with:\n${await tail(join(clusterDir, LOG_NAME))}`,
    { cause: failure },
  );
}

async function probe(address: DatabaseAddress): Promise<'ready' | 'starting' | 'stopping' | 'absent'> {
  try {
    const client = await connect({ ...address, database: 'postgres' });
    await client.end();
    return 'ready';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== '57P03') return 'absent';
    return message.includes('shutting down') ? 'stopping' : 'starting';
  }
}

async function createDatabase(address: DatabaseAddress): Promise<void> {
  const client = await connect({ ...address, database: 'postgres' });
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Another start is just making it.
    if (code !== '42P04' && code !== '23505') throw error;
  } finally {
    await client.end();
  }
}

async function takeOwnership(
  address: DatabaseAddress,
  dataDir: string,
  patienceMs: number,
): Promise<pg.Client> {
  const client = await connect(address);
  const deadline = Date.now() + patienceMs;
  do {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      OWNER_LOCK,
    ]);
    if (rows[0]?.taken) return client;
    await sleep(RETRY_MS);
  } while (Date.now() < deadline);
  await client.end();
  throw new DataDirInUseError(
    `Another Curfew runs with the data directory ${dataDir}. Stop it, or give this one a directory of its own with CURFEW_DATA_DIR.`,
  );
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-10).join('\n');
}
