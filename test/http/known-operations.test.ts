/**
 * Operations that go the short way are answered as Yoga answers them: two servers on
 * one database, one of which knows none, are sent the same some thousand times, and
 * compared by status, headers and body. Mutations happen once, whatever comes of them.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { type Device, PASSWORD, send, signIn, signUp } from '../device.ts';
import { type MadeSession, sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { createDatabase, startTestServer, type TestServer } from '../server.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Asked at once, so often. */
const BATCH = 60;
const BATCHES = 60;
const TIMEOUT_MS = 120_000;

const databaseUrl = await createDatabase();
const short = await startTestServer({ DATABASE_URL: databaseUrl });
const long = await startTestServer({ DATABASE_URL: databaseUrl, CURFEW_KNOWN_OPERATIONS: 'off' });

const phone = await signUp(short);
const laptop = await signIn(short, await emailOf(phone), { delivery: 'COOKIE' });
const ended = await sessionFactory.ended().create({}, { transient: { core: short.core } });
const administrator = await signUpAdministrator();

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

interface Asked {
  headers: Record<string, string>;
  body: string | Buffer;
  path: string;
}

interface Answer {
  status: number | undefined;
  headers: [string, unknown][];
  body: string;
}

/** What differs from answer to answer by itself. */
const OWN_HEADERS = ['date', 'x-request-id', 'keep-alive', 'connection'];

function ask({ url }: TestServer, { headers, body, path }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: Object.entries(response.headers)
            .filter(([name]) => !OWN_HEADERS.includes(name))
            .sort(([a], [b]) => a.localeCompare(b)),
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

async function signUpAdministrator(): Promise<MadeSession> {
  const { core } = short;
  const { id: userId } = await userFactory.admin().create({}, { transient: { db: core.db } });
  return sessionFactory.create({}, { transient: { core, userId } });
}

async function emailOf(device: Device): Promise<string> {
  const { data } = await device.send('{ viewer { email } }');
  return (data as { viewer: { email: string } }).viewer.email;
}

async function countKnown({ url }: TestServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^curfew_known_operations_total (\d+)/m.exec(text)?.[1]);
}

const SESSION = '{ id kind status isCurrent device { name type browser os } ipAddress createdAt endReason }';

/** Good ones, those that fail for some who ask, or with some variables, and those that are not good. */
const OPERATIONS = [
  '{ currentSession { id device { name } } viewer { email } }',
  '{ viewer { id email role language disabledAt createdAt sessionQuota { used max } } }',
  '{ viewer { sessionQuota(kind: API) { used } } other: viewer { __typename } }',
  'query ($kind: SessionKind) { viewer { sessionQuota(kind: $kind) { used max } } }',
  `{ mySessions { nodes ${SESSION} totalCount pageInfo { hasNextPage endCursor } } }`,
  `query Mine($first: Int, $after: String) { mySessions(first: $first, after: $after) { edges { cursor node ${SESSION} } } }`,
  'query ($status: SessionStatus = ENDED) { mySessions(status: $status) { nodes { id endedAt } } }',
  'query ($id: ID!) { node(id: $id) { id __typename ... on Session { kind } ... on User { email } } }',
  'query ($with: Boolean = true) { viewer { id email @include(if: $with) } }',
  'query ($with: Boolean!) { viewer { id email @include(if: $with) } currentSession @skip(if: $with) { id } }',
  'fragment F on Session { id device { ...D } } fragment D on Device { name } { currentSession { ...F } }',
  '{ currentSessionEnd { reason endedAt } }',
  '{ __typename }',
  '{ __schema { queryType { name } } }',
  '{ __type(name: "Session") { fields { name } } }',
  'query A { viewer { id } } query B { currentSession { id } }',
  'query Large($first: Int!) { mySessions(first: $first) { nodes { id device { name } } } again: mySessions(first: $first) { nodes { id } } }',
  '{ users { nodes { email } } }',
  '{ nothing }',
  '{ viewer { email ',
  'mutation { changeLanguage(language: "xx") { __typename ... on InvalidInputError { message path } } }',
  'mutation ($gone: ID!) { revokeSession(id: $gone) { __typename ... on UserError { message } } }',
  'mutation Both($gone: ID!, $with: Boolean = true) { revokeSession(id: $gone) { __typename } endSession(id: $gone) @include(if: $with) { __typename } }',
];

const CREDENTIALS: Record<string, string>[] = [
  {},
  { authorization: phone.headers['authorization'] ?? '' },
  { cookie: laptop.headers['cookie'] ?? '' },
  { ...ended.headers },
  { ...administrator.headers },
  { authorization: 'Bearer cfw_garbage' },
  { authorization: `${phone.headers['authorization']}`, cookie: `${laptop.headers['cookie']}` },
  { cookie: `session=x; ${laptop.headers['cookie']}` },
  { cookie: laptop.headers['cookie'] ?? '', 'curfew-session': laptop.sessionId },
  { cookie: laptop.headers['cookie'] ?? '', 'curfew-session': phone.sessionId },
];

const ACCEPTED = [
  undefined,
  '',
  '*/*',
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=latin1',
  'application/graphql-response+json',
  'APPLICATION/JSON',
  'application/*',
  'text/html',
  'text/html, */*',
  'text/event-stream',
  'multipart/mixed',
  'application/json, text/event-stream',
  'text/event-stream, application/json',
  'application/graphql-response+json, application/json',
  'application/json, application/graphql-response+json',
  'application/graphql-response+json,application/json;q=0.9',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
];

const variables = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(undefined, null, {}) },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        first: fc.constantFrom(0, 1, 2, 100, 101, -1, 1.5, '1', null, true, 2 ** 40),
        after: fc.constantFrom('garbage', '', null, 7),
        kind: fc.constantFrom('API', 'BROWSER', 'api', null, 1),
        status: fc.constantFrom('ACTIVE', 'ENDED', '', null, ['ACTIVE']),
        id: fc.constantFrom(phone.sessionId, laptop.sessionId, 'garbage', '', null, 5, {}),
        gone: fc.constantFrom(
          encodeGlobalId('Session', ended.session.id),
          encodeGlobalId('Session', randomUUID()),
          'garbage',
          null,
          5,
        ),
        with: fc.constantFrom(true, false, 'true', null),
        __proto__: fc.constant({ first: 1 }),
        unknown: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

const parameters = fc.record(
  {
    query: fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...OPERATIONS) }, fc.jsonValue()),
    variables,
    operationName: fc.constantFrom(null, '', 'A', 'B', 'Mine', 'Nobody', 3),
    extensions: fc.constantFrom(null, {}, { persistedQuery: { version: 1, sha256Hash: 'x' } }, [], 'x'),
  },
  { requiredKeys: ['query'] },
);

const body = fc.oneof(
  { weight: 20, arbitrary: parameters.map((value) => JSON.stringify(value)) },
  // Members that there are not, twice the same, and none that are needed.
  parameters.map((value) => JSON.stringify({ ...value, documentId: null, other: 1 })),
  parameters.map((value) => `{"query":"{ viewer { id } }",${JSON.stringify(value).slice(1)}`),
  parameters.map((value) => `\uFEFF${JSON.stringify(value)}`),
  parameters.map((value) => JSON.stringify([value])),
  parameters.map((value) => JSON.stringify(value).slice(0, -1)),
  parameters.map((value) => Buffer.concat([Buffer.from(JSON.stringify(value)), Buffer.from([0xff])])),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constant(''),
);

function withHeaders(
  accept: string | undefined,
  language: string | undefined,
  others: Record<string, string>,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(accept !== undefined && { accept }),
    ...(language !== undefined && { 'accept-language': language }),
    ...others,
  };
}

const language = fc.constantFrom(undefined, 'fr', 'en-GB, fr;q=0.2', 'de');

/** As clients ask. */
const usual: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.record({ query: fc.constantFrom(...OPERATIONS), variables }),
    fc.constantFrom(...ACCEPTED),
    language,
    fc.constantFrom(...CREDENTIALS),
  )
  .map(([parameters, accept, wanted, credentials]) => ({
    body: JSON.stringify(parameters),
    path: '/graphql',
    headers: withHeaders(accept, wanted, credentials),
  }));

const odd: fc.Arbitrary<Asked> = fc
  .tuple(
    body,
    fc.constantFrom('/graphql', '/graphql', '/graphql?query=%7B__typename%7D', '/graphql?', '/graphql/'),
    fc.constantFrom(...ACCEPTED),
    language,
    fc.constantFrom(...CREDENTIALS),
    fc.constantFrom<Record<string, string>>(
      {},
      { 'content-type': 'application/json; charset=utf-8' },
      { 'content-type': 'application/json; charset=latin1' },
      { 'content-type': 'text/plain' },
      { 'transfer-encoding': 'chunked' },
      { 'content-encoding': 'gzip' },
      { origin: 'http://127.0.0.1' },
      { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)' },
    ),
  )
  .map(([sent, path, accept, wanted, credentials, others]) => ({
    body: sent,
    path,
    headers: withHeaders(accept, wanted, { ...credentials, ...others }),
  }));

const question = fc.oneof({ weight: 2, arbitrary: usual }, { weight: 1, arbitrary: odd });

test('whatever is asked, the answer is the one that Yoga gives', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
      await Promise.all(
        batch.map(async (asked) => {
          const [here, there] = await Promise.all([ask(short, asked), ask(long, asked)]);
          expect(here).toEqual(there);
        }),
      );
    }),
    { numRuns: BATCHES, seed, endOnFailure: true },
  );
  // It was not Yoga with which Yoga was compared.
  expect(await countKnown(short)).toBeGreaterThan((BATCH * BATCHES) / 50);
  expect(await countKnown(long)).toBe(0);
});

/** Asks until it goes the short way. */
const untilKnown = (device: Device, query: string, variables = {}, server = short): Promise<void> =>
  askUntilKnown(() => device.send(query, variables), server);

async function askUntilKnown(ask: () => Promise<unknown>, server = short): Promise<void> {
  const before = await countKnown(server);
  await vi.waitFor(
    async () => {
      await ask();
      expect(await countKnown(server)).toBeGreaterThan(before);
    },
    { timeout: 10_000, interval: 1 },
  );
}

test('a query that is asked often becomes known, and one that is asked seldom does not', async () => {
  const device = await signUp(short);
  const before = await countKnown(short);
  for (let count = 0; count < 5; count++) await device.send('{ viewer { id createdAt } }');
  expect(await countKnown(short)).toBe(before);
  await untilKnown(device, '{ viewer { id createdAt } }');
});

test.each([
  ['an interface', 'query ($id: ID!) { node(id: $id) { id } }'],
  ['a mutation', 'mutation ($id: ID!) { revokeSession(id: $id) { __typename } }'],
])('%s becomes known too', async (_, query) => {
  await untilKnown(await signUp(short), query, { id: encodeGlobalId('Session', ended.session.id) });
});

test('what ends in an error stays with Yoga', async () => {
  const device = await signUp(short);
  const before = await countKnown(short);
  for (let count = 0; count < 30; count++) await device.send('{ users { nodes { id } } }');
  expect(await countKnown(short)).toBe(before);
});

/** What may be compared of two sign-ins. */
const withoutTokens = ({ headers, ...answer }: Answer): Answer => ({
  ...answer,
  headers: headers.map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((cookie: string) => cookie.replace(/=[^;]+/, '=…')) : value,
  ]),
});

const post = (query: string, variables = {}, headers: Record<string, string> = {}): Asked => ({
  path: '/graphql',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ query, variables }),
});

test('a browser is given its cookies, and has them taken, by mutations that are known', async () => {
  const SIGN_IN =
    'mutation ($input: SignInInput!) { signIn(input: $input) { ... on SignInSuccess { session { kind } } } }';
  const SIGN_OUT = 'mutation { signOut { session { endReason } } }';
  const email = await emailOf(await signUp(short));
  const input = { email, password: PASSWORD, delivery: 'COOKIE' };
  const newSession = () => sessionFactory.create({}, { transient: { core: short.core } });
  await askUntilKnown(() => send(short, SIGN_IN, { input }));
  await askUntilKnown(async () => send(short, SIGN_OUT, {}, (await newSession()).headers));

  const given = post(SIGN_IN, { input });
  const [here, there] = await Promise.all([ask(short, given), ask(long, given)]);
  expect(withoutTokens(here)).toEqual(withoutTokens(there));
  expect(here.headers).toContainEqual([
    'set-cookie',
    [expect.stringMatching(/^device=[\w-]/), expect.stringMatching(/^session=[\w-]/)],
  ]);

  const taken = await Promise.all(
    [short, long].map(async (server) => ask(server, post(SIGN_OUT, {}, (await newSession()).headers))),
  );
  expect(taken[0]).toEqual(taken[1]);
  expect(taken[0]?.headers).toContainEqual(['set-cookie', [expect.stringMatching(/^session=;/)]]);
});

test('a mutation that fails half way happens once, and is told as Yoga tells it', async () => {
  const SIGN_IN_AND_END =
    'mutation ($input: SignInInput!, $id: ID!) { signIn(input: $input) { __typename } endSession(id: $id) { __typename } }';
  const { db } = short.core;
  const id = encodeGlobalId('Session', randomUUID());
  const inputOf = ({ email }: { email: string | null }) => ({
    email,
    password: PASSWORD,
    delivery: 'COOKIE',
  });
  const admin = await userFactory.admin().create({}, { transient: { db } });
  await askUntilKnown(() => send(short, SIGN_IN_AND_END, { input: inputOf(admin), id }));

  const answers = await Promise.all(
    [short, long].map(async (server) => {
      const user = await userFactory.create({}, { transient: { db } });
      const answer = await ask(server, post(SIGN_IN_AND_END, { input: inputOf(user), id }));
      expect(await db.session.count({ where: { userId: user.id } })).toBe(1);
      return withoutTokens(answer);
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
    data: null,
    errors: [{ path: ['endSession'], extensions: { code: 'FORBIDDEN' } }],
  });
  expect(answers[0]?.headers.map(([name]) => name)).toContain('set-cookie');
});

test('one that is too large with some variables is refused with those, known or not', async () => {
  const parts = ['a', 'b', 'c', 'd'].map(
    (name) => `${name}: mySessions(first: $first) { nodes { id device { name type browser os } } }`,
  );
  const large = `query ($first: Int!) { ${parts.join(' ')} }`;
  const device = await signUp(short);
  await untilKnown(device, large, { first: 1 });
  const { errors } = await device.send(large, { first: 100 });
  expect(errors?.[0]?.extensions).toEqual({ code: 'OPERATION_TOO_LARGE' });
  expect((await device.send(large, { first: 1 })).errors).toBeUndefined();
});

test('whoever is signed out is answered as nobody, by a query that is known too', async () => {
  const device = await signUp(short);
  const query = '{ currentSession { id } viewer { id } }';
  await untilKnown(device, query);
  await device.send('mutation { signOut { session { id } } }');
  expect((await device.send(query)).data).toEqual({ currentSession: null, viewer: null });
});

test('while the server itself fails, nothing is tried twice for long', async () => {
  const own = await startTestServer();
  const device = await signUp(own);
  const query = '{ mySessions { nodes { id } } }';
  await untilKnown(device, query, {}, own);
  const ask = vi.spyOn(own.core, 'listFirst').mockRejectedValue(new Error('the disk is full'));
  const failed = async () => (await device.send(query)).errors?.[0]?.extensions;
  for (let count = 0; count < 5; count++) expect(await failed()).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
  expect(ask).toHaveBeenCalledTimes(6);
});

test('a fault in a mutation that is known is logged once, masked, and not tried again', async () => {
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void logged.push(line) });
  const own = await startTestServer({}, { log });
  const device = await signUp(own);
  const query = 'mutation ($id: ID!) { revokeSession(id: $id) { __typename } }';
  const variables = { id: encodeGlobalId('Session', randomUUID()) };
  await untilKnown(device, query, variables, own);
  const begun = vi.spyOn(own.core, 'inTransaction').mockRejectedValue(new Error('the disk is full'));
  const { data, errors } = await device.send(query, variables);
  expect({ data, codes: errors?.map(({ extensions }) => extensions) }).toEqual({
    data: null,
    codes: [{ code: 'INTERNAL_SERVER_ERROR' }],
  });
  expect(begun).toHaveBeenCalledTimes(1);
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ err: { message: 'the disk is full' } }]);
});
