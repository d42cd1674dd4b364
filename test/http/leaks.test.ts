/** Secrets are in no log, no answer but the one that hands them out, and no row of the database. */
import { Writable } from 'node:stream';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, PASSWORD, sessionCookieOf } from '../device.ts';
import {
  ChangePassword,
  ConfirmPassword,
  MySessions,
  RevokeSession,
  SignIn,
  SignOut,
  SignUp,
} from '../operations.ts';
import { sendRaw, writeRequest } from '../raw.ts';
import { createDatabase, startTestServer, TEST_SECRET, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';

const EMAIL = 'ada@example.com';
const WRONG = 'not at all the right password';
const CHANGED = 'an altogether different password';

const logged: string[] = [];
const answered: string[] = [];
/** What nobody but its owner may ever see. */
const secrets = [PASSWORD, WRONG, CHANGED, TEST_SECRET];
let server: TestServer;
let database: pg.Client;

/** Sends, keeps the answer, and takes out the token, which is where it belongs. */
async function ask<Data, Variables>(
  device: Device,
  document: TypedDocumentNode<Data, Variables> | string,
  variables?: Variables,
) {
  const answer = await device.send(document, variables);
  const text = JSON.stringify({ data: answer.data, errors: answer.errors });
  const token = /"token":"(cfw_[\w-]+)"/.exec(text)?.[1];
  const cookie = /=([\w-]{86});/.exec(sessionCookieOf(answer) ?? '')?.[1];
  for (const secret of [token?.slice('cfw_'.length), cookie]) if (secret) secrets.push(secret);
  answered.push(token ? text.replace(token, '') : text);
  return { ...answer, token: token ?? null };
}

async function enter(
  device: Device,
  document: typeof SignIn | typeof SignUp,
  password: string,
  delivery: 'BEARER' | 'COOKIE',
) {
  const input = { email: EMAIL, password, delivery };
  const { token, headers } = await ask<unknown, { input: typeof input }>(device, print(document), { input });
  if (token || headers.getSetCookie().length > 0) device.keep(token, headers);
  return device;
}

beforeAll(async () => {
  const DATABASE_URL = await createDatabase();
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  server = await startTestServer({ DATABASE_URL }, { log: pino({ level: 'trace' }, stream) });
  database = new pg.Client({ connectionString: DATABASE_URL });
  await database.connect();
  database.on('error', () => {});

  const laptop = await enter(new Device(server), SignUp, PASSWORD, 'BEARER');
  const phone = await enter(new Device(server), SignIn, PASSWORD, 'COOKIE');
  const tablet = await enter(new Device(server), SignIn, PASSWORD, 'BEARER');
  await enter(new Device(server), SignUp, PASSWORD, 'BEARER');
  await enter(new Device(server), SignIn, WRONG, 'BEARER');
  await ask(laptop, ConfirmPassword, { password: WRONG });
  await ask(laptop, ConfirmPassword, { password: PASSWORD });
  const { data } = await laptop.send(MySessions, {});
  for (const { id, isCurrent } of data?.mySessions.nodes ?? [])
    if (!isCurrent) await ask(laptop, RevokeSession, { id });
  await ask(tablet, MySessions, {});
  await ask(phone, SignOut);
  await ask(laptop, ChangePassword, { input: { currentPassword: WRONG, newPassword: CHANGED } });
  await ask(laptop, ChangePassword, { input: { currentPassword: PASSWORD, newPassword: CHANGED } });

  // Faults of every kind, with a secret in the middle of each.
  await ask(laptop, `mutation { confirmPassword(password: "${CHANGED}" "${CHANGED}") { __typename } }`);
  await ask(laptop, `mutation { confirmPassword(password: ["${CHANGED}"]) { __typename } }`);
  const confirm = 'mutation ($password: String!) { confirmPassword(password: $password) { __typename } }';
  await ask(laptop, confirm, { password: [CHANGED] });
  await ask(laptop, 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }', {
    input: { email: EMAIL, password: CHANGED, token: laptop.headers['authorization'] },
  });
  const malformed = `{"query": "{ viewer { id } }", "variables": {"password": "${CHANGED}"`;
  const type = { 'Content-Type': 'application/json', 'Content-Length': malformed.length };
  answered.push(
    await sendRaw(server, writeRequest('POST /graphql', { ...type, ...laptop.headers }, malformed)),
  );
  answered.push(await sendRaw(server, writeRequest('GET /graphql', { ...laptop.headers, Host: 'a b' })));
  const socket = await connect(server, { params: laptop.headers });
  answered.push(JSON.stringify(await socket.run(confirm, { password: [CHANGED] })));
  socket.send(`not JSON ${CHANGED}`);
  await socket.closed;

  // What the database says of a row that it refuses has the whole row in it.
  await database.query('ALTER TABLE users ADD CONSTRAINT nobody CHECK (false) NOT VALID');
  await ask(new Device(server), SignUp, {
    input: { email: 'eve@example.com', password: WRONG, delivery: 'BEARER' },
  });
  await ask(laptop, ChangePassword, { input: { currentPassword: CHANGED, newPassword: PASSWORD } });
  await database.query('ALTER TABLE users DROP CONSTRAINT nobody');
  await database.query('ALTER TABLE sessions ADD CONSTRAINT nobody CHECK (false) NOT VALID');
  await enter(new Device(server), SignIn, CHANGED, 'BEARER');
  await ask(laptop, SignOut);
  await database.query('ALTER TABLE sessions DROP CONSTRAINT nobody');
  await enter(new Device(server), SignIn, CHANGED, 'COOKIE');
}, 30_000);

afterAll(() => database.end());

function expectClean(text: string): void {
  for (const secret of secrets) expect(text).not.toContain(secret);
}

test('the scenario has met what it was to meet', () => {
  const all = answered.join('\n');
  for (const outcome of [
    'InvalidCredentialsError',
    'EmailTakenError',
    'RevokeSessionSuccess',
    'ConfirmPasswordSuccess',
  ]) {
    expect(all).toContain(outcome);
  }
  for (const code of [
    'INTERNAL_SERVER_ERROR',
    'UNAUTHENTICATED',
    'BAD_USER_INPUT',
    'BAD_REQUEST',
    'PARSE_FAILED',
  ]) {
    expect(all).toContain(code);
  }
  expect(logged.join('')).toContain('an operation failed unexpectedly');
  expect(secrets.length).toBeGreaterThan(7);
});

test('no answer but the one that hands out a token has a secret in it', () => {
  expectClean(answered.join('\n'));
  expect(answered.join('\n')).not.toMatch(/\$argon2|secretHash|passwordHash/);
});

test('no line of the log has a secret in it, nor a hash of one', async () => {
  expectClean(logged.join(''));
  expect(logged.join('')).not.toMatch(/\$argon2/);
  const { rows } = await database.query<{ hash: string }>(
    "SELECT encode(secret_hash, 'hex') AS hash FROM sessions UNION SELECT password_hash FROM users",
  );
  for (const { hash } of rows) expect(logged.join('')).not.toContain(hash);
});

test('no row of the database has a secret in it, and hashes are where they belong', async () => {
  const { rows: tables } = await database.query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['users', 'sessions', 'audit_events']),
  );
  for (const { name } of tables) {
    const { rows } = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    const text = rows.map(({ row }) => row).join('\n');
    expectClean(text);
    // Not in the form in which PostgreSQL shows bytes, either.
    for (const secret of secrets.filter((it) => /^[\w-]{86}$/.test(it))) {
      const bytes = Buffer.from(secret, 'base64url');
      expect(text).not.toContain(bytes.subarray(16, 48).toString('hex'));
    }
    if (name !== 'users') expect(text).not.toContain('$argon2');
  }
});
