/** Revoking, end to end. */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { betterAuthShot, makeBetterAuthPeople, startBetterAuth } from './better-auth.ts';
import { hold, type Peer, type Row, watchBusy } from './contest.ts';
import { pinned } from './cores.ts';
import { settle, withClient } from './database.ts';
import type { Cast } from './reads.ts';
import { progress } from './report.ts';
import type { RunningServer } from './server.ts';
import { fireAndCheck, graphqlShot, type Shot } from './shot.ts';
import { clear, type Stage, startOurs } from './stage.ts';

const run = promisify(execFile);

/** Laptops that revoke at once. */
const REVOKERS = 8;

/** Rates of requests that are all different: so many a round, as fast as they are answered. */
function rateOfEach(
  { loader }: Stage,
  name: string,
  server: RunningServer,
  given: { take(): Shot[]; probe: Shot; wanted: string[]; probeWanted: string[]; concurrency: number },
) {
  const { wanted, concurrency } = given;
  return {
    name,
    async check() {
      await fireAndCheck(given.probe, given.probeWanted);
    },
    async measure() {
      const shots = given.take();
      const work = () => loader.run('drain', { shots, wanted, concurrency });
      const { done, busy } = await watchBusy(server.pid, (tookMs) => tookMs / 1000, work);
      return { values: [(shots.length * 1000) / done], busy };
    },
  };
}

const REVOKE = 'mutation ($id: ID!) { revokeSession(id: $id) { __typename } }';

export async function benchRevocations(stage: Stage, { place, person, peerPerson }: Cast): Promise<Row[]> {
  const { plan, database, loader } = stage;
  const count = plan.revocations;
  const inAll = count * (plan.rounds + 1);
  const ours = await startOurs(stage, database);
  const auth = await startBetterAuth(stage, place, { cookieCache: false });
  const pairs = await database.makePairs(inAll);
  const people = await makeBetterAuthPeople(place, inAll, 2);
  // As a laptop is that has just looked at the list.
  await loader.run('drain', {
    shots: pairs.map(({ laptopAuthorization: authorization }) =>
      graphqlShot(ours.url, { authorization }, '{ currentSession { id } }'),
    ),
    wanted: ['"currentSession":{'],
    concurrency: REVOKERS,
  });
  const revocations = pairs.map(({ laptopAuthorization: authorization, phoneId: id }) =>
    graphqlShot(ours.url, { authorization }, REVOKE, { id }),
  );
  const theirs = people.map(({ cookie, tokens }) =>
    betterAuthShot(auth, 'revoke-session', cookie, { token: tokens[1] }),
  );
  const floor = await makePgbenchPeer(stage, inAll);
  const rows = await hold(
    {
      id: 'revoke',
      metrics: [{ name: 'revokeSession, end to end', unit: '/s' }],
      ours: rateOfEach(stage, 'Curfew', ours, {
        take: () => revocations.splice(0, count),
        wanted: ['"RevokeSessionSuccess"'],
        probe: graphqlShot(ours.url, { cookie: person.cookie }, '{ currentSession { id } }'),
        probeWanted: [`"id":"${person.sessionIds[0]}"`],
        concurrency: REVOKERS,
      }),
      peers: [
        {
          id: 'better-auth',
          ...rateOfEach(stage, 'better-auth revoke-session', auth.server, {
            take: () => theirs.splice(0, count),
            wanted: ['"status":true'],
            probe: betterAuthShot(auth, 'get-session', peerPerson.cookie),
            probeWanted: [peerPerson.email],
            concurrency: REVOKERS,
          }),
          goals: [3],
          unequal:
            'The peer deletes the row: no record of it, no lock, nobody is told, and no password is needed.',
        },
        ...(floor ? [floor] : []),
      ],
    },
    plan.rounds,
  );
  await clear(stage);
  return rows;
}

/** The statements of `revokeSession`, in its two round trips; by ids that say their number. */
const TRANSACTION = `
\\set n :n + 1
\\set number :base + :client_id * :each + :n
\\startpipeline
BEGIN;
SELECT id, email, external_id, contact_email, language, password_hash, role, disabled_at FROM users
  WHERE id = pgbench_id(0, :number) ORDER BY id FOR NO KEY UPDATE;
SELECT s.* FROM sessions s WHERE id = pgbench_id(1, :number);
SELECT s.* FROM sessions s WHERE id = pgbench_id(2, :number) AND user_id = pgbench_id(0, :number) FOR NO KEY UPDATE;
\\endpipeline
\\startpipeline
UPDATE sessions SET ended_at = now(), end_reason = 'REVOKED', ended_by_id = pgbench_id(1, :number)
  WHERE id = pgbench_id(2, :number);
INSERT INTO audit_events (id, type, user_id, session_id, actor_kind, actor_id, ip_address, user_agent, details, occurred_at)
  VALUES (pgbench_id(3, :number), 'SESSION_ENDED', pgbench_id(0, :number), pgbench_id(2, :number), 'USER',
          pgbench_id(0, :number), '127.0.0.1', 'bench', '{"reason": "REVOKED"}', now());
SELECT pg_notify('curfew', json_build_object('v', 0, 'type', 'ended', 'userId', pgbench_id(0, :number),
  'reason', 'REVOKED', 'endedAt', 0, 'sessionIds', ARRAY[pgbench_id(2, :number)])::text);
COMMIT;
\\endpipeline
`;

const PGBENCH_ROWS = `
  CREATE FUNCTION pgbench_id(kind int, number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
    SELECT ('00000000-0000-7000-800' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid
  $$;
  INSERT INTO users (id, email, password_hash, created_at)
    SELECT pgbench_id(0, n), 'pgbench-' || n || '@example.com', 'none', now() FROM generate_series(1, $1) n;
  INSERT INTO sessions (id, user_id, kind, secret_hash, user_agent, ip_address,
                        created_at, last_active_at, confirmed_at, expires_at)
    SELECT pgbench_id(device, n), pgbench_id(0, n), 'API', sha256(n::text::bytea), 'bench', '127.0.0.1',
           now(), now(), now(), now() + interval '30 days'
    FROM generate_series(1, $1) n, unnest(ARRAY[1, 2]) device`;

/** Null where there is no pgbench: it comes with PostgreSQL's client tools. */
async function makePgbenchPeer({ database, plan, cores }: Stage, inAll: number): Promise<Peer | null> {
  const said = await run('pgbench', ['--version']).catch(() => null);
  if (!said) {
    progress('there is no pgbench on the PATH: revocations go without their ceiling');
    return null;
  }
  await withClient(database.address, async (client) => {
    await client.query(PGBENCH_ROWS.replaceAll('$1', String(inAll)));
    await settle(client);
  });
  const each = Math.floor(plan.revocations / REVOKERS);
  const { host = '', user = '', database: name = '' } = database.address;
  let base = 0;
  return {
    id: 'pgbench',
    name: `pgbench of the same transaction, ${REVOKERS} clients`,
    goals: [0.5],
    unequal: 'No token is checked, no request parsed, nobody told: PostgreSQL alone, by prepared statements.',
    // pgbench itself ends on any error.
    check: async () => {},
    async measure() {
      const script = join(tmpdir(), `curfew-bench-${process.pid}.sql`);
      await writeFile(script, TRANSACTION);
      try {
        const args = ['-n', '-M', 'prepared', '-c', `${REVOKERS}`, '-t', `${each}`, '-f', script];
        const numbers = ['-D', 'n=0', '-D', `base=${base}`, '-D', `each=${each}`];
        base += each * REVOKERS;
        const where = ['-h', String(host), '-U', String(user), String(name)];
        const { stdout } = await run(...pinned(cores.load, 'pgbench', [...args, ...numbers, ...where]));
        const perSecond = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
        const failed = /number of failed transactions: (\d+)/.exec(stdout)?.[1] ?? '0';
        if (!(perSecond > 0) || failed !== '0') throw new Error(`pgbench failed: ${stdout}`);
        return { values: [perSecond], busy: null };
      } finally {
        await rm(script, { force: true });
      }
    },
  };
}
