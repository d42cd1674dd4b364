/** When more passwords wait to be hashed than there is time for, whoever comes then is refused at once, and loses nothing by it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hashing, MOST_WAITING } from '../../src/accounts/passwords.ts';
import { type Device, newEmail, PASSWORD, send, signUp } from '../device.ts';
import { ChangePassword, ConfirmPassword, MySessions, SignIn, SignUp } from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer({ CURFEW_SIGN_IN_LIMIT: '3/3m' });
const email = newEmail();
let device: Device;
let free = () => {};

beforeEach(async () => {
  device ??= await signUp(server, email);
  const freed = new Promise<void>((resolve) => {
    free = resolve;
  });
  // What is hashed just then takes the places that wait for nothing.
  while (hashing.pendingCount < MOST_WAITING) void hashing(() => freed);
});

afterEach(async () => {
  free();
  await vi.waitFor(() => expect([hashing.activeCount, hashing.pendingCount]).toEqual([0, 0]));
});

const BUSY = {
  status: 503,
  errors: [
    {
      message: 'Too many people sign in right now. Try again shortly.',
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    },
  ],
};

const credentials = () => ({ input: { email, password: PASSWORD, delivery: 'BEARER' as const } });

test('a sign-in is refused at once, as often as it is tried, and goes on when there is time again', async () => {
  // More often than tries may fail: none of them has been one.
  for (let time = 0; time < 5; time++) expect(await send(server, SignIn, credentials())).toMatchObject(BUSY);
  const stranger = { input: { ...credentials().input, email: newEmail() } };
  expect(await send(server, SignIn, stranger)).toMatchObject(BUSY);
  free();
  await vi.waitFor(async () =>
    expect(await send(server, SignIn, credentials())).toMatchObject({ status: 200 }),
  );
});

test('so is a sign-up, and so are who give their password again; whoever is signed in is answered', async () => {
  for (let time = 0; time < 5; time++) {
    const account = { input: { ...credentials().input, email: newEmail() } };
    expect(await send(server, SignUp, account)).toMatchObject(BUSY);
    expect(await device.send(ConfirmPassword, { password: PASSWORD })).toMatchObject(BUSY);
    const input = { currentPassword: PASSWORD, newPassword: `${PASSWORD}, and more` };
    expect(await device.send(ChangePassword, { input })).toMatchObject(BUSY);
    expect(await device.send(MySessions, {})).toMatchObject({ status: 200 });
  }
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
    `\ncurfew_passwords_waiting ${MOST_WAITING}\n`,
  );
  free();
  await vi.waitFor(async () =>
    expect(await device.send(ConfirmPassword, { password: PASSWORD })).toMatchObject({ status: 200 }),
  );
});
