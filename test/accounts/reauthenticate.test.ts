import { expect, test } from 'vitest';
import { newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { ChangePassword, ConfirmPassword, MyAuditEvents, SignIn, Viewer } from '../operations.ts';
import { HOUR, startTestServer } from '../server.ts';

const server = await startTestServer();

const NEW_PASSWORD = 'another long password';

test('confirming the password says until when, and is on the trail', async () => {
  const device = await signUp(server);
  const { confirmPassword } = await device.ask(ConfirmPassword, { password: PASSWORD });
  if (confirmPassword.__typename !== 'ConfirmPasswordSuccess') throw new Error(confirmPassword.__typename);
  const untilMs = new Date(confirmPassword.confirmedUntil).getTime() - Date.now();
  expect(untilMs).toBeGreaterThan(HOUR - 10_000);
  expect(untilMs).toBeLessThanOrEqual(HOUR);
  const { myAuditEvents } = await device.ask(MyAuditEvents, { first: 1 });
  expect(myAuditEvents.nodes).toMatchObject([
    { type: 'PASSWORD_CONFIRMED', session: { id: device.sessionId } },
  ]);
});

test('a password that can’t be one is a wrong one', async () => {
  const device = await signUp(server);
  for (const password of ['', '\0', 'x'.repeat(10_000), '\ud800']) {
    const { confirmPassword } = await device.ask(ConfirmPassword, { password });
    expect(confirmPassword.__typename).toBe('InvalidCredentialsError');
  }
});

test('a change needs the current password, and the new one is the one from then on', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const change = (currentPassword: string, newPassword: string) =>
    laptop.ask(ChangePassword, { input: { currentPassword, newPassword } });

  expect((await change('not the password', NEW_PASSWORD)).changePassword.__typename).toBe(
    'InvalidCredentialsError',
  );
  for (const newPassword of ['short', PASSWORD]) {
    expect((await change(PASSWORD, newPassword)).changePassword).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['newPassword'],
    });
  }
  expect((await phone.ask(Viewer)).viewer).not.toBeNull();

  expect((await change(PASSWORD, NEW_PASSWORD)).changePassword).toMatchObject({ revokedCount: 1 });
  expect((await phone.ask(Viewer)).viewer).toBeNull();
  expect((await laptop.ask(Viewer)).viewer).not.toBeNull();
  const attempt = async (password: string) =>
    (await send(server, SignIn, { input: { email, password, delivery: 'BEARER' } })).data?.signIn.__typename;
  expect(await attempt(PASSWORD)).toBe('InvalidCredentialsError');
  expect(await attempt(NEW_PASSWORD)).toBe('SignInSuccess');
});

test('two changes at once: one of them finds the password changed', async () => {
  const laptop = await signUp(server);
  const answers = await Promise.all(
    ['first new password', 'second new password'].map((newPassword) =>
      laptop.ask(ChangePassword, { input: { currentPassword: PASSWORD, newPassword } }),
    ),
  );
  expect(answers.map(({ changePassword }) => changePassword.__typename).toSorted()).toEqual([
    'ChangePasswordSuccess',
    'InvalidCredentialsError',
  ]);
});

test('guessing within a session is limited like guessing at sign-in', async () => {
  const strict = await startTestServer({ CURFEW_SIGN_IN_LIMIT: '4/3m' });
  const device = await signUp(strict);
  const names = [];
  for (let count = 0; count < 5; count++) {
    names.push((await device.ask(ConfirmPassword, { password: 'wrong' })).confirmPassword.__typename);
  }
  expect(names.at(-1)).toBe('RateLimitedError');
  const { changePassword } = await device.ask(ChangePassword, {
    input: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
  });
  expect(changePassword).toMatchObject({ __typename: 'RateLimitedError', retryAfter: expect.any(Number) });
});

test('without a session, neither is to be had', async () => {
  const input = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  for (const answer of [
    await send(server, ConfirmPassword, { password: PASSWORD }),
    await send(server, ChangePassword, { input }),
  ]) {
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});
