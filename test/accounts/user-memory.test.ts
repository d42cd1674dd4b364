/** The account of whoever asks is remembered, and never shown as it was before a change that was answered. */
import { expect, test, vi } from 'vitest';
import { changeRole } from '../../src/accounts/roles.ts';
import { announce } from '../../src/live/bus.ts';
import { Device, newEmail, signUp } from '../device.ts';
import { userFactory } from '../factories/user.ts';
import { countQueries } from '../queries.ts';
import { createDatabase, startTestServer } from '../server.ts';

const VIEWER = '{ viewer { email language role } }';
const CHANGE_LANGUAGE =
  'mutation ($language: String!) { changeLanguage(language: $language) { __typename } }';

const databaseUrl = await createDatabase();
const server = await startTestServer({ DATABASE_URL: databaseUrl });
const other = await startTestServer({ DATABASE_URL: databaseUrl });
const { core } = server;

test('a request about its own user reads nothing, once it is remembered', async () => {
  const email = newEmail();
  const device = await signUp(server, email);
  await device.send(VIEWER);
  const queries = countQueries();
  expect((await device.send(VIEWER)).data).toMatchObject({ viewer: { email, role: 'USER' } });
  expect(queries()).toBe(0);
});

test('no hash of a password is kept', async () => {
  const user = await userFactory.create({}, { transient: core });
  expect(await core.users.find(user.id)).toMatchObject({ id: user.id, passwordHash: null });
  expect(core.users.find(user.id)).toMatchObject({ id: user.id, passwordHash: null });
});

test('a change is seen once it is answered, and on another process soon', async () => {
  const device = await signUp(server, newEmail());
  const elsewhere = new Device(other);
  Object.assign(elsewhere.headers, device.headers);
  for (const language of ['fr', 'en', 'fr', 'en']) {
    await elsewhere.send(VIEWER);
    await device.send(VIEWER);
    await device.send(CHANGE_LANGUAGE, { language });
    expect((await device.send(VIEWER)).data).toMatchObject({ viewer: { language } });
    await vi.waitFor(async () =>
      expect((await elsewhere.send(VIEWER)).data).toMatchObject({ viewer: { language } }),
    );
  }
});

test('a role that the command line gives is seen soon', async () => {
  const email = newEmail();
  const device = await signUp(server, email);
  await device.send(VIEWER);
  await changeRole({ db: core.db, clock: core.clock, announce }, email, 'ADMIN');
  await vi.waitFor(async () =>
    expect((await device.send(VIEWER)).data).toMatchObject({ viewer: { role: 'ADMIN' } }),
  );
});

test('a read that a change overtakes is not kept', async () => {
  const user = await userFactory.create({}, { transient: core });
  const read = core.users.find(user.id);
  core.users.forget(user.id);
  await read;
  const queries = countQueries();
  await core.users.find(user.id);
  expect(queries()).toBe(1);
});

test('nothing is taken from memory while changes may be missed', async () => {
  const user = await userFactory.create({}, { transient: core });
  await core.users.find(user.id);
  const isHeard = vi.spyOn(core.bus, 'isHeard').mockReturnValue(false);
  const queries = countQueries();
  await core.users.find(user.id);
  expect(queries()).toBe(1);
  isHeard.mockRestore();
  core.users.clear();
  await core.users.find(user.id);
  expect(queries()).toBe(2);
});

test('with a memory of none, each request reads', async () => {
  const own = await startTestServer({ DATABASE_URL: databaseUrl, CURFEW_MEMORY_SESSIONS: '0' });
  const user = await userFactory.create({}, { transient: core });
  await own.core.users.find(user.id);
  const queries = countQueries();
  await own.core.users.find(user.id);
  expect(queries()).toBe(1);
});
