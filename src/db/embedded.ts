/**
 * A real PostgreSQL of our own, for when no DATABASE_URL is given: a cluster in
 * `<data dir>/postgres`, reached over a Unix socket in that directory, which
 * only its owner may enter. Nothing listens on the network.
 *
 * The server process outlives ours when we are killed; the next start finds it
 * running and takes it over. An advisory lock held for our whole life keeps a
 * second Curfew out of the same data directory, and vanishes with us.
 */
import { execFile, spawnSync } from 'node:child_process';
import { access, chmod, chown, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { DatabaseAddress } from './client.ts';
import { type Binaries, findBinaries } from './embedded-binaries.ts';

const run = promisify(execFile);

const USER = 'curfew';
const DATABASE = 'curfew';

/** Advisory lock (“CURF” in ASCII) that the data directory's one owner holds. */
const OWNER_LOCK = 0x43555246;

const START_TIMEOUT_MS = 60_000;
/** The lock of a killed owner is gone once its PostgreSQL sees the closed socket. */
const OWNER_TIMEOUT_MS = 3000;
const RETRY_MS = 50;

/** The shortest `sun_path` among the systems that we run on (macOS), less its NUL. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = '.s.PGSQL.5432';
const LOG_NAME = 'server.log';

export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

export interface EmbeddedPostgres {
  address: DatabaseAddress;
  /** Stops the server; its open transactions are rolled back, its files stay. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; then it runs as the system user `postgres`. */
interface Owner {
  uid?: number;
  gid?: number;
}

/**
 * @param onLost called when the running server goes away without `stop()`.
 * @throws EmbeddedPostgresError with what to do about it.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  onLost: (error: Error) => void,
): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries().catch((cause) => {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  });
  const owner = await findOwner();
  await mkdir(dataDir, { recursive: true, mode: owner.uid === undefined ? 0o700 : 0o711 });
  assertReachable(owner, [dataDir, dirname(binaries.postgres)]);

  const clusterDir = join(dataDir, 'postgres');
  await createCluster(clusterDir, binaries, owner);
  const socket = await openSocketPath(clusterDir);
  const address: DatabaseAddress = { host: socket.dir, user: USER, database: DATABASE };

  const stopServer = () =>
    run(binaries.pgCtl, ['stop', '-D', clusterDir, '-m', 'fast', '-w'], { ...owner, cwd: '/' });
  const startServer = () =>
    run(
      binaries.pgCtl,
      ['start', '-D', clusterDir, '-l', join(clusterDir, LOG_NAME), '-w', '-t', '60', '-s'],
      { ...owner, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
    );

  try {
    await untilRunning(address, startServer, clusterDir);
    await createDatabase(address);
    const ownership = await takeOwnership(address, dataDir);
    let stopping = false;
    ownership.on('error', (error) => {
      if (!stopping) onLost(error);
    });
    return {
      address,
      async stop() {
        stopping = true;
        await stopServer();
        await ownership.end().catch(() => {});
        await socket.remove();
      },
    };
  } catch (error) {
    await socket.remove();
    throw error;
  }
}

async function findOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const existing = await lookUpPostgresUser();
  if (existing) return existing;
  const created = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'postgres',
  ]);
  const owner = created.status === 0 ? await lookUpPostgresUser() : null;
  if (owner) return owner;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and a system user “postgres” to run it could not be made. Start Curfew as another user, or set DATABASE_URL.',
  );
}

async function lookUpPostgresUser(): Promise<Owner | null> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd);
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : null;
}

/** As root: the other user must be able to enter every directory on the way. */
function assertReachable(owner: Owner, dirs: string[]): void {
  if (owner.uid === undefined) return;
  for (const dir of dirs) {
    const { status } = spawnSync('test', ['-x', dir], { ...owner, cwd: '/' });
    if (status === 0) continue;
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, so it runs as the user “postgres”, who can't enter ${dir}. Make its parent directories enterable (chmod o+x), start Curfew as another user or from another directory, or set DATABASE_URL.`,
    );
  }
}

/** Made beside its place and moved there when whole, so that a cluster is never half made. */
async function createCluster(clusterDir: string, binaries: Binaries, owner: Owner): Promise<void> {
  if (!(await exists(clusterDir))) {
    const newDir = await mkdtemp(`${clusterDir}.new-`);
    await chmod(newDir, 0o700);
    if (owner.uid !== undefined && owner.gid !== undefined) await chown(newDir, owner.uid, owner.gid);
    try {
      await run(
        binaries.initdb,
        [
          `--pgdata=${newDir}`,
          `--username=${USER}`,
          '--encoding=UTF8',
          '--locale=C',
          '--auth-local=trust',
          '--auth-host=reject',
          '--set=listen_addresses=',
          '--set=unix_socket_directories=.',
          '--set=unix_socket_permissions=0700',
        ],
        { ...owner, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
      );
      await rename(newDir, clusterDir);
    } catch (cause) {
      await rm(newDir, { recursive: true, force: true });
      // Another start may have made it meanwhile; then theirs is as good.
      const code = (cause as NodeJS.ErrnoException).code;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') {
        throw new EmbeddedPostgresError(`The embedded PostgreSQL could not be set up in ${clusterDir}.`, {
          cause,
        });
      }
    }
  }
  await assertVersion(clusterDir, binaries);
}

async function assertVersion(clusterDir: string, binaries: Binaries): Promise<void> {
  const found = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const { stdout } = await run(binaries.postgres, ['--version']);
  const ours = /(\d+)\./.exec(stdout)?.[1] ?? '';
  if (found === ours) return;
  throw new EmbeddedPostgresError(
    found === ''
      ? `${clusterDir} is not a PostgreSQL data directory. Move it away, or set CURFEW_DATA_DIR.`
      : `${clusterDir} was made by PostgreSQL ${found}, and this Curfew brings PostgreSQL ${ours}. Move the data with pg_dump and psql, or set DATABASE_URL.`,
  );
}

/** The directory to connect through: the cluster's own, or a short way to it where its path is too long for a socket. */
async function openSocketPath(clusterDir: string): Promise<{ dir: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(join(clusterDir, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES) {
    return { dir: clusterDir, remove: async () => {} };
  }
  const dir = await mkdtemp(join(tmpdir(), 'curfew-'));
  await symlink(clusterDir, join(dir, 'pg'));
  return { dir: join(dir, 'pg'), remove: () => rm(dir, { recursive: true, force: true }) };
}

async function untilRunning(
  address: DatabaseAddress,
  startServer: () => Promise<unknown>,
  clusterDir: string,
): Promise<void> {
  // There while a server runs or is on its way out.
  const pidFile = join(clusterDir, 'postmaster.pid');
  const deadline = Date.now() + START_TIMEOUT_MS;
  let failure: unknown;
  while (Date.now() < deadline) {
    const state = await probe(address);
    if (state === 'ready') return;
    if (state === 'absent') {
      // It fails when another start is quicker, or the last stop is still under
      // way; only one that goes on failing is a fault.
      failure = await startServer().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined && !(await exists(pidFile))) break;
    }
    await sleep(RETRY_MS);
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL did not start. Its log ends with:\n${await tail(join(clusterDir, LOG_NAME))}`,
    { cause: failure },
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function probe(address: DatabaseAddress): Promise<'ready' | 'busy' | 'absent'> {
  const client = new pg.Client({ ...address, database: 'postgres', connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    // 57P03: starting up, recovering or shutting down.
    return (error as { code?: string }).code === '57P03' ? 'busy' : 'absent';
  } finally {
    await client.end().catch(() => {});
  }
}

async function createDatabase(address: DatabaseAddress): Promise<void> {
  const client = new pg.Client({ ...address, database: 'postgres' });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    // It exists, or another start is just making it.
    if (code !== '42P04' && code !== '23505') throw error;
  } finally {
    await client.end();
  }
}

async function takeOwnership(address: DatabaseAddress, dataDir: string): Promise<pg.Client> {
  const client = new pg.Client({ ...address, application_name: 'curfew owner', keepAlive: true });
  await client.connect();
  const deadline = Date.now() + OWNER_TIMEOUT_MS;
  do {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      OWNER_LOCK,
    ]);
    if (rows[0]?.taken) return client;
    await sleep(RETRY_MS);
  } while (Date.now() < deadline);
  await client.end();
  throw new EmbeddedPostgresError(
    `Another Curfew runs with the data directory ${dataDir}. Stop it, give this one its own with CURFEW_DATA_DIR, or let both use one database with DATABASE_URL.`,
  );
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-10).join('\n');
}
