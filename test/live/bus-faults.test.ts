/**
 * What carries news between processes fails while a session is revoked: a token
 * is accepted nowhere for longer than promised, and when the fault is over, the
 * devices are told what they missed, once.
 *
 * All faults happen at once, each to a process of its own, since most of the
 * time is spent waiting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test, vi } from 'vitest';
import { buses, type TestBus, useRedis } from '../buses.ts';
import { startProxy } from '../db/proxy.ts';
import { type CurfewProcess, startProcess } from '../fleet.ts';
import { startTcpProxy, type TcpProxy } from '../proxy.ts';
import { createDatabase } from '../server.ts';
import { knock, type Outcome, STALENESS_MS, startKnocking } from './knocking.ts';
import { expectTold, revokePhone, SCENE_SETTINGS, type Scene, setScene } from './scene.ts';

/** A fault lasts until this long after the revocation was answered: past the guarantee. */
const FAULT_MS = STALENESS_MS + 200;

/** From the end of a fault until devices are told; finding out that a server is back takes a while. */
const TOLD_MS = 6000;

interface Member extends CurfewProcess {
  /** Its ways to PostgreSQL, where it listens, and to Redis. */
  postgres: TcpProxy;
  redis: TcpProxy | null;
}

interface Fault {
  name: string;
  needsRedis?: boolean;
  /** Who has a process of its own, for the fault to come to; by default the one that should hear. */
  strikes?: 'hearer' | 'revoker' | 'both';
  /** All that it does with PostgreSQL goes through the proxy, events’ rows too; else only its listening. */
  allOfPostgres?: boolean;
  begin(hearer: Member, revoker: Member): void;
  end(hearer: Member, revoker: Member): void;
  /** How a request with the revoked token fares that was sent just before the fault is over. */
  meanwhile: Outcome;
  /** Requests are not answered before it is over; then even those that were sent at its begin are refused. */
  standsStill?: boolean;
}

const waysOf = ({ postgres, redis }: Member) => [postgres, ...(redis ? [redis] : [])];

const FAULTS: Fault[] = [
  {
    name: 'the bus of one process is cut off',
    begin: (hearer) => waysOf(hearer).forEach(breakOff),
    end: (hearer) => waysOf(hearer).forEach((proxy) => void proxy.accept()),
    meanwhile: 'refused',
  },
  {
    name: 'the bus of one process says nothing any more',
    begin: (hearer) => waysOf(hearer).forEach((proxy) => void proxy.freeze()),
    end: (hearer) => waysOf(hearer).forEach((proxy) => void proxy.thaw()),
    meanwhile: 'refused',
  },
  {
    name: 'one process loses its database',
    allOfPostgres: true,
    begin: (hearer) => breakOff(hearer.postgres),
    end: (hearer) => hearer.postgres.accept(),
    meanwhile: 'failed',
  },
  {
    name: 'one process stands still',
    begin: (hearer) => hearer.kill('SIGSTOP'),
    end: (hearer) => hearer.kill('SIGCONT'),
    meanwhile: 'refused',
    standsStill: true,
  },
  {
    name: 'Redis says nothing any more to who revokes',
    needsRedis: true,
    strikes: 'revoker',
    begin: (_, revoker) => revoker.redis?.freeze(),
    end: (_, revoker) => revoker.redis?.thaw(),
    meanwhile: 'refused',
  },
  {
    name: 'Redis says nothing any more to who should hear',
    needsRedis: true,
    begin: (hearer) => hearer.redis?.freeze(),
    end: (hearer) => hearer.redis?.thaw(),
    meanwhile: 'refused',
  },
  {
    name: 'Redis says nothing any more to either',
    needsRedis: true,
    strikes: 'both',
    begin: (...both) => {
      for (const { redis } of both) redis?.freeze();
    },
    end: (...both) => {
      for (const { redis } of both) redis?.thaw();
    },
    meanwhile: 'refused',
  },
];

function breakOff(proxy: TcpProxy): void {
  proxy.refuse();
  proxy.cut();
}

interface Play {
  name: string;
  fault: Fault;
  hearer: Member;
  revoker: Member;
  scene: Scene;
}

/** Everything on one bus is on one database. */
async function rehearse(bus: TestBus): Promise<Play[]> {
  const databaseUrl = await createDatabase();
  const redis = await bus.start();
  const join = async (allOfPostgres = false): Promise<Member> => {
    const postgres = await startProxy(databaseUrl);
    const redisProxy = redis && (await startTcpProxy({ host: '127.0.0.1', port: redis.port }));
    const process = await startProcess({
      ...SCENE_SETTINGS,
      ...useRedis(redisProxy && { url: `redis://127.0.0.1:${redisProxy.port}` }),
      DATABASE_URL: allOfPostgres ? postgres.databaseUrl : databaseUrl,
      CURFEW_LISTEN_URL: postgres.databaseUrl,
    });
    return { ...process, postgres, redis: redisProxy };
  };
  const bystander = join();
  return Promise.all(
    faultsOf(bus).map(async (fault) => {
      const { strikes = 'hearer' } = fault;
      const [hearer, revoker] = await Promise.all([
        strikes === 'revoker' ? bystander : join(fault.allOfPostgres),
        strikes === 'hearer' ? bystander : join(),
      ]);
      return { name: nameOf(bus, fault), fault, hearer, revoker, scene: await setScene(revoker, hearer) };
    }),
  );
}

async function perform({ fault, hearer, revoker, scene }: Play): Promise<void> {
  const knocking = await startKnocking(hearer, scene.phone);
  fault.begin(hearer, revoker);
  const answeredAt = await revokePhone(scene);
  const early = fault.standsStill ? [knock(hearer, scene.phone), knock(hearer, scene.phone)] : [];
  await sleep(answeredAt + FAULT_MS - performance.now());
  const late = [knock(hearer, scene.phone), knock(hearer, scene.phone)];
  if (!fault.standsStill) await Promise.all(late);
  fault.end(hearer, revoker);
  await expectTold(scene, TOLD_MS, fault.allOfPostgres);
  for (const { outcome } of await Promise.all([...early, ...late])) expect(outcome).toBe(fault.meanwhile);
  await knocking.untilRefused();
  expect(await knocking.stop(answeredAt)).toBeLessThan(STALENESS_MS);
}

const faultsOf = (bus: TestBus) => FAULTS.filter(({ needsRedis }) => !needsRedis || bus.hasRedis);
const nameOf = (bus: TestBus, fault: Fault) => `${bus.name}: ${fault.name}`;

vi.setConfig({ testTimeout: 30_000 });

const performances = new Map<string, Promise<void>>();

beforeAll(async () => {
  const plays = (await Promise.all(buses.map(rehearse))).flat();
  for (const play of plays) {
    const performance = perform(play);
    // Its test awaits it, but maybe only after it has failed.
    performance.catch(() => {});
    performances.set(play.name, performance);
  }
}, 90_000);

test.each(buses.flatMap((bus) => faultsOf(bus).map((fault) => nameOf(bus, fault))))('%s', async (name) => {
  await performances.get(name);
});
