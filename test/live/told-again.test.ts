/**
 * A session was ended, and whoever ended it died before it could tell the other
 * processes. Whoever is then answered that it has ended may rely on it everywhere.
 */
import { expect, test, vi } from 'vitest';
import { type Device, newEmail, send, signIn, signUp } from '../device.ts';
import { RevokeSession, SessionRevokedBriefly, SignOut, SignOutEverywhere, Viewer } from '../operations.ts';
import { createDatabase, startTestServer } from '../server.ts';
import { listen } from './listen.ts';

/** Long before a comparison would find it. */
const TOLD = { timeout: 3000, interval: 5 };

const DATABASE_URL = await createDatabase();
const [one, other] = await Promise.all([
  startTestServer({ DATABASE_URL }),
  startTestServer({ DATABASE_URL }),
]);
for (const { core } of [one, other]) await vi.waitFor(() => expect(core.bus.isHeard()).toBe(true), TOLD);

const isAccepted = async (device: Device) =>
  (await send(other, Viewer, {}, device.headers)).data?.viewer !== null;

/** A phone that both processes remember, and that has ended without a word to anybody. */
async function endInSilence() {
  const email = newEmail();
  const laptop = await signUp(one, email);
  const phone = await signIn(one, email);
  expect((await phone.ask(Viewer)).viewer).not.toBeNull();
  expect(await isAccepted(phone)).toBe(true);
  await one.core.db.$executeRaw`
    UPDATE sessions SET ended_at = now(), end_reason = 'REVOKED'
    WHERE id = (SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE u.email = ${email} ORDER BY s.created_at DESC LIMIT 1)`;
  expect(await isAccepted(phone)).toBe(true);
  return { laptop, phone };
}

test.each([
  [
    'revokeSession',
    async (laptop: Device, phone: Device) => {
      const { revokeSession } = await laptop.ask(RevokeSession, { id: phone.sessionId });
      expect(revokeSession).toMatchObject({ session: { endReason: 'REVOKED' } });
    },
  ],
  [
    'signOutEverywhere',
    async (laptop: Device) => {
      const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent: true });
      expect(signOutEverywhere).toMatchObject({ revokedCount: 0 });
    },
  ],
])('%s tells again what has ended already', async (_name, end) => {
  const { laptop, phone } = await endInSilence();
  await end(laptop, phone);
  await vi.waitFor(async () => expect(await isAccepted(phone)).toBe(false), TOLD);
});

test('signOut of a session that ended meanwhile tells it again', async () => {
  const { phone } = await endInSilence();
  await send(one, SignOut, {}, phone.headers);
  await vi.waitFor(async () => expect(await isAccepted(phone)).toBe(false), TOLD);
});

test('a subscriber hears of it once, however often it is told', async () => {
  const email = newEmail();
  const laptop = await signUp(one, email);
  const tablet = await signIn(one, email);
  const phone = await signIn(one, email);
  const { events } = await listen(other, tablet, SessionRevokedBriefly);
  for (let count = 0; count < 3; count++) await laptop.ask(RevokeSession, { id: phone.sessionId });
  await other.watch.round();
  const guest = await signIn(one, email);
  await laptop.ask(RevokeSession, { id: guest.sessionId });
  await vi.waitFor(() => expect(events.length).toBeGreaterThan(1), TOLD);
  expect(events).toHaveLength(2);
});

test('who subscribes after an end is not told of it', async () => {
  const email = newEmail();
  const laptop = await signUp(one, email);
  const [tablet, phone] = [await signIn(one, email), await signIn(one, email)];
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await vi.waitFor(async () => expect(await isAccepted(phone)).toBe(false), TOLD);
  const { events } = await listen(other, tablet, SessionRevokedBriefly);
  await other.watch.round();
  const guest = await signIn(one, email);
  await laptop.ask(RevokeSession, { id: guest.sessionId });
  await vi.waitFor(() => expect(events).not.toEqual([]), TOLD);
  expect(events).toHaveLength(1);
});

test('in quiet times a comparison finds nothing', async () => {
  const quiet = await startTestServer();
  await vi.waitFor(() => expect(quiet.core.bus.isHeard()).toBe(true), TOLD);
  const email = newEmail();
  const laptop = await signUp(quiet, email);
  const phone = await signIn(quiet, email);
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await listen(quiet, laptop, SessionRevokedBriefly);
  await quiet.watch.round();
  const { text } = await quiet.core.metrics.write();
  expect(text).toMatch(/^curfew_comparison_found_total 0$/m);
});
