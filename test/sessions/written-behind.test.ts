/**
 * When a session was last used is written behind its use. What the row says
 * meanwhile must neither save a session from being ended, nor end one in use.
 */
import { expect, test } from 'vitest';
import { newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { ChangePassword, RevokeSession, SignOutEverywhere, Viewer } from '../operations.ts';
import { DAY, SECOND, startTestServer } from '../server.ts';

/** Two devices whose rows say that they are idle, and that were used a moment ago. */
async function barelyInUse() {
  const server = await startTestServer({ CURFEW_CONFIRMATION_WINDOW: '30d' });
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  server.clock.advance(14 * DAY - 20 * SECOND);
  for (const device of [laptop, phone]) expect((await device.ask(Viewer)).viewer).not.toBeNull();
  server.clock.advance(21 * SECOND);
  const isSignedIn = async (device: typeof phone) => (await device.ask(Viewer)).viewer !== null;
  const settle = async () => {
    await server.core.activity.flush();
    await server.watch.round();
  };
  return { server, email, laptop, phone, isSignedIn, settle };
}

test('it is revoked all the same', async () => {
  const { laptop, phone, isSignedIn, settle } = await barelyInUse();
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(await isSignedIn(phone)).toBe(false);
  await settle();
  expect(await isSignedIn(phone)).toBe(false);
  expect(await isSignedIn(laptop)).toBe(true);
});

test('it is signed out everywhere all the same', async () => {
  const { laptop, phone, isSignedIn, settle } = await barelyInUse();
  const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent: false });
  expect(signOutEverywhere).toMatchObject({ revokedCount: 2 });
  await settle();
  expect([await isSignedIn(phone), await isSignedIn(laptop)]).toEqual([false, false]);
});

test('a changed password ends it all the same', async () => {
  const { laptop, phone, isSignedIn, settle } = await barelyInUse();
  const input = { currentPassword: PASSWORD, newPassword: 'another long password' };
  expect((await laptop.ask(ChangePassword, { input })).changePassword).toMatchObject({ revokedCount: 1 });
  await settle();
  expect([await isSignedIn(phone), await isSignedIn(laptop)]).toEqual([false, true]);
});

test('it counts for the session limit all the same', async () => {
  const server = await startTestServer({ CURFEW_SESSION_LIMIT: '2' });
  const email = newEmail();
  const devices = [await signUp(server, email), await signIn(server, email)];
  server.clock.advance(14 * DAY - 20 * SECOND);
  for (const device of devices) await device.ask(Viewer);
  server.clock.advance(21 * SECOND);
  await signIn(server, email);
  await signIn(server, email);
  await server.core.activity.flush();
  await server.watch.round();
  expect(await server.core.db.session.count({ where: { endedAt: null } })).toBe(2);
});

test('a sweep waits for the flush that is under way', async () => {
  const server = await startTestServer();
  await signUp(server);
  const { core } = server;
  const { id: userId } = await core.db.user.findFirstOrThrow();
  const now = new Date();
  await core.db.session.createMany({
    data: Array.from({ length: 2000 }, () => ({
      userId,
      kind: 'API' as const,
      secretHash: new Uint8Array(32),
      createdAt: now,
      lastActiveAt: now,
      confirmedAt: now,
      expiresAt: new Date(now.getTime() + 30 * DAY),
    })),
  });
  const rows = await core.db.session.findMany();
  server.clock.advance(14 * DAY - 60 * SECOND);
  for (const row of rows) expect(core.activity.touch(row)).toBe(true);
  server.clock.advance(61 * SECOND);
  const flushing = core.activity.flush();
  await server.watch.round();
  await flushing;
  expect(await core.db.session.count({ where: { endReason: 'IDLE' } })).toBe(0);
});

test('a use is not lost because somebody held the row when it was to be written', async () => {
  const server = await startTestServer();
  const device = await signUp(server);
  const { core } = server;
  server.clock.advance(DAY);
  await device.ask(Viewer);
  const usedAt = server.clock.now();
  await core.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM sessions FOR UPDATE`;
    await core.activity.flush();
  });
  await core.activity.flush();
  const { lastActiveAt } = await core.db.session.findFirstOrThrow();
  expect(Math.abs(lastActiveAt.getTime() - usedAt.getTime())).toBeLessThan(5 * SECOND);
});
