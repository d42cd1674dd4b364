/** What a device that was away is told of the end of its session, and nobody else. */
import { describe, expect, test } from 'vitest';
import { makeSecret, writeToken } from '../../src/sessions/token.ts';
import { newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { ConfirmPassword, RevokeSession } from '../operations.ts';
import { countQueries } from '../queries.ts';
import { startTestServer } from '../server.ts';
import { transports } from '../transports.ts';

const server = await startTestServer();
const { core } = server;
const transient = { core };

const query = '{ currentSession { id } currentSessionEnd { reason endedAt } }';
const NOTHING = { currentSession: null, currentSessionEnd: null };

describe.each(transports)('over $name', ({ run }) => {
  test.each(['BROWSER', 'API'] as const)('the token of a %s session that ended is told how', async (kind) => {
    const { session, headers } = await sessionFactory.ended().create({ kind }, { transient });
    expect((await run(server, { query, headers })).data).toEqual({
      currentSession: null,
      currentSessionEnd: { reason: 'REVOKED', endedAt: session.endedAt?.toISOString() },
    });
  });

  test.each([
    ['expired', 'EXPIRED'],
    ['idle', 'IDLE'],
  ] as const)('a session that is %s, and not written down as ended, has ended', async (trait, reason) => {
    const { headers } = await sessionFactory[trait]().create({}, { transient });
    expect((await run(server, { query, headers })).data).toMatchObject({ currentSessionEnd: { reason } });
  });

  test('a live session has no end, and no query is sent to find that out', async () => {
    const { headers } = await sessionFactory.create({}, { transient });
    await run(server, { query, headers });
    const queries = countQueries();
    expect((await run(server, { query, headers })).data).toMatchObject({ currentSessionEnd: null });
    expect(queries()).toBe(0);
  });

  test('the end is looked up only when it is asked for, and once', async () => {
    const { headers } = await sessionFactory.ended().create({}, { transient });
    const queries = countQueries();
    await run(server, { query: '{ currentSession { id } }', headers });
    const without = queries();
    await run(server, {
      query: '{ a: currentSessionEnd { reason } b: currentSessionEnd { reason } }',
      headers,
    });
    expect(queries() - without).toBe(without + 1);
  });

  test('nobody is told of a session by its id, by another secret, or by a token of the other kind', async () => {
    const { session, token } = await sessionFactory.ended().create({}, { transient });
    const wrong = writeToken(core.keys, session.id, makeSecret());
    for (const headers of [
      {},
      { cookie: `session=${session.id}` },
      { cookie: `session=${wrong}` },
      { authorization: `Bearer cfw_${wrong}` },
      { authorization: `Bearer cfw_${token}` },
      { cookie: `session=${token}`, authorization: 'Bearer cfw_x' },
    ]) {
      expect((await run(server, { query, headers })).data).toEqual(NOTHING);
    }
  });

  test('a token that was replaced is told nothing, whatever became of its session', async () => {
    const email = newEmail();
    const [laptop, phone] = [await signUp(server, email), await signIn(server, email)];
    const before = { ...phone.headers };
    await phone.ask(ConfirmPassword, { password: PASSWORD });
    expect((await run(server, { query, headers: before })).data).toEqual(NOTHING);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    expect((await run(server, { query, headers: before })).data).toEqual(NOTHING);
    expect((await run(server, { query, headers: phone.headers })).data).toMatchObject({
      currentSessionEnd: { reason: 'REVOKED' },
    });
  });
});

test('a session that was purged has no end any more', async () => {
  const { session, headers } = await sessionFactory.ended().create({}, { transient });
  await core.db.session.delete({ where: { id: session.id } });
  const [http] = transports;
  expect((await http?.run(server, { query, headers }))?.data).toEqual(NOTHING);
});

test('whoever asks with an ended token is written down, once: it may be a thief as well as the device', async () => {
  const { session, headers } = await sessionFactory.ended().create({}, { transient });
  const [http] = transports;
  for (let round = 0; round < 3; round++) await http?.run(server, { query, headers });
  await core.sightings.flush();
  const where = { type: 'ENDED_TOKEN_USED', sessionId: session.id } as const;
  expect(await core.db.auditEvent.findMany({ where })).toMatchObject([{ details: { why: 'ENDED' } }]);
});
