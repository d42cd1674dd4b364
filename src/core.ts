/** The parts that the domain works with. `server.ts` makes them once; domain functions take them first. */
import type { Logger } from 'pino';
import type { Throttles } from './accounts/throttle.ts';
import type { UserMemory } from './accounts/user-memory.ts';
import type { Policy } from './config.ts';
import type { Database } from './db/client.ts';
import type { QueryPrepared } from './db/prepared.ts';
import type { InTransaction } from './db/transaction.ts';
import type { Outbox } from './mail/outbox.ts';
import type { Metrics } from './metrics.ts';
import type { Activity } from './sessions/activity.ts';
import type { ListFirst } from './sessions/list.ts';
import type { LookUpSession } from './sessions/look-up.ts';
import type { SessionMemory } from './sessions/memory.ts';
import type { Bus } from './sessions/news.ts';
import type { Sightings } from './sessions/sightings.ts';
import type { TokenReader } from './sessions/token.ts';
import type { SigningKeys } from './signing.ts';

/** Where “now” comes from; tests move it. */
export interface Clock {
  now(): Date;
}

export interface Core {
  db: Database;
  query: QueryPrepared;
  inTransaction: InTransaction;
  lookUp: LookUpSession;
  listFirst: ListFirst;
  policy: Policy;
  /** Of tokens, and of device ids. */
  keys: SigningKeys;
  tokens: TokenReader;
  deviceKeys: SigningKeys;
  memory: SessionMemory;
  users: UserMemory;
  activity: Activity;
  sightings: Sightings;
  bus: Bus;
  throttles: Throttles;
  outbox: Outbox;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
}

/** What a request tells of the device behind it. */
export interface Client {
  ipAddress: string | null;
  userAgent: string | null;
}
