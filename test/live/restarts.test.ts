/** What the processes hear each other by is stopped and started again under them. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { CHANNEL } from '../../src/live/message.ts';
import { decodeIdOf } from '../../src/schema/global-id.ts';
import { buses, useRedis } from '../buses.ts';
import { onCleanup } from '../cleanup.ts';
import { signIn } from '../device.ts';
import { type Fleet, startFleet } from '../fleet.ts';
import { SignOut } from '../operations.ts';
import type { TestRedis } from '../redis.ts';
import { STALENESS_MS, startKnocking } from './knocking.ts';
import { expectTold, revokePhone, SCENE_SETTINGS, setScene } from './scene.ts';

/** Finding out that a server is back takes a while. */
const PATIENT = { timeout: 10_000, interval: 20 };

vi.setConfig({ testTimeout: 40_000, hookTimeout: 60_000 });

let dataDir: string;
let postgres: EmbeddedPostgres;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'curfew-restart-'));
  onCleanup(() => rm(dataDir, { recursive: true, force: true }));
  // As root, PostgreSQL runs as another user, who must get in.
  await chmod(dataDir, 0o711);
  await startPostgres();
  onCleanup(() => postgres.stop());
});

async function startPostgres(): Promise<void> {
  postgres = await startEmbeddedPostgres(dataDir, () => {});
}

describe.each(buses)('$name', ({ start, hasRedis }) => {
  let redis: TestRedis | null;
  let fleet: Fleet<2>;

  beforeAll(async () => {
    redis = await start();
    const { host, user } = postgres.address;
    const admin = new pg.Client({ ...postgres.address, database: 'postgres' });
    await admin.connect();
    const name = `restarts_${hasRedis ? 'redis' : 'postgres'}`;
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    fleet = await startFleet(2, {
      ...SCENE_SETTINGS,
      ...useRedis(redis),
      DATABASE_URL: `postgresql:///${name}?host=${host}&user=${user}`,
    });
  });

  test('a restart of PostgreSQL is survived, and what was revoked right after it is told', async () => {
    const [one, two] = fleet;
    const scene = await setScene(one, two);
    const knocking = await startKnocking(two, scene.phone);
    await postgres.stop();
    await startPostgres();
    const answeredAt = await vi.waitFor(() => revokePhone(scene), PATIENT);
    await expectTold(scene, PATIENT.timeout);
    await knocking.untilRefused();
    expect(await knocking.stop(answeredAt)).toBeLessThan(STALENESS_MS);
  });

  if (!hasRedis) return;

  test('what is revoked while Redis is down is told, and Redis is used again after', async () => {
    if (!redis) throw new Error('There is no Redis to restart');
    const [one, two] = fleet;
    const scene = await setScene(one, two);
    const knocking = await startKnocking(two, scene.phone);
    await redis.stop();
    const answeredAt = await revokePhone(scene);
    await expectTold(scene, PATIENT.timeout);
    await knocking.untilRefused();
    expect(await knocking.stop(answeredAt)).toBeLessThan(STALENESS_MS);

    await redis.start();
    const client = new Redis(redis.url);
    onCleanup(() => client.disconnect());
    await client.subscribe(CHANNEL);
    const carried = vi.fn();
    client.on('message', (_, message: string) => carried(message));
    await vi.waitFor(async () => {
      const guest = await signIn(one, scene.email);
      await guest.ask(SignOut);
      const id = decodeIdOf('Session', guest.sessionId);
      expect(carried).toHaveBeenCalledWith(expect.stringMatching(`"ended".*${id}`));
    }, PATIENT);
    const next = await setScene(one, two);
    await revokePhone(next);
    await expectTold(next, PATIENT.timeout);
  });
});
