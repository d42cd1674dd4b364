/** What requests tell by the way is on the trail: another address, and the use of a token that is good no more. */
import { describe, expect, test } from 'vitest';
import { Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { ConfirmPassword, MySessions, RevokeSession, Viewer } from '../operations.ts';
import { createDatabase, DAY, MINUTE, startTestServer, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';

const settings = { CURFEW_TRUSTED_PROXIES: '127.0.0.1', DATABASE_URL: await createDatabase() };
const server = await startTestServer(settings);
const other = await startTestServer(settings);
const { db, sightings } = server.core;

const HOME = '198.51.100.7';
const CAFE = '2001:db8::1';

async function eventsOf(email: string, type: 'IP_CHANGED' | 'ENDED_TOKEN_USED', on: TestServer = server) {
  await on.core.sightings.flush();
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { email } });
  return db.auditEvent.findMany({ where: { userId, type }, orderBy: { occurredAt: 'asc' } });
}

describe('a session that is used from another address', () => {
  test('shows both addresses, and is on the trail', async () => {
    const email = newEmail();
    const phone = await signUp(server, email, { ipAddress: HOME });
    phone.moveTo(CAFE);
    await phone.ask(Viewer);
    const events = await eventsOf(email, 'IP_CHANGED');
    expect(events).toMatchObject([
      { ipAddress: CAFE, details: { previousIpAddress: HOME }, actorKind: 'USER' },
    ]);
    const { mySessions } = await phone.ask(MySessions, {});
    expect(mySessions.nodes).toMatchObject([{ ipAddress: HOME, lastIpAddress: CAFE }]);
  });

  test('is seen over a socket too', async () => {
    const email = newEmail();
    const phone = await signUp(server, email, { ipAddress: HOME });
    phone.moveTo(CAFE);
    await connect(server, { headers: phone.headers });
    expect(await eventsOf(email, 'IP_CHANGED')).toHaveLength(1);
  });

  test('is recorded once, however many processes see it, and however the address is spelled', async () => {
    const email = newEmail();
    const phone = await signUp(server, email, { ipAddress: HOME });
    await send(other, Viewer, {}, phone.headers);
    for (const address of [CAFE, '2001:DB8:0:0::1']) {
      phone.moveTo(address);
      await Promise.all([server, other].map((each) => send(each, Viewer, {}, phone.headers)));
    }
    await eventsOf(email, 'IP_CHANGED', other);
    expect(await eventsOf(email, 'IP_CHANGED')).toHaveLength(1);
  });

  test('that goes back and forth writes little, whatever it does', async () => {
    const email = newEmail();
    const phone = await signUp(server, email, { ipAddress: HOME });
    for (let round = 0; round < 20; round++) {
      phone.moveTo(round % 2 ? HOME : CAFE);
      await phone.ask(Viewer);
      await sightings.flush();
    }
    expect(await eventsOf(email, 'IP_CHANGED')).toHaveLength(1);
  });

  test('is recorded though its row was held by somebody at first', async () => {
    const email = newEmail();
    const phone = await signUp(server, email, { ipAddress: HOME });
    phone.moveTo(CAFE);
    await phone.ask(Viewer);
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = ${email} FOR UPDATE`;
      expect(await eventsOf(email, 'IP_CHANGED')).toEqual([]);
    });
    expect(await eventsOf(email, 'IP_CHANGED')).toHaveLength(1);
  });

  test('that stays where it is writes nothing', async () => {
    const email = newEmail();
    const phone = await signUp(server, email, { ipAddress: HOME });
    for (let count = 0; count < 3; count++) await phone.ask(Viewer);
    expect(await eventsOf(email, 'IP_CHANGED')).toEqual([]);
  });
});

describe('the token of a session that has ended', () => {
  async function endAnother() {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    return { email, laptop, phone };
  }

  test('is refused, and its use is on the trail, once', async () => {
    const { email, phone } = await endAnother();
    phone.moveTo(CAFE);
    for (let count = 0; count < 5; count++) expect((await phone.ask(Viewer)).viewer).toBeNull();
    // Written down before the other process sees it: two at the same instant would not know of each other.
    await eventsOf(email, 'ENDED_TOKEN_USED');
    await send(other, Viewer, {}, phone.headers);
    const events = await eventsOf(email, 'ENDED_TOKEN_USED', other);
    expect(events).toMatchObject([{ ipAddress: CAFE, actorId: null, details: { why: 'ENDED' } }]);
    expect(events[0]?.sessionId).not.toBeNull();
  });

  test('is told again when it is still used a day later', async () => {
    const DATABASE_URL = await createDatabase();
    const own = await startTestServer({ ...settings, DATABASE_URL });
    const email = newEmail();
    const laptop = await signUp(own, email);
    const phone = await signIn(own, email);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    const next = await startTestServer({ ...settings, DATABASE_URL });
    await phone.ask(Viewer);
    await own.core.sightings.flush();
    next.clock.advance(DAY + MINUTE);
    await send(next, Viewer, {}, phone.headers);
    await next.core.sightings.flush();
    expect(await own.core.db.auditEvent.count({ where: { type: 'ENDED_TOKEN_USED' } })).toBe(2);
  });

  test('that was never one leaves no trace', async () => {
    const { email } = await endAnother();
    const stranger = new Device(server);
    stranger.headers['authorization'] = `Bearer cfw_${'A'.repeat(86)}`;
    await stranger.ask(Viewer);
    expect(await eventsOf(email, 'ENDED_TOKEN_USED')).toEqual([]);
  });
});

describe('a token that was replaced', () => {
  test('is on the trail when it is used later, but not by what was under way', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const thief = new Device(server);
    Object.assign(thief.headers, laptop.headers);
    await laptop.ask(ConfirmPassword, { password: PASSWORD });
    expect((await thief.ask(Viewer)).viewer).toBeNull();
    expect(await eventsOf(email, 'ENDED_TOKEN_USED')).toEqual([]);
    server.clock.advance(MINUTE);
    expect((await thief.ask(Viewer)).viewer).toBeNull();
    expect(await eventsOf(email, 'ENDED_TOKEN_USED')).toMatchObject([{ details: { why: 'RENEWED' } }]);
  });
});
