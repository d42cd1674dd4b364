/** What the database, or its role, is set to otherwise than by default changes nothing of what is kept and told. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { MySessions, RevokeSession, SignIn } from '../operations.ts';
import { createDatabase, MINUTE, startTestServer } from '../server.ts';

/** A database of which every new connection begins with these. */
async function createDatabaseWith(settings: Record<string, string>): Promise<string> {
  const connectionString = await createDatabase();
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (const [name, value] of Object.entries(settings)) {
    await client.query(`ALTER DATABASE ${client.database} SET ${name} = ${client.escapeLiteral(value)}`);
  }
  await client.end();
  return connectionString;
}

test.each([
  { TimeZone: 'America/New_York' },
  { TimeZone: 'Asia/Kathmandu' },
  { DateStyle: 'German, DMY' },
  { DateStyle: 'SQL, MDY', TimeZone: 'Asia/Tokyo' },
  { bytea_output: 'escape', extra_float_digits: '-5' },
])('instants and secrets are what they are under %o', async (settings) => {
  const server = await startTestServer({ DATABASE_URL: await createDatabaseWith(settings) });
  const isNow = (at: unknown) => Math.abs(new Date(String(at)).getTime() - Date.now()) < MINUTE;
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  // Read by whatever way there is: from its row, with its account, in a list, and by Prisma.
  server.core.memory.doubt(server.core.memory.sessions().map(({ id }) => id));
  const { mySessions } = await laptop.ask(MySessions);
  expect(mySessions?.nodes.map(({ createdAt }) => isNow(createdAt))).toEqual([true, true]);
  const revoked = await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(revoked.revokeSession).toMatchObject({ session: { endReason: 'REVOKED' } });
  const ended = await laptop.ask(MySessions, { status: 'ENDED' });
  expect(ended.mySessions?.nodes.map(({ endedAt }) => isNow(endedAt))).toEqual([true]);
  const { db } = server.core;
  const [rows, users, events] = [
    await db.session.findMany(),
    await db.user.findMany(),
    await db.auditEvent.findMany(),
  ];
  const instants = [
    ...rows.flatMap((row) => [row.createdAt, row.lastActiveAt, ...(row.endedAt ? [row.endedAt] : [])]),
    ...users.map((row) => row.createdAt),
    ...events.map((row) => row.occurredAt),
  ];
  expect(instants.filter((at) => !isNow(at))).toEqual([]);
  expect((await phone.ask(MySessions).catch(() => null))?.mySessions ?? null).toBeNull();
});

test('a limit holds where transactions see by default what was there when they began', async () => {
  const limit = 3;
  const settings = { default_transaction_isolation: 'repeatable read' };
  const server = await startTestServer({
    DATABASE_URL: await createDatabaseWith(settings),
    CURFEW_SESSION_LIMIT: String(limit),
  });
  const email = newEmail();
  await signUp(server, email);
  const input = { email, password: PASSWORD, delivery: 'BEARER' as const };
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(server, SignIn, { input })));
  expect(answers.map(({ data }) => data?.signIn.__typename)).toEqual(answers.map(() => 'SignInSuccess'));
  const where = { user: { email }, endedAt: null, kind: 'API' as const };
  expect(await server.core.db.session.count({ where })).toBe(limit);
});
