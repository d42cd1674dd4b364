/** Several processes on one database: what one does, the devices that are connected to the others hear. */
import { Redis } from 'ioredis';
import pg from 'pg';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { CHANNEL } from '../../src/live/message.ts';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { buses, useRedis } from '../buses.ts';
import { onCleanup } from '../cleanup.ts';
import { newEmail, signIn, signUp } from '../device.ts';
import { type Fleet, startFleet } from '../fleet.ts';
import { SignOutEverywhere } from '../operations.ts';
import type { TestRedis } from '../redis.ts';
import { createDatabase } from '../server.ts';
import { attend } from './audience.ts';
import { STALENESS_MS, startKnocking } from './knocking.ts';
import { expectTold, revokePhone, SCENE_SETTINGS, setScene } from './scene.ts';

/** It takes some milliseconds, unless the machine is busy with other tests. */
const SOON = { timeout: 5000, interval: 5 };

/** What one message of PostgreSQL has no room for. */
const MANY_SESSIONS = 400;

vi.setConfig({ testTimeout: 30_000 });

describe.each(buses)('$name', ({ start }) => {
  let database: pg.Client;
  let redis: TestRedis | null;
  let fleet: Fleet<4>;

  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    redis = await start();
    fleet = await startFleet(4, { ...SCENE_SETTINGS, ...useRedis(redis), DATABASE_URL: databaseUrl });
    database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    onCleanup(() => database.end());
  });

  test('a revocation on one process is refused and told on all others', async () => {
    const [one, two, three, four] = fleet;
    const scene = await setScene(one, two, three);
    const onLaptop = await attend(four, scene.laptop, scene.email);
    const knockings = [];
    for (const process of fleet) knockings.push(await startKnocking(process, scene.phone));
    const answeredAt = await revokePhone(scene);
    await Promise.all(knockings.map((knocking) => knocking.untilRefused()));
    const [onOne, ...elsewhere] = await Promise.all(knockings.map((knocking) => knocking.stop(answeredAt)));
    expect(onOne).toBe(0);
    expect(Math.max(...elsewhere)).toBeLessThan(STALENESS_MS);
    await expectTold(scene, SOON.timeout);
    expect(onLaptop.heardOf(scene.phone.sessionId)).toMatchObject([{ isCurrent: false, reason: 'REVOKED' }]);
  });

  test('a sign-in on one process is told on another, once', async () => {
    const [one, two] = fleet;
    const email = newEmail();
    const laptop = await signUp(one, email);
    const onLaptop = await attend(two, laptop, email, 'sessionStarted');
    const phone = await signIn(one, email);
    const tablet = await signIn(one, email);
    await vi.waitFor(() => expect(onLaptop.heardOf(tablet.sessionId)).toHaveLength(1), SOON);
    expect(onLaptop.heardOf(phone.sessionId)).toHaveLength(1);
  });

  test('more sessions than one message has room for are told to the last', async () => {
    const [one, two, three] = fleet;
    const email = newEmail();
    const laptop = await signUp(one, email);
    const phone = await signIn(one, email);
    const onLaptop = await attend(two, laptop, email);
    const onPhone = await attend(three, phone, email);
    const { rows } = await database.query<{ id: string }>(
      `INSERT INTO sessions (id, user_id, kind, secret_hash, created_at, last_active_at, confirmed_at, expires_at)
       SELECT gen_random_uuid(), users.id, 'API', decode(repeat('00', 32), 'hex'), now(), now(), now(), now() + interval '1 day'
       FROM users, generate_series(1, $2) WHERE email = $1 RETURNING id`,
      [email, MANY_SESSIONS],
    );
    const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent: true });
    expect(signOutEverywhere).toMatchObject({ revokedCount: MANY_SESSIONS + 1 });
    expect(await onPhone.closed).toEqual({ code: 4403, reason: 'SIGNED_OUT_EVERYWHERE' });
    const ended = [phone.sessionId, ...rows.map(({ id }) => encodeGlobalId('Session', id))];
    await vi.waitFor(() => {
      for (const id of ended) expect(onLaptop.heardOf(id)).toHaveLength(1);
    }, SOON);
  });

  test('what is no message of Curfew’s is passed over by every process', async () => {
    const [one, two] = fleet;
    const user = '018f2f3e-0000-7000-8000-000000000001';
    const ended = { v: 1, type: 'ended', userId: user, reason: 'REVOKED', endedAt: 0, sessionIds: [user] };
    const heartbeat = { v: 1, type: 'heartbeat', from: 'somebody', beat: 1e15 };
    const texts = [
      '',
      'hello',
      '{"v":1,"type":"ended",',
      '['.repeat(7000),
      '\u{1F600}'.repeat(1900),
      ...['null', '1', '"ended"', '[]', '{}', '[{"v":1}]'],
      ...[
        { ...ended, v: 2 },
        { ...ended, v: '1' },
        { ...ended, type: 'constructor' },
        { ...ended, type: undefined },
        { ...ended, userId: null },
        { ...ended, reason: 'BOREDOM' },
        { ...ended, endedAt: 'yesterday' },
        { ...ended, endedAt: 1e300 },
        { ...ended, sessionIds: [] },
        { ...ended, sessionIds: user },
        { ...ended, sessionIds: [user, `'; DROP TABLE sessions; --`] },
        { ...ended, sessionIds: { length: 1e9 } },
        { v: 1, type: 'started', userId: user, sessionId: ['x'], startedAt: 0 },
        heartbeat,
        { ...heartbeat, beat: -1 },
        { ...heartbeat, from: 'x'.repeat(7000) },
        { ...heartbeat, ['__proto__']: { heard: true } },
      ].map((body) => JSON.stringify(body)),
    ];
    for (const text of texts) await database.query('SELECT pg_notify($1, $2)', [CHANNEL, text]);
    if (redis) {
      const publisher = new Redis(redis.url);
      onCleanup(() => publisher.disconnect());
      for (const text of [...texts, 'x'.repeat(5_000_000)]) await publisher.publish(CHANNEL, text);
      await publisher.publish(CHANNEL, Buffer.from([0xff, 0x00, 0xfe]));
    }
    const scene = await setScene(one, two);
    await revokePhone(scene);
    await expectTold(scene, SOON.timeout);
    for (const { running } of fleet)
      expect(running.process).toMatchObject({ exitCode: null, signalCode: null });
  });
});
