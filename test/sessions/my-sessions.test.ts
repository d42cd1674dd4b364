import { expect, test } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/global-id.ts';
import { Device, newEmail, send, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { MySessions, NodeById, SignOut, Viewer } from '../operations.ts';
import { HOUR, MINUTE, startTestServer } from '../server.ts';

const server = await startTestServer({ CURFEW_SESSION_LIMIT: '1000' });
const { core } = server;

const globalId = (id: string) => encodeGlobalId('Session', id);

/** A user with these many other live sessions, the last made the most recently active. */
async function userWithSessions(others: number) {
  const user = await userFactory.create({}, { transient: { db: core.db } });
  const transient = { core, userId: user.id };
  const longAgo = new Date(Date.now() - 5 * HOUR);
  const { session, headers } = await sessionFactory.create({ lastActiveAt: longAgo }, { transient });
  const made = [];
  for (let index = 0; index < others; index++) {
    const lastActiveAt = new Date(Date.now() - HOUR + index * MINUTE);
    made.push((await sessionFactory.create({ lastActiveAt }, { transient })).session);
  }
  const device = new Device(server);
  Object.assign(device.headers, headers);
  return {
    user,
    device,
    transient,
    current: globalId(session.id),
    others: made.map(({ id }) => globalId(id)),
  };
}

test('the current session comes first, then the others by activity, newest first', async () => {
  const { device, current, others } = await userWithSessions(4);
  const { mySessions } = await device.ask(MySessions, {});
  expect(mySessions.nodes.map((node) => node.id)).toEqual([current, ...others.toReversed()]);
  expect(mySessions.nodes.map((node) => node.isCurrent)).toEqual([true, false, false, false, false]);
  expect(mySessions.totalCount).toBe(5);
  expect(mySessions.edges.map((edge) => edge.node.id)).toEqual(mySessions.nodes.map((node) => node.id));
});

test('pages forward and backward show each session once, in one order', async () => {
  const { device, current, others } = await userWithSessions(7);
  const all = [current, ...others.toReversed()];
  const forward: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const { mySessions } = await device.ask(MySessions, { first: 3, ...(after ? { after } : {}) });
    forward.push(...mySessions.nodes.map((node) => node.id));
    expect(mySessions.totalCount).toBe(8);
    more = mySessions.pageInfo.hasNextPage;
    after = mySessions.pageInfo.endCursor ?? undefined;
  }
  expect(forward).toEqual(all);
  const backward: string[] = [];
  for (let before: string | undefined, more = true; more; ) {
    const { mySessions } = await device.ask(MySessions, { last: 3, ...(before ? { before } : {}) });
    backward.unshift(...mySessions.nodes.map((node) => node.id));
    more = mySessions.pageInfo.hasPreviousPage;
    before = mySessions.pageInfo.startCursor ?? undefined;
  }
  expect(backward).toEqual(all);
});

test('a cursor stays good when the session that it stands for has ended', async () => {
  const { device, others } = await userWithSessions(4);
  const page = (await device.ask(MySessions, { first: 3 })).mySessions;
  const last = page.nodes.at(-1);
  await core.db.session.update({
    where: {
      id:
        Buffer.from(last?.id ?? '', 'base64url')
          .toString()
          .split(':')[1] ?? '',
    },
    data: { endedAt: new Date(), endReason: 'REVOKED' },
  });
  const next = (await device.ask(MySessions, { first: 3, after: page.pageInfo.endCursor ?? '' })).mySessions;
  expect(next.nodes.map((node) => node.id)).toEqual(others.slice(0, 2).toReversed());
});

test('nothing is asked for with first: 0, and the page still says that there is more', async () => {
  const { device } = await userWithSessions(1);
  const { mySessions } = await device.ask(MySessions, { first: 0 });
  expect(mySessions).toMatchObject({ nodes: [], totalCount: 2, pageInfo: { hasNextPage: true } });
});

test('ended sessions are listed apart, with when and why, whether or not the sweep has been', async () => {
  const { device, transient } = await userWithSessions(0);
  const ended = await sessionFactory.ended().mobile().create({}, { transient });
  const expired = await sessionFactory.expired().create({}, { transient });
  const idle = await sessionFactory.idle().tablet().create({}, { transient });
  const reasons = async () => {
    const { mySessions } = await device.ask(MySessions, { status: 'ENDED' });
    expect(mySessions.totalCount).toBe(3);
    return new Map(
      mySessions.nodes.map(({ id, status, endedAt, endReason }) => [id, { status, endedAt, endReason }]),
    );
  };
  const before = await reasons();
  expect(before.get(globalId(ended.session.id))).toMatchObject({ status: 'ENDED', endReason: 'REVOKED' });
  expect(before.get(globalId(expired.session.id))).toEqual({
    status: 'ENDED',
    endReason: 'EXPIRED',
    endedAt: expired.session.expiresAt.toISOString(),
  });
  expect(before.get(globalId(idle.session.id))).toMatchObject({ status: 'ENDED', endReason: 'IDLE' });
  expect((await device.ask(MySessions, {})).mySessions.totalCount).toBe(1);
  await server.watch.round();
  expect(await reasons()).toEqual(before);
});

test('devices are named as people know them', async () => {
  const { device, transient } = await userWithSessions(0);
  for (const trait of ['mobile', 'tablet', 'cli'] as const) {
    await sessionFactory[trait]().create({}, { transient });
  }
  const { mySessions } = await device.ask(MySessions, {});
  expect(mySessions.nodes.map((node) => [node.device.name, node.device.type]).toSorted()).toEqual([
    ['Chrome on macOS', 'DESKTOP'],
    ['Safari on iOS', 'MOBILE'],
    ['Safari on iPadOS', 'TABLET'],
    ['curl', 'OTHER'],
  ]);
});

test('node finds one’s own session, user and audit event, and nothing of anybody else', async () => {
  const ada = await signUp(server);
  const grace = await signUp(server);
  const { viewer } = await ada.ask(Viewer);
  const event = await core.db.auditEvent.findFirstOrThrow({
    where: { sessionId: decodeGlobalId(ada.sessionId).id },
  });
  const ids = [ada.sessionId, viewer?.id ?? '', encodeGlobalId('AuditEvent', event.id)];
  for (const id of ids) {
    expect((await ada.ask(NodeById, { id })).node).toMatchObject({ id });
    expect((await grace.ask(NodeById, { id })).node).toBeNull();
    expect((await send(server, NodeById, { id })).data).toEqual({ node: null });
  }
});

test('viewer and currentSession are null without a session', async () => {
  const answer = await send(server, Viewer);
  expect(answer).toMatchObject({ data: { viewer: null, currentSession: null }, errors: undefined });
});

test('a session that ended is still found by its id, with reason and time', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  await phone.ask(SignOut);
  const { mySessions } = await laptop.ask(MySessions, { status: 'ENDED' });
  expect(mySessions.nodes).toMatchObject([{ id: phone.sessionId, endReason: 'SIGNED_OUT', status: 'ENDED' }]);
  expect((await laptop.ask(NodeById, { id: phone.sessionId })).node).toMatchObject({ __typename: 'Session' });
});
