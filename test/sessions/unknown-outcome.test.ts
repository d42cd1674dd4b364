/** The database is away at the worst moment: what was ended stays ended, and everybody else goes on. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { startProxy } from '../db/proxy.ts';
import { newEmail, signIn, signUp } from '../device.ts';
import { closeOf, openSocket } from '../live/listen.ts';
import { MySessions, RevokeSession, SignOut, Viewer } from '../operations.ts';
import { createDatabase, startTestServer } from '../server.ts';

/** Guarantee: nobody accepts a revoked token, or keeps its socket, for longer. */
const STALENESS = { timeout: 3000, interval: 20 };

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onCleanup(() => client.end());
  return client;
}

test.each(['with the connection', 'in silence'] as const)(
  'a revocation whose commit is answered %s has its effect at once, on tokens and on sockets',
  async (how) => {
    const proxy = await startProxy();
    const server = await startTestServer({ DATABASE_URL: proxy.databaseUrl });
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    const closed = closeOf(await openSocket(server, phone));
    proxy.loseNextCommit(how);
    const revocation = laptop.send(RevokeSession, { id: phone.sessionId });
    await vi.waitFor(async () => expect((await phone.ask(Viewer)).viewer).toBeNull(), STALENESS);
    const tooLate = new Promise((resolve) => setTimeout(resolve, STALENESS.timeout, 'too late'));
    expect(await Promise.race([closed, tooLate])).toEqual({ code: 4403, reason: 'REVOKED' });
    const { errors } = await revocation;
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    expect((await phone.ask(Viewer)).viewer).toBeNull();
    expect((await laptop.ask(Viewer)).viewer).not.toBeNull();
  },
  40_000,
);

test('a user’s row that somebody else holds does not keep others waiting for long', async () => {
  const databaseUrl = await createDatabase();
  const server = await startTestServer({ DATABASE_URL: databaseUrl });
  const email = newEmail();
  const devices = [await signUp(server, email)];
  while (devices.length < 10) devices.push(await signIn(server, email));
  const other = await signUp(server);
  const holder = await connect(databaseUrl);
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM users WHERE email = $1 FOR UPDATE', [email]);
  const stuck = devices.map((device) => device.send(SignOut));
  await vi.waitFor(async () => {
    const { rows } = await holder.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
    expect(rows).not.toEqual([]);
  }, STALENESS);
  expect((await other.send(MySessions, {})).errors).toBeUndefined();
  for (const { errors } of await Promise.all(stuck)) {
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
  }
  await holder.query('ROLLBACK');
  expect((await devices[0]?.ask(SignOut))?.signOut.session.status).toBe('ENDED');
}, 40_000);

test('connections that the database ends, under load, end no process', async () => {
  const databaseUrl = await createDatabase();
  const server = await startTestServer({ DATABASE_URL: databaseUrl, CURFEW_SESSION_LIMIT: '1000' });
  const device = await signUp(server);
  const killer = await connect(databaseUrl);
  let busy = true;
  const load = Array.from({ length: 6 }, async () => {
    while (busy) await device.send(RevokeSession, { id: 'none' }).then(() => device.send(MySessions, {}));
  });
  for (let kills = 0; kills < 100; ) {
    const { rowCount } = await killer.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'curfew' AND datname = current_database() LIMIT 1`,
    );
    kills += rowCount ?? 0;
  }
  busy = false;
  await Promise.all(load);
  await vi.waitFor(async () => expect((await device.send(MySessions, {})).errors).toBeUndefined());
}, 40_000);
