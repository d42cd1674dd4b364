/**
 * Time ends sessions of several processes, one of which has a clock that is an
 * hour fast: told within a second of the deadline, recorded once, and not before
 * a session is idle everywhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { decodeIdOf } from '../../src/schema/global-id.ts';
import { type Device, signUp } from '../device.ts';
import { type Endpoints, startProcess } from '../fleet.ts';
import { openPool } from '../pool.ts';
import { createDatabase } from '../server.ts';
import { connect, type Socket } from '../socket.ts';
import { knock } from './knocking.ts';

const IDLE_MS = 4000;
const LIFETIME_MS = 11_000;

/** Guarantee: sockets are told within it. */
const TOLD_WITHIN_MS = 1000;

/** What a process believes of the time, from its first moment on. */
const FAST_CLOCK = `data:text/javascript,${encodeURIComponent(`
  const RealDate = Date;
  const HOUR = 3_600_000;
  globalThis.Date = class extends RealDate {
    constructor(...given) { if (given.length === 0) super(RealDate.now() + HOUR); else super(...given); }
    static now() { return RealDate.now() + HOUR; }
  };
`)}`;

const DATABASE_URL = await createDatabase();
const database = openPool({ connectionString: DATABASE_URL });
const settings = {
  DATABASE_URL,
  CURFEW_IDLE_TIMEOUT: `${IDLE_MS}ms`,
  CURFEW_SESSION_LIFETIME: `${LIFETIME_MS}ms`,
};
const [right, fast] = await Promise.all([
  startProcess(settings),
  startProcess({ ...settings, NODE_OPTIONS: `--import=${FAST_CLOCK}` }),
]);

interface Row {
  endedAt: Date;
  reason: string;
  lastActiveAt: Date;
  createdAt: Date;
  endings: number;
}

async function readRow(device: Device): Promise<Row> {
  const { rows } = await database.query<Row>(
    `SELECT ended_at AS "endedAt", end_reason AS reason, last_active_at AS "lastActiveAt", created_at AS "createdAt",
       (SELECT count(*)::int FROM audit_events WHERE session_id = s.id AND type = 'SESSION_ENDED') AS endings
     FROM sessions s WHERE id = $1`,
    [decodeIdOf('Session', device.sessionId)],
  );
  if (!rows[0]) throw new Error('There is no such session');
  return rows[0];
}

/** A socket of the device, and the instant at which it was closed. */
async function attend(
  server: Endpoints,
  device: Device,
): Promise<{ socket: Socket; closedAt: Promise<number> }> {
  const socket = await connect(server, { headers: device.headers });
  return { socket, closedAt: socket.closed.then(() => Date.now()) };
}

/** Its sockets on both processes are told in time, and the end is on record, once. */
async function expectEnd(
  device: Device,
  sockets: Awaited<ReturnType<typeof attend>>[],
  reason: string,
  deadlineOf: (row: Row) => number,
) {
  for (const { socket } of sockets) expect(await socket.closed).toEqual({ code: 4403, reason });
  const row = await vi.waitFor(async () => {
    const found = await readRow(device);
    expect(found).toMatchObject({ reason, endings: 1 });
    return found;
  });
  expect(row.endedAt.getTime()).toBe(deadlineOf(row));
  for (const { closedAt } of sockets) {
    expect((await closedAt) - row.endedAt.getTime()).toBeGreaterThanOrEqual(0);
    expect((await closedAt) - row.endedAt.getTime()).toBeLessThan(TOLD_WITHIN_MS);
  }
  for (const server of [right, fast]) expect((await knock(server, device)).outcome).toBe('refused');
}

/** A device that is signed in on one process, and has sockets on some. */
async function prepare(home: Endpoints, servers: Endpoints[]) {
  const device = await signUp(home);
  const sockets = await Promise.all(servers.map((server) => attend(server, device)));
  return { device, sockets };
}

// All before any test, as cleaning up goes by tests.
const [unused, busy, late] = await Promise.all([
  prepare(fast, [right, fast]),
  prepare(right, [right, fast]),
  prepare(right, [fast]),
]);

const scenarios: Record<string, () => Promise<void>> = {
  async 'a session that is not used ends IDLE, on all processes at once'() {
    const { device, sockets } = unused;
    await expectEnd(device, sockets, 'IDLE', ({ lastActiveAt }) => lastActiveAt.getTime() + IDLE_MS);
  },

  async 'a session in use on one process is not idle on another, and ends EXPIRED'() {
    const { device, sockets } = busy;
    const { createdAt } = await readRow(device);
    expect((await knock(fast, device)).outcome).toBe('accepted');
    // Until shortly before its absolute lifetime, on the one process alone.
    while (Date.now() < createdAt.getTime() + LIFETIME_MS - 500) {
      expect((await knock(right, device)).outcome).toBe('accepted');
      await sleep(200);
    }
    // The other one has not seen it for longer than the idle timeout.
    expect((await knock(fast, device)).outcome).toBe('accepted');
    await expectEnd(device, sockets, 'EXPIRED', (row) => row.createdAt.getTime() + LIFETIME_MS);
  },

  async 'a use in the last moment counts everywhere'() {
    const { device, sockets } = late;
    const { lastActiveAt } = await readRow(device);
    await sleep(lastActiveAt.getTime() + IDLE_MS - 300 - Date.now());
    expect((await knock(right, device)).outcome).toBe('accepted');
    await sleep(lastActiveAt.getTime() + IDLE_MS + TOLD_WITHIN_MS - Date.now());
    for (const { socket } of sockets) expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    expect((await knock(fast, device)).outcome).toBe('accepted');
    await expectEnd(device, sockets, 'IDLE', (row) => row.lastActiveAt.getTime() + IDLE_MS);
  },
};

// All at once, since most of the time is spent waiting; each test then says how its own went.
const plays = Object.entries(scenarios).map(([name, play]) => {
  const done = play();
  done.catch(() => {});
  return { name, done };
});

test.each(plays)('$name', ({ done }) => done, 30_000);
