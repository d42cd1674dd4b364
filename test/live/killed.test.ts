/**
 * A process is killed while it makes many revocations, each at another step of
 * it. Then either nothing has happened of a revocation, or all of it, and the
 * other process knows which.
 */
import type pg from 'pg';
import { expect, test } from 'vitest';
import { decodeIdOf } from '../../src/schema/global-id.ts';
import { buses, type TestBus, useRedis } from '../buses.ts';
import { type PostgresProxy, startProxy } from '../db/proxy.ts';
import { send } from '../device.ts';
import { type CurfewProcess, startProcess } from '../fleet.ts';
import { RevokeSession } from '../operations.ts';
import { openPool } from '../pool.ts';
import { type Held, startTcpProxy, type TcpProxy } from '../proxy.ts';
import { createDatabase } from '../server.ts';
import { knock, STALENESS_MS, startKnocking } from './knocking.ts';
import { expectTold, revokePhone, SCENE_SETTINGS, type Scene, setScene } from './scene.ts';

/** It takes some milliseconds, unless the machine is busy with other tests. */
const TOLD_MS = 5000;

/** A process whose ways out can be held. */
interface Victim extends CurfewProcess {
  postgres: PostgresProxy;
  redis: TcpProxy | null;
}

/** A moment in a revocation. */
interface Step {
  name: string;
  isCommitted: boolean;
  hold(victim: Victim, scene: Scene): Promise<Held>;
}

const answerOfCommit: Step = {
  name: 'COMMIT is carried out and not answered',
  isCommitted: true,
  hold: ({ postgres }) => postgres.holdAnswerOfStatement(({ sql }) => sql === 'COMMIT'),
};

const beforePublish: Step = {
  name: 'Redis is not told yet',
  isCommitted: true,
  hold({ redis }, { phone }) {
    if (!redis) throw new Error('There is no Redis to hold');
    return redis.holdBefore((data) => data.includes(rowIdOf(phone)));
  },
};

test.each(buses)(
  'a revocation happens as a whole or not at all ($name)',
  async (bus) => {
    const { database, survivor, victim } = await prepare(bus);
    const { statements } = victim.postgres;
    const rehearsal = await setScene(victim, survivor);
    const start = statements.length;
    await revokePhone(rehearsal);
    const steps: Step[] = statements
      .slice(start)
      .filter(({ place }) => place >= 0)
      .map(({ sql, place }) => ({
        name: `${sql} is not sent yet`,
        isCommitted: false,
        hold: ({ postgres }) => postgres.holdBeforeStatement((statement) => statement.place === place),
      }));
    expect(steps[0]?.name).toContain('BEGIN');
    expect(steps.at(-1)?.name).toContain('COMMIT');
    // Until its commit, a revocation is the same on both.
    if (bus.hasRedis) steps.splice(0, steps.length - 1);
    steps.push(answerOfCommit, ...(bus.hasRedis ? [beforePublish] : []));

    const revocations = await Promise.all(
      steps.map(async (step) => {
        const scene = await setScene(victim, survivor);
        return { step, scene, knocking: await startKnocking(survivor, scene.phone) };
      }),
    );
    const answers = [];
    for (const { step, scene } of revocations) {
      const { laptop, phone } = scene;
      const held = step.hold(victim, scene);
      const answer = send(victim, RevokeSession, { id: phone.sessionId }, laptop.headers);
      answers.push(answer.catch(() => null));
      await held;
    }
    victim.kill('SIGKILL');
    await victim.running.exited;
    const diedAt = performance.now();
    expect(await Promise.all(answers)).toEqual(steps.map(() => null));

    const checks = revocations.map(async ({ step, scene, knocking }) => {
      const alive = { ...scene, revoker: survivor };
      if (!step.isCommitted) {
        expect(await readFate(database, scene)).toEqual({ hasEnded: false, endings: 0 });
        expect((await knock(survivor, scene.phone)).outcome).toBe('accepted');
        expect(scene.onPhone.heardOf(scene.phone.sessionId)).toEqual([]);
        // Nothing of it is in the way of the next.
        await revokePhone(alive);
      }
      await expectTold(alive, TOLD_MS);
      await knocking.untilRefused();
      const acceptedMs = await knocking.stop(diedAt);
      if (step.isCommitted) expect(acceptedMs).toBeLessThan(STALENESS_MS);
      expect(await readFate(database, scene)).toEqual({ hasEnded: true, endings: 1 });
    });
    const failures = (await Promise.allSettled(checks)).flatMap((check, index) =>
      check.status === 'rejected' ? [`Killed when ${steps[index]?.name}: ${check.reason}`] : [],
    );
    expect(failures).toEqual([]);
  },
  60_000,
);

async function prepare(bus: TestBus) {
  const databaseUrl = await createDatabase();
  const redis = await bus.start();
  const database = openPool({ connectionString: databaseUrl });
  const postgres = await startProxy(databaseUrl);
  const redisProxy = redis && (await startTcpProxy({ host: '127.0.0.1', port: redis.port }));
  const [survivor, victim] = await Promise.all([
    startProcess({ ...SCENE_SETTINGS, ...useRedis(redis), DATABASE_URL: databaseUrl }),
    startProcess({
      ...SCENE_SETTINGS,
      ...useRedis(redisProxy && { url: `redis://127.0.0.1:${redisProxy.port}` }),
      DATABASE_URL: postgres.databaseUrl,
      CURFEW_LISTEN_URL: databaseUrl,
    }),
  ]);
  return { database, survivor, victim: { ...victim, postgres, redis: redisProxy } };
}

const rowIdOf = (device: { sessionId: string }) => decodeIdOf('Session', device.sessionId) ?? '';

/** As it is once the transaction of the dead process is over: until then the user’s row is locked. */
async function readFate(database: pg.Pool, { email, phone }: Scene) {
  await database.query('SELECT 1 FROM users WHERE email = $1 FOR UPDATE', [email]);
  const { rows } = await database.query<{ hasEnded: boolean; endings: number }>(
    `SELECT ended_at IS NOT NULL AS "hasEnded", (
       SELECT count(*)::int FROM audit_events WHERE session_id = sessions.id AND type = 'SESSION_ENDED'
     ) AS endings FROM sessions WHERE id = $1`,
    [rowIdOf(phone)],
  );
  return rows[0];
}
