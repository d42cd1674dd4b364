/**
 * The files of the embedded PostgreSQL: the cluster under the data directory,
 * who owns it, and the way to its socket.
 */
import { execFile, spawnSync } from 'node:child_process';
import { access, chmod, chown, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './embedded-binaries.ts';

export const run = promisify(execFile);

export const USER = 'curfew';

/** The shortest `sun_path` among the systems that we run on (macOS), less its NUL. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = '.s.PGSQL.5432';

export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

/** PostgreSQL refuses to run as root; then it runs as the system user `postgres`. */
export interface Owner {
  uid?: number;
  gid?: number;
}

/** What `pg_ctl` hands to a shell, within double quotes. */
const UNSAFE_PATH = /["$`\\\n]/;

/** @throws EmbeddedPostgresError for a path that can't safely be handed on. */
export function assertSafePath(path: string): void {
  if (!UNSAFE_PATH.test(path)) return;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL can't live in ${path}: its path has one of the characters " $ \` \\. Set CURFEW_DATA_DIR to another, or DATABASE_URL.`,
  );
}

export async function findOwner(): Promise<Owner> {
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
export function assertReachable(owner: Owner, dirs: string[]): void {
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
export async function createCluster(clusterDir: string, binaries: Binaries, owner: Owner): Promise<void> {
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
  await assertOwner(clusterDir, owner);
  await assertVersion(clusterDir, binaries);
}

async function assertOwner(clusterDir: string, owner: Owner): Promise<void> {
  const { uid } = await stat(clusterDir);
  if (uid === (owner.uid ?? process.getuid?.())) return;
  throw new EmbeddedPostgresError(
    `${clusterDir} belongs to another user (uid ${uid}). Start Curfew as that user, or set CURFEW_DATA_DIR to a directory of your own.`,
  );
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
export async function openSocketPath(clusterDir: string): Promise<{ dir: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(join(clusterDir, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES) {
    return { dir: clusterDir, remove: async () => {} };
  }
  const dir = await mkdtemp(join(tmpdir(), 'curfew-'));
  await symlink(clusterDir, join(dir, 'pg'));
  return { dir: join(dir, 'pg'), remove: () => rm(dir, { recursive: true, force: true }) };
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
