import { expect, test } from 'vitest';
import { Device, newEmail, PASSWORD, send, sessionCookieOf, signIn, signUp } from '../device.ts';
import { SignIn, SignUp, Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const { core } = server;

const BEARER = { delivery: 'BEARER' } as const;

async function trySignUp(email: string, password: string) {
  return (await send(server, SignUp, { input: { email, password, ...BEARER } })).data?.signUp;
}

async function trySignIn(email: string, password: string) {
  return (await send(server, SignIn, { input: { email, password, ...BEARER } })).data?.signIn;
}

test('a new account is signed in at once, and its token resumes the session', async () => {
  const email = newEmail();
  const device = await signUp(server, email);
  const { viewer, currentSession } = await device.ask(Viewer);
  expect(viewer).toMatchObject({ email });
  expect(currentSession).toMatchObject({
    id: device.sessionId,
    kind: 'API',
    isCurrent: true,
    status: 'ACTIVE',
  });
});

test('the session that is answered is the current one from then on', async () => {
  const answer = await trySignUp(newEmail(), PASSWORD);
  expect(answer).toMatchObject({ session: { isCurrent: true } });
});

test('an email is one whatever its case, and white space around it', async () => {
  const email = newEmail();
  await signUp(server, email.toUpperCase());
  expect(await core.db.user.count({ where: { email } })).toBe(1);
  expect(await trySignUp(email, PASSWORD)).toMatchObject({ __typename: 'EmailTakenError' });
  expect(await trySignIn(` ${email.toUpperCase()} `, PASSWORD)).toMatchObject({ user: { email } });
});

test.each([
  ['no at sign', 'ada.example.com'],
  ['nothing', ''],
  ['NUL', 'ada\0@example.com'],
  ['a line break', 'ada@example.com\nbcc: eve@example.com'],
  ['an emoji', '💥@example.com'],
  ['a lone surrogate', '\ud800@example.com'],
  ['a homograph', 'adа@example.com'],
  [
    '255 characters',
    `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(8)}.eu`,
  ],
])('an email with %s is refused, with the path of the field', async (_what, email) => {
  for (const answer of [await trySignUp(email, PASSWORD), await trySignIn(email, PASSWORD)]) {
    expect(answer).toMatchObject({ __typename: 'InvalidInputError', path: ['email'] });
  }
});

test('an email of 254 characters is taken', async () => {
  const email = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(7)}.eu`;
  expect(email).toHaveLength(254);
  expect(await trySignUp(email, PASSWORD)).toMatchObject({ __typename: 'SignUpSuccess' });
});

test.each([
  ['7 characters', 'seven77'],
  ['7 characters of two UTF-16 units', '💥'.repeat(7)],
  ['nothing', ''],
  ['NUL', 'long enough\0'],
  ['a lone surrogate', 'long enough \ud800'],
  ['257 characters', 'x'.repeat(257)],
  ['60 KB', 'x'.repeat(60_000)],
  ['a character that NFKC makes long', '\ufdfa'.repeat(100)],
])('a new password with %s is refused, with the path of the field', async (_what, password) => {
  expect(await trySignUp(newEmail(), password)).toMatchObject({
    __typename: 'InvalidInputError',
    path: ['password'],
  });
});

test.each([
  ['8 characters', 'eight888'],
  ['8 emoji', '💥'.repeat(8)],
  ['256 characters', 'x'.repeat(256)],
  ['256 emoji', '💥'.repeat(256)],
  ['white space around it', '  spaced out  '],
])('a password of %s is taken, and nothing of it is left out', async (_what, password) => {
  const email = newEmail();
  expect(await trySignUp(email, password)).toMatchObject({ __typename: 'SignUpSuccess' });
  expect(await trySignIn(email, password)).toMatchObject({ __typename: 'SignInSuccess' });
  expect(await trySignIn(email, [...password].slice(0, -1).join(''))).toMatchObject({
    __typename: 'InvalidCredentialsError',
  });
});

test('a password is the same however the keyboard composes it', async () => {
  const email = newEmail();
  await trySignUp(email, 'cafe\u0301 creme');
  expect(await trySignIn(email, 'caf\u00e9 creme')).toMatchObject({ __typename: 'SignInSuccess' });
});

test('a wrong email and a wrong password get one answer', async () => {
  const email = newEmail();
  await signUp(server, email);
  const wrongPassword = await trySignIn(email, 'not the password');
  const wrongEmail = await trySignIn(newEmail(), 'not the password');
  expect(wrongPassword).toEqual({
    __typename: 'InvalidCredentialsError',
    message: 'The email or the password is wrong.',
  });
  expect(wrongEmail).toEqual(wrongPassword);
});

test('a failed sign-in is on the trail of the account, and of nobody for an unknown email', async () => {
  const email = newEmail();
  await signUp(server, email);
  const { id } = await core.db.user.findUniqueOrThrow({ where: { email } });
  const countUnknown = () => core.db.auditEvent.count({ where: { type: 'SIGN_IN_FAILED', userId: null } });
  const before = await countUnknown();
  await trySignIn(email, 'not the password');
  await trySignIn(newEmail(), 'not the password');
  expect(await core.db.auditEvent.count({ where: { type: 'SIGN_IN_FAILED', userId: id } })).toBe(1);
  expect(await countUnknown()).toBe(before + 1);
});

test('a session presented at sign-in is ended, never reused', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email, { delivery: 'COOKIE' });
  const before = { ...laptop.headers };
  const answer = await laptop.send(SignIn, { input: { email, password: PASSWORD, delivery: 'COOKIE' } });
  const { data } = answer;
  if (data?.signIn.__typename !== 'SignInSuccess') throw new Error(JSON.stringify(data));
  expect(data.signIn.session.id).not.toBe(laptop.sessionId);
  expect(before['cookie']).not.toContain(sessionCookieOf(answer)?.split(';')[0]);
  const planted = new Device(server);
  Object.assign(planted.headers, before);
  expect((await planted.ask(Viewer)).viewer).toBeNull();
  expect((await laptop.ask(Viewer)).viewer).toMatchObject({ email });
});

test('a session of somebody else presented at sign-in is ended as well', async () => {
  const grace = await signUp(server);
  const ada = newEmail();
  await signUp(server, ada);
  await grace.send(SignIn, { input: { email: ada, password: PASSWORD, ...BEARER } });
  expect((await grace.ask(Viewer)).viewer).toBeNull();
});

test('a failed sign-in leaves the presented session alone', async () => {
  const laptop = await signUp(server);
  await laptop.send(SignIn, { input: { email: newEmail(), password: PASSWORD, ...BEARER } });
  expect((await laptop.ask(Viewer)).viewer).not.toBeNull();
});

test('tries are limited per account, and a right password gives its try back', async () => {
  const strict = await startTestServer({ CURFEW_SIGN_IN_LIMIT: '5/3m' });
  const email = newEmail();
  await signUp(strict, email);
  for (let count = 0; count < 6; count++) await signIn(strict, email);
  const attempt = (password: string) => send(strict, SignIn, { input: { email, password, ...BEARER } });
  // The sign-up above took one of this address's tries.
  for (let count = 0; count < 4; count++) {
    expect((await attempt('not the password')).data?.signIn.__typename).toBe('InvalidCredentialsError');
  }
  const { data } = await attempt(PASSWORD);
  expect(data?.signIn).toMatchObject({ __typename: 'RateLimitedError', retryAfter: expect.any(Number) });
});

test('the database holds only hashes of secrets', async () => {
  const answer = await trySignUp(newEmail(), PASSWORD);
  if (answer?.__typename !== 'SignUpSuccess' || !answer.token) throw new Error(JSON.stringify(answer));
  const secret = Buffer.from(answer.token.slice('cfw_'.length), 'base64url').subarray(16, 48);
  const rows = await core.db.$queryRaw<{ row: string }[]>`
    SELECT u::text || s::text AS row FROM users u JOIN sessions s ON s.user_id = u.id`;
  const dump = rows.map(({ row }) => row).join('\n');
  expect(dump).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
  expect(dump).not.toContain(PASSWORD);
  expect(dump).not.toContain(secret.toString('hex'));
});
