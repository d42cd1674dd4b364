/** What the `curfew` command does besides starting a server: as people run it, beside a server and without one. */
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { openShop } from './administration/askers.ts';
import { onCleanup } from './cleanup.ts';
import { newEmail, signUp } from './device.ts';
import { run, startProcess } from './fleet.ts';
import { EndAllSessions, StartSession, Users } from './operations.ts';
import { createDatabase } from './server.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Runs it to its end. */
async function curfew(settings: Record<string, string>, ...args: string[]) {
  const running = run(settings, args);
  const code = await running.exited;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

const done = (stdout: string) => ({ code: 0, stdout: `${stdout}\n`, stderr: '' });
const failed = (stderr: string) => ({ code: 1, stdout: '', stderr: `${stderr}\n` });

async function createDataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-command-'));
  onCleanup(() => rm(dir, { recursive: true, force: true }));
  // As root, PostgreSQL runs as another user, who must get in.
  await chmod(dir, 0o711);
  return dir;
}

describe('asked for', () => {
  test.each([['--help'], ['-h'], ['help']])('%s, it says what there is', async (arg) => {
    const { code, stdout, stderr } = await curfew({}, arg);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['start', 'admin grant', 'admin revoke', 'admin list', 'service-key']) {
      expect(stdout).toContain(`  ${command} `);
    }
  });

  test('its version, it says that', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await curfew({}, '--version')).toEqual(done(version));
  });

  test.each([
    ['serve'],
    ['start', 'now'],
    ['admin'],
    ['admin', 'grant'],
    ['admin', 'grant', 'a@example.com', 'b@example.com'],
    ['admin', 'promote', 'a@example.com'],
    ['admin', 'list', 'all'],
    ['service-key'],
    ['service-key', 'a', 'b'],
    ['--help', 'me'],
  ])('what there is not (%s %s), it says what there is, and exits with 2', async (...args) => {
    const given = args.filter((arg) => typeof arg === 'string');
    const { code, stdout, stderr } = await curfew({}, ...given);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^There is no command “curfew ${given.join(' ')}”\\.\n\nUsage: curfew`),
    );
  });
});

test('an account becomes an administrator beside the running server, and is one with its next request', async () => {
  const DATABASE_URL = await createDatabase();
  const server = await startProcess({ DATABASE_URL });
  const settings = { DATABASE_URL };
  const email = newEmail();
  const device = await signUp(server, email);
  const mayAct = async () => {
    const { errors } = await device.send(Users, {});
    return errors?.[0]?.extensions?.['code'] ?? 'yes';
  };
  expect(await mayAct()).toBe('FORBIDDEN');
  const { code, stdout, stderr } = await curfew(settings, 'admin', 'list');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('There is no administrator.');

  const spelled = email.toUpperCase();
  expect(await curfew(settings, 'admin', 'grant', spelled)).toEqual(
    done(`${spelled} is an administrator now.`),
  );
  expect(await mayAct()).toBe('yes');
  expect(await curfew(settings, 'admin', 'grant', email)).toEqual(
    done(`${email} is an administrator already.`),
  );
  expect(await curfew(settings, 'admin', 'list')).toEqual(done(email));
  expect(await curfew(settings, 'admin', 'revoke', email)).toEqual(
    done(`${email} is no administrator any more.`),
  );
  expect(await mayAct()).toBe('FORBIDDEN');
  const { errors } = await device.send(EndAllSessions, { keepCurrent: true });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await curfew(settings, 'admin', 'revoke', email)).toEqual(done(`${email} is no administrator.`));

  const database = new pg.Client({ connectionString: DATABASE_URL });
  await database.connect();
  onCleanup(() => database.end());
  const { rows } = await database.query(
    `SELECT e.actor_kind AS actor, e.actor_id AS "actorId", e.details->>'role' AS role, u.email
     FROM audit_events e JOIN users u ON u.id = e.user_id WHERE e.type = 'ROLE_CHANGED' ORDER BY e.id`,
  );
  expect(rows).toEqual([
    { actor: 'SYSTEM', actorId: null, role: 'ADMIN', email },
    { actor: 'SYSTEM', actorId: null, role: 'USER', email },
  ]);
});

test('the embedded PostgreSQL serves a command beside a server, and without one is started for it', async () => {
  const settings = { CURFEW_DATA_DIR: await createDataDir() };
  const pidFile = join(settings.CURFEW_DATA_DIR, 'postgres', 'postmaster.pid');
  const unknown = failed(
    'Nobody signs in here as ada@example.com. Sign up with this email first, then try again.',
  );
  // On a directory that has never been used.
  expect(await curfew(settings, 'admin', 'grant', 'ada@example.com')).toEqual(unknown);
  expect(existsSync(pidFile)).toBe(false);

  const server = await startProcess({ ...settings, DATABASE_URL: '' });
  const device = await signUp(server, 'ada@example.com');
  expect(await curfew(settings, 'admin', 'grant', 'ada@example.com')).toEqual(
    done('ada@example.com is an administrator now.'),
  );
  // The server and its database are as they were.
  expect((await device.ask(Users, {})).users.nodes).toMatchObject([
    { email: 'ada@example.com', role: 'ADMIN' },
  ]);
  expect(await server.stop()).toBe(0);
  expect(existsSync(pidFile)).toBe(false);

  expect(await curfew(settings, 'admin', 'list')).toEqual(done('ada@example.com'));
  expect(existsSync(pidFile)).toBe(false);
});

test('what it can’t do it says in a line, without a stack or a secret', async () => {
  expect(await curfew({ DATABASE_URL: await createDatabase() }, 'admin', 'grant', 'ada')).toEqual(
    failed('That was not done: This is not an email address, such as ada@example.com.'),
  );
  const unreachable = { DATABASE_URL: 'postgresql://curfew:hunter2@127.0.0.1:1/curfew' };
  expect(await curfew(unreachable, 'admin', 'list')).toEqual(
    failed(
      'That was not done: DATABASE_URL: the database can’t be used (connect ECONNREFUSED 127.0.0.1:1). Set it to one that can, such as postgresql://user:password@localhost:5432/curfew',
    ),
  );
  const wrong = await curfew({ PORT: 'x' }, 'admin', 'list');
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toMatch(/^Curfew can’t start with these settings:\n\n {2}PORT: .*\n$/);
});

describe('a service key', () => {
  test('is printed once with the setting that makes it good, and needs no settings', async () => {
    const first = await curfew({ PORT: 'nonsense' }, 'service-key', 'shop.back-end_1');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const [key = ''] = /cfs_[\w-]{43}$/m.exec(first.stdout) ?? [];
    const [, setting = ''] = /CURFEW_SERVICE_KEYS=(\S+)$/m.exec(first.stdout) ?? [];
    expect(setting).toBe(`shop.back-end_1:${hash('sha256', key, 'hex')}`);
    const second = await curfew({}, 'service-key', 'shop.back-end_1');
    expect(second.stdout).not.toContain(key);

    const server = await startProcess({ CURFEW_SERVICE_KEYS: setting });
    const input = { userExternalId: 'ada' };
    const { startSession } = await openShop(server, key).ask(StartSession, { input });
    expect(startSession.__typename).toBe('StartSessionSuccess');
  });

  test.each(['', 'a b', 'a:b', 'a,b', 'ä', 'x'.repeat(65)])('has no such name as “%s”', async (name) => {
    const refused = await curfew({}, 'service-key', name);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('1 to 64 letters, digits or the characters _ . -');
  });
});
