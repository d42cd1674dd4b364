/** Transactions that the database cancels, or whose connections it ends, at whatever moment: all of each, or nothing. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { RevokeSession, SignIn, SignUp } from '../operations.ts';
import { createDatabase, startTestServer } from '../server.ts';

const connectionString = await createDatabase();
const server = await startTestServer({
  DATABASE_URL: connectionString,
  LOG_LEVEL: 'silent',
  CURFEW_SESSION_LIMIT: '1000',
});
const other = new pg.Client({ connectionString });
await other.connect();
onCleanup(() => other.end());

const OURS = `datname = current_database() AND application_name = 'curfew' AND pid <> pg_backend_pid()`;

test.each(['pg_cancel_backend', 'pg_terminate_backend'])('by %s', async (interrupt) => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phones = await Promise.all(Array.from({ length: 9 }, () => signIn(server, email)));
  let isOver = false;
  const answers = Promise.all([
    ...Array.from({ length: 60 }, () =>
      send(server, SignUp, { input: { email: newEmail(), password: PASSWORD, delivery: 'BEARER' } }),
    ),
    ...Array.from({ length: 60 }, () =>
      send(server, SignIn, { input: { email, password: PASSWORD, delivery: 'BEARER' } }),
    ),
    ...phones.map(({ sessionId }) => laptop.send(RevokeSession, { id: sessionId })),
  ]).finally(() => {
    isOver = true;
  });
  let interrupted = 0;
  while (!isOver) {
    const { rows } = await other.query(
      `SELECT ${interrupt}(pid) FROM pg_stat_activity WHERE ${OURS} AND state <> 'idle' ORDER BY random() LIMIT 1`,
    );
    interrupted += rows.length;
  }
  expect(interrupted).toBeGreaterThan(5);
  const codes = (await answers)
    .flatMap(({ errors }) => errors ?? [])
    .map(({ extensions }) => extensions?.['code']);
  expect(new Set(codes)).toEqual(new Set(['SERVICE_UNAVAILABLE']));
  const { rows } = await other.query(`
    SELECT
      (SELECT count(*)::int FROM users u WHERE NOT EXISTS (SELECT FROM sessions WHERE user_id = u.id)) AS "withoutSession",
      (SELECT count(*)::int FROM users u WHERE 1 <> (
        SELECT count(*) FROM audit_events WHERE user_id = u.id AND type = 'SIGNED_UP')) AS "withoutSignUp",
      (SELECT count(*)::int FROM sessions s WHERE 1 <> (
        SELECT count(*) FROM audit_events WHERE session_id = s.id AND type = 'SESSION_STARTED')) AS "withoutStart",
      (SELECT count(*)::int FROM sessions s WHERE (s.ended_at IS NOT NULL)::int <> (
        SELECT count(*) FROM audit_events WHERE session_id = s.id AND type = 'SESSION_ENDED')) AS "withoutEnd",
      (SELECT count(*)::int FROM pg_stat_activity WHERE ${OURS} AND state LIKE 'idle in transaction%') AS open`);
  expect(rows).toEqual([{ withoutSession: 0, withoutSignUp: 0, withoutStart: 0, withoutEnd: 0, open: 0 }]);
  await signIn(server, email);
});
