/** The migrations: applied once, by whoever comes first, and what the database then holds itself. */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { MigrationError, migrate } from '../../src/db/migrate.ts';
import { onCleanup } from '../cleanup.ts';
import { createDatabase } from '../server.ts';

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);
const names = readdirSync(MIGRATIONS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onCleanup(() => client.end());
  return client;
}

/** An empty database, and a connection to it. */
async function createEmpty() {
  const connectionString = await createDatabase('template1');
  return { address: { connectionString }, client: await connect(connectionString) };
}

describe('migrating', () => {
  test('at once from several processes applies everything once, and all come up', async () => {
    const { address, client } = await createEmpty();
    const applied = await Promise.all([migrate(address), migrate(address), migrate(address)]);
    expect(applied.flat().sort()).toEqual(names);
    const { rows } = await client.query('SELECT migration_name FROM _prisma_migrations ORDER BY 1');
    expect(rows.map((row) => row.migration_name)).toEqual(names);
  });

  test('again applies nothing', async () => {
    const { address } = await createEmpty();
    expect(await migrate(address)).toEqual(names);
    expect(await migrate(address)).toEqual([]);
  });

  test('is written down as `prisma migrate deploy` does', async () => {
    const { address, client } = await createEmpty();
    await migrate(address);
    const columns = await client.query(`
      SELECT column_name AS name, data_type AS type, character_maximum_length AS length, is_nullable AS nullable
      FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`);
    expect(columns.rows).toEqual([
      { name: 'id', type: 'character varying', length: 36, nullable: 'NO' },
      { name: 'checksum', type: 'character varying', length: 64, nullable: 'NO' },
      { name: 'finished_at', type: 'timestamp with time zone', length: null, nullable: 'YES' },
      { name: 'migration_name', type: 'character varying', length: 255, nullable: 'NO' },
      { name: 'logs', type: 'text', length: null, nullable: 'YES' },
      { name: 'rolled_back_at', type: 'timestamp with time zone', length: null, nullable: 'YES' },
      { name: 'started_at', type: 'timestamp with time zone', length: null, nullable: 'NO' },
      { name: 'applied_steps_count', type: 'integer', length: null, nullable: 'NO' },
    ]);
    const { rows } = await client.query('SELECT * FROM _prisma_migrations ORDER BY migration_name');
    const expected = names.map((name) => ({
      checksum: createHash('sha256')
        .update(readFileSync(new URL(`${name}/migration.sql`, MIGRATIONS)))
        .digest('hex'),
      migration_name: name,
      finished_at: expect.any(Date),
      rolled_back_at: null,
      applied_steps_count: 1,
    }));
    expect(rows).toMatchObject(expected);
  });

  test('passes over an index that was built before, without holding writes up', async () => {
    const { address, client } = await createEmpty();
    await migrate(address);
    const name = names.find((migration) => migration.endsWith('_sessions_by_device'));
    await client.query('DROP INDEX sessions_user_id_device_id_idx');
    await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1', [name]);
    const docs = readFileSync(new URL('../../docs/running-more-than-one.md', import.meta.url), 'utf8');
    const [, sql] = /```sql\n(CREATE INDEX CONCURRENTLY[^;]*;)\n```/.exec(docs) ?? [];
    const definition = "SELECT indexdef FROM pg_indexes WHERE indexname = 'sessions_user_id_device_id_idx'";
    await client.query(sql ?? '');
    const built = await client.query(definition);
    expect(await migrate(address)).toEqual([name]);
    await client.query('DROP INDEX sessions_user_id_device_id_idx');
    await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1', [name]);
    await migrate(address);
    expect((await client.query(definition)).rows).toEqual(built.rows);
  });

  test('minds no limits of the role, which are for requests', async () => {
    const { address, client } = await createEmpty();
    await client.query(
      `ALTER ROLE CURRENT_USER IN DATABASE ${client.database} SET statement_timeout = '300ms'`,
    );
    await client.query('SELECT pg_advisory_lock(72707369)');
    const migrating = migrate(address);
    await client.query('SELECT pg_sleep(0.6)');
    await client.query('SELECT pg_advisory_unlock(72707369)');
    expect(await migrating).toEqual(names);
  });

  test('leaves no lock with its connection, which a pooler would hand on', async () => {
    const { address } = await createEmpty();
    const held = vi.fn();
    const { end: endForGood } = pg.Client.prototype;
    const end = vi.spyOn(pg.Client.prototype, 'end').mockImplementation(async function (this: pg.Client) {
      const { rows } = await this.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
      );
      held(rows.length);
      await (endForGood as () => Promise<void>).call(this);
    });
    await migrate(address);
    end.mockRestore();
    expect(held).toHaveBeenCalledExactlyOnceWith(0);
  });

  test('waits for another tool that holds Prisma’s lock', async () => {
    const { address, client } = await createEmpty();
    await client.query('SELECT pg_advisory_lock(72707369)');
    const migrated = migrate(address);
    await expect
      .poll(async () => {
        const { rows } = await client.query(
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 72707369 AND NOT granted",
        );
        return rows.length;
      })
      .toBe(1);
    await client.query('SELECT pg_advisory_unlock(72707369)');
    expect(await migrated).toEqual(names);
  });

  test('stops at a migration that another tool left half done, and says which', async () => {
    const { address, client } = await createEmpty();
    await migrate(address);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '20990101000000_half')",
    );
    await expect(migrate(address)).rejects.toThrow(MigrationError);
    await expect(migrate(address)).rejects.toThrow(
      /20990101000000_half was begun .* npx prisma migrate resolve/,
    );
    await client.query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'");
    expect(await migrate(address)).toEqual([]);
  });

  test('that fails leaves nothing behind, and works once its cause is gone', async () => {
    const { address, client } = await createEmpty();
    // In the way of the first migration, somewhere in its middle.
    await client.query('CREATE TABLE audit_events ()');
    await expect(migrate(address)).rejects.toThrow(
      /^The migration .* failed: .*"audit_events" already exists/,
    );
    const left = await client.query("SELECT to_regclass('users') AS users, to_regtype('role') AS role");
    expect(left.rows).toEqual([{ users: null, role: null }]);
    await client.query('DROP TABLE audit_events');
    expect(await migrate(address)).toEqual(names);
  });
});

describe('the database itself', () => {
  async function createMigrated() {
    const client = await connect(await createDatabase());
    const userId = randomUUID();
    const addUser = (email: string, id = randomUUID()) =>
      client.query("INSERT INTO users (id, email, password_hash, created_at) VALUES ($1, $2, '', now())", [
        id,
        email,
      ]);
    const addSession = (columns: Record<string, unknown> = {}) => {
      const now = new Date();
      const row = {
        ...{ id: randomUUID(), user_id: userId, kind: 'API', secret_hash: Buffer.alloc(32), created_at: now },
        ...{ last_active_at: now, confirmed_at: now, expires_at: now, ...columns },
      };
      const places = Object.keys(row).map((_, index) => `$${index + 1}`);
      return client.query(
        `INSERT INTO sessions (${Object.keys(row)}) VALUES (${places})`,
        Object.values(row),
      );
    };
    await addUser('ada@example.com', userId);
    return { client, userId, addUser, addSession };
  }

  test('keeps one spelling of an email, and one user of it', async () => {
    const { addUser } = await createMigrated();
    await expect(addUser('Ada@example.com')).rejects.toThrow('users_email_lower_case');
    await expect(addUser('ada@example.com')).rejects.toThrow('users_email_key');
  });

  test('keeps no secret that is not a SHA-256', async () => {
    const { addSession } = await createMigrated();
    await addSession();
    for (const length of [0, 31, 33]) {
      await expect(addSession({ secret_hash: Buffer.alloc(length) })).rejects.toThrow('secret_hash_sha256');
    }
  });

  test('ends no session without a reason, and gives none to a live one', async () => {
    const { addSession } = await createMigrated();
    await expect(addSession({ ended_at: new Date() })).rejects.toThrow('sessions_ended_with_reason');
    await expect(addSession({ end_reason: 'IDLE' })).rejects.toThrow('sessions_ended_with_reason');
    await addSession({ ended_at: new Date(), end_reason: 'IDLE' });
  });

  test('rewrites no audit event, and keeps those of a user who is deleted', async () => {
    const { client, userId } = await createMigrated();
    await client.query(
      "INSERT INTO audit_events (id, type, user_id, occurred_at) VALUES ($1, 'SIGNED_UP', $2, now())",
      [randomUUID(), userId],
    );
    for (const change of ["type = 'IP_CHANGED'", 'user_id = NULL', 'occurred_at = now()']) {
      await expect(client.query(`UPDATE audit_events SET ${change}`)).rejects.toThrow('append-only');
    }
    await client.query('DELETE FROM users');
    expect((await client.query('SELECT FROM audit_events')).rowCount).toBe(1);
  });

  test('deletes an audit event for retention alone, and only when it is old enough', async () => {
    const { client, userId } = await createMigrated();
    const insert = (at: string) =>
      client.query(
        "INSERT INTO audit_events (id, type, user_id, occurred_at) VALUES ($1, 'SIGNED_UP', $2, $3)",
        [randomUUID(), userId, at],
      );
    await insert('2025-01-01T00:00:00Z');
    await insert('2026-01-01T00:00:00Z');
    const remove = (until: string | null) =>
      client.query(`BEGIN; ${until === null ? '' : `SELECT set_config('curfew.audit_retention', '${until}', true);`}
        DELETE FROM audit_events WHERE occurred_at < '2025-06-01'; COMMIT`);
    for (const until of [null, '', '2025-01-01T00:00:00Z']) {
      await expect(remove(until)).rejects.toThrow('append-only');
      await client.query('ROLLBACK');
    }
    await remove('2025-06-01T00:00:00Z');
    expect((await client.query('SELECT FROM audit_events')).rowCount).toBe(1);
    await expect(client.query('DELETE FROM audit_events')).rejects.toThrow('append-only');
    await expect(client.query('TRUNCATE audit_events')).rejects.toThrow('append-only');
  });

  test('lets retention do no more than delete what is old, and nobody after it', async () => {
    const { client, userId } = await createMigrated();
    await client.query(
      "INSERT INTO audit_events (id, type, user_id, occurred_at) VALUES ($1, 'SIGNED_UP', $3, '2025-01-01'), ($2, 'SIGNED_UP', $3, now())",
      [randomUUID(), randomUUID(), userId],
    );
    const begin = "BEGIN; SELECT set_config('curfew.audit_retention', '2025-06-01T00:00:00Z', true);";
    for (const statement of [
      "UPDATE audit_events SET type = 'IP_CHANGED'",
      'TRUNCATE audit_events',
      // One that is young keeps the others with it.
      'DELETE FROM audit_events',
    ]) {
      await expect(client.query(`${begin} ${statement}`)).rejects.toThrow('append-only');
      await client.query('ROLLBACK');
    }
    await client.query(`${begin} COMMIT`);
    const old = "DELETE FROM audit_events WHERE occurred_at < '2025-06-01'";
    await expect(client.query(old)).rejects.toThrow('append-only');
    expect((await client.query('SELECT FROM audit_events')).rowCount).toBe(2);
  });
});
