/** What a check of a token costs, and what it never accepts. */
import { expect, test } from 'vitest';
import { Device, send, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { countQueries } from '../queries.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const { core } = server;

const CURRENT = '{ currentSession { id lastActiveAt device { name } } }';

async function deviceOf(made: { headers: Record<string, string> }): Promise<Device> {
  const device = new Device(server);
  Object.assign(device.headers, made.headers);
  return device;
}

test('a warm check reads nothing from the database', async () => {
  const device = await signUp(server);
  await device.send(CURRENT);
  const queries = countQueries();
  for (let count = 0; count < 20; count++) {
    expect((await device.send(CURRENT)).data).toMatchObject({ currentSession: { id: device.sessionId } });
  }
  expect(queries()).toBe(0);
});

test('a cold check is one query, shared by all who ask at once', async () => {
  const made = await sessionFactory.create({}, { transient: { core } });
  let reads = 0;
  const read = () => {
    reads++;
    return core.db.session.findUnique({ where: { id: made.session.id } });
  };
  const [first, second] = await Promise.all([
    core.memory.load(made.session.id, read),
    core.memory.load(made.session.id, read),
  ]);
  expect(reads).toBe(1);
  expect(first).toBe(second);
  core.memory.doubt([made.session.id]);
  const device = await deviceOf(made);
  const queries = countQueries();
  await device.send(CURRENT);
  expect(queries()).toBe(1);
  core.memory.trust([made.session.id]);
});

test('a token that nobody signed costs no query', async () => {
  const { token } = await sessionFactory.create({}, { transient: { core } });
  const forged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
  const queries = countQueries();
  for (const value of [forged, 'garbage', token.slice(1), `${token}A`, '']) {
    const headers = { cookie: `session=${value}` };
    expect((await send(server, CURRENT, undefined, headers)).data).toEqual({ currentSession: null });
  }
  expect(queries()).toBe(0);
});

test.each(['expired', 'idle', 'ended'] as const)('a session that is %s is refused', async (trait) => {
  const device = await deviceOf(await sessionFactory[trait]().create({}, { transient: { core } }));
  expect((await device.send(CURRENT)).data).toEqual({ currentSession: null });
});

test('a session that is remembered ends at its deadline all the same', async () => {
  const own = await startTestServer({ CURFEW_SESSION_LIFETIME: '1h' });
  const device = await signUp(own);
  expect((await device.send(CURRENT)).data).not.toEqual({ currentSession: null });
  own.clock.advance(3_600_000);
  const queries = countQueries();
  expect((await device.send(CURRENT)).data).toEqual({ currentSession: null });
  expect(queries()).toBe(0);
});

test('the right id with another session’s secret is refused', async () => {
  const { writeToken, makeSecret } = await import('../../src/sessions/token.ts');
  const { session } = await sessionFactory.create({}, { transient: { core } });
  const headers = { cookie: `session=${writeToken(core.keys, session.id, makeSecret())}` };
  expect((await send(server, CURRENT, undefined, headers)).data).toEqual({ currentSession: null });
});
