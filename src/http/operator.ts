/** What operators and orchestrators ask for: is it live, is it ready, what is it doing. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hashing } from '../accounts/passwords.ts';
import type { Core } from '../core.ts';
import type { Database } from '../db/client.ts';
import type { LiveBus } from '../live/bus.ts';
import type { Hub } from '../live/hub.ts';

export interface Readiness {
  /** `degraded`: it serves, with a read of the database for each request, and late news. */
  status: 'ready' | 'degraded' | 'not ready';
  database: 'answers' | 'does not answer';
  /** Each way that news takes between processes. */
  bus: Record<string, 'heard' | 'not heard'>;
}

/** A process that can't hear the bus still does its work: taking it out of rotation would make an outage of a nuisance. */
export async function checkReadiness(db: Database, bus: LiveBus, draining: boolean): Promise<Readiness> {
  const answers = await db.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  const lines = bus.state();
  const served = bus.isHeard() ? 'ready' : 'degraded';
  return {
    status: draining || !answers ? 'not ready' : served,
    database: answers ? 'answers' : 'does not answer',
    bus: Object.fromEntries(lines.map(({ name, isHeard }) => [name, isHeard ? 'heard' : 'not heard'])),
  };
}

export type MetricsAccess = 'granted' | 'refused' | 'absent';

/** Metrics tell how many people are signed in: not to everybody. */
export function createMetricsGate({
  metricsToken,
  production,
}: {
  metricsToken: string | null;
  production: boolean;
}) {
  const expected = metricsToken && hash(`Bearer ${metricsToken}`);
  return ({ headers }: IncomingMessage): MetricsAccess => {
    if (!expected) return production ? 'absent' : 'granted';
    return timingSafeEqual(hash(headers.authorization ?? ''), expected) ? 'granted' : 'refused';
  };
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** What is read when it is asked for. */
export function registerGauges(
  { metrics, memory }: Core,
  { bus, hub, countSockets }: { bus: LiveBus; hub: Hub; countSockets: () => number },
): void {
  metrics.gauge('curfew_sockets', 'WebSockets that are open.', countSockets);
  metrics.gauge(
    'curfew_subscriptions',
    'Subscriptions under way, over WebSockets and event streams.',
    () => [
      [{ topic: 'sessionRevoked' }, hub.countSubscribers('sessionRevoked')],
      [{ topic: 'sessionStarted' }, hub.countSubscribers('sessionStarted')],
    ],
    ['topic'],
  );
  metrics.gauge('curfew_connected_sessions', 'Sessions with a socket or a subscription here.', () =>
    hub.countHeld(),
  );
  metrics.gauge(
    'curfew_passwords_waiting',
    'Passwords that wait to be hashed, behind those that are.',
    () => hashing.pendingCount,
  );
  metrics.gauge('curfew_memory_sessions', 'Sessions remembered.', () => memory.size);
  metrics.gauge(
    'curfew_bus_heard',
    '1 while this process hears its own heartbeats on the bus, 0 while it doesn’t and trusts no memory.',
    () => bus.state().map(({ name, isHeard }) => [{ bus: name }, isHeard ? 1 : 0] as const),
    ['bus'],
  );
}
