/** What all contests are held on: one PostgreSQL, the cores, what makes load, and how servers are started. */
import type { Contender } from './contest.ts';
import { watchBusy } from './contest.ts';
import type { Cores } from './cores.ts';
import { type BenchDatabase, type Place, SECRET } from './database.ts';
import type { Loader } from './loader.ts';
import { type RunningServer, startCurfew, startServer } from './server.ts';
import { fireAndCheck, type Shot } from './shot.ts';
import type { Gun } from './throughput.ts';

export interface Plan {
  rounds: number;
  /** Of a round in which rates are measured, and of what goes before the first. */
  seconds: number;
  warmUpSeconds: number;
  connections: number;
  /** In a round. */
  revocations: number;
  signIns: number;
  /** Of sign-ins more: what a hash takes of a core differs most from one round to the next. */
  signInRounds: number;
  /** Sessions in the tables that are compared. */
  largeTable: number;
  smallTable: number;
}

export interface Stage {
  plan: Plan;
  database: BenchDatabase;
  cores: Cores;
  gun: Gun;
  loader: Loader;
  /** Those that run, to be stopped whatever happens. */
  running: Set<RunningServer>;
  interrupted: AbortSignal;
}

/** Curfew as in production, but that sign-ins are not limited. */
export async function startOurs(
  stage: Stage,
  { url }: Place,
  settings: Record<string, string> = {},
): Promise<RunningServer> {
  const server = await startCurfew(
    {
      NODE_ENV: 'production',
      CURFEW_URL: 'https://bench.example',
      CURFEW_SECRETS: SECRET,
      DATABASE_URL: url,
      ...settings,
    },
    stage.cores.server,
  );
  return keep(stage, server);
}

/** @param name of a file in `peers/`. */
export async function startPeer(
  stage: Stage,
  name: string,
  env: Record<string, string>,
): Promise<RunningServer> {
  const script = new URL(`./peers/${name}.mjs`, import.meta.url);
  const server = await startServer(script, { NODE_ENV: 'production', ...env }, stage.cores.server);
  return keep(stage, server);
}

/** @throws when the run was interrupted while it started. */
async function keep(stage: Stage, server: RunningServer): Promise<RunningServer> {
  stage.running.add(server);
  if (stage.interrupted.aborted) await clear(stage);
  stage.interrupted.throwIfAborted();
  return server;
}

/** All that run: the next contest has the core to itself. */
export async function clear({ running }: Stage): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
  running.clear();
}

/** How often the same request is answered in a second. @param wanted what the text of an answer has. */
export function rateOf(
  { gun, plan, cores }: Stage,
  name: string,
  server: RunningServer,
  { shot, wanted }: { shot: Shot; wanted: string[] },
): Contender {
  const volley = { seconds: plan.seconds, connections: plan.connections, core: cores.load };
  return {
    name,
    async check() {
      await fireAndCheck(shot, wanted);
    },
    warmUp: () => gun.fire(shot, { ...volley, seconds: plan.warmUpSeconds }),
    async measure() {
      const fire = () => gun.fire(shot, volley);
      const { done, busy } = await watchBusy(server.pid, ({ seconds }) => seconds, fire);
      return { values: [done.perSecond], busy };
    },
  };
}
