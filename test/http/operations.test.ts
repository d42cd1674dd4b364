/** Operations that are malformed, too large, not allowed, or fail: the same answer over HTTP, SSE and WebSocket. */
import { getIntrospectionQuery } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { type Device, signUp } from '../device.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';
import { transports } from '../transports.ts';

const server = await startTestServer();
const production = await startTestServer({ NODE_ENV: 'production' });
const told = await startTestServer({ NODE_ENV: 'production', CURFEW_INTROSPECTION: 'on' });
const secretive = await startTestServer({ CURFEW_INTROSPECTION: 'off' });
const device: Device = await signUp(server);

const repeat = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

/** Whose every fragment spreads the next one twice: 2^60 fields, were they ever written out. */
const bomb = `{ currentSession { ...F0 } } ${repeat(
  60,
  (i) => `fragment F${i} on Session { ...F${i + 1} ...F${i + 1} }`,
)} fragment F60 on Session { id }`;

/** Whose every fragment says something twice of the next one: 2^60 times in all. */
const doubling = (write: (next: string) => string, last: string) =>
  `{ viewer { ...F0 } } ${repeat(60, (i) => `fragment F${i} on User { ${write(`...F${i + 1}`)} }`)} fragment F60 on User { ${last} }`;

const SIGN_IN = '(input: { email: "ada@example.com", password: "guess" }) { __typename }';

const REFUSED: Record<string, { query: string; operationName?: string; code: string }> = {
  'that is empty': { query: '', code: 'GRAPHQL_PARSE_FAILED' },
  'with a syntax error': { query: '{ viewer {', code: 'GRAPHQL_PARSE_FAILED' },
  'of too many tokens': { query: `{ viewer { ${'id '.repeat(1000)} } }`, code: 'GRAPHQL_PARSE_FAILED' },
  'nested 400 deep': { query: '{a'.repeat(400), code: 'GRAPHQL_PARSE_FAILED' },
  'with an unknown field': { query: '{ password }', code: 'GRAPHQL_VALIDATION_FAILED' },
  'with an unknown directive': { query: '{ viewer @defer { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
  'with a literal of the wrong type': { query: '{ node(id: {}) { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
  'with fragments in a circle': {
    query: '{ viewer { ...A } } fragment A on User { ...B } fragment B on User { ...A }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'that asks for the schema in depth': {
    query: `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'with more aliases than are allowed': {
    query: `{ ${repeat(31, (i) => `a${i}: __typename`)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'with more aliases than are allowed, in places of all kinds': {
    query: `query { ${repeat(8, (i) => `a${i}: viewer { id }`)} viewer { ...A ... on User { ${repeat(8, (i) => `b${i}: id`)} } } }
      fragment A on User { ${repeat(7, (i) => `c${i}: id`)} ...B } fragment B on User { ${repeat(8, (i) => `d${i}: id`)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'with more aliases than are allowed, each fragment of them spread twice': {
    query: `{ ...A ...A } fragment A on Query { ${repeat(16, (i) => `a${i}: __typename`)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'whose aliases double at each step': {
    query: doubling((next) => `${next} ${next}`, 'a: id'),
    code: 'OPERATION_TOO_LARGE',
  },
  'whose directives double at each step': {
    query: doubling((next) => `${next} ${next}`, 'id @skip(if: false)'),
    code: 'OPERATION_TOO_LARGE',
  },
  'with aliases in fragments in a circle': {
    query: '{ viewer { ...A } } fragment A on User { a: id ...B } fragment B on User { b: id ...A ...B }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'with aliases in a fragment that there is not': {
    query: '{ viewer { ...__proto__ ...constructor a: id } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'with more directives than are allowed on a field': {
    query: `{ __typename ${'@include(if: true) '.repeat(31)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'with more directives than are allowed, in places of all kinds': {
    query: `query ($a: Int @a @b @c) @d @e @f @g @h { __typename @skip(if: false) @a ... @include(if: true) { ...A @a @b @c } }
      fragment A on Query @a @b @c @d @e @f @g @h { ...B @a @b @c } fragment B on Query @a @b @c @d @e @f { __typename @a }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'that goes too far in another operation than the one that is asked for': {
    query: `query A { __typename } query B { ${repeat(31, (i) => `a${i}: __typename`)} }`,
    operationName: 'A',
    code: 'OPERATION_TOO_LARGE',
  },
  'that asks for the schema many times': {
    query: `{ ${repeat(4, (i) => `a${i}: __schema { ...S }`)} } fragment S on __Schema { types { name fields { name } } }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'that asks for parts of the schema many times': {
    query: `{ ...S } fragment S on Query { __schema { ${repeat(4, (i) => `a${i}: types { name }`)} } }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'with more fields than are allowed': {
    query: `{ ${repeat(25, (i) => `a${i}: viewer { id email createdAt __typename }`)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'with more rows than are allowed': {
    query: `{ ${repeat(12, (i) => `a${i}: mySessions(first: 100) { nodes { id kind status device { name type } } }`)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'that tries many passwords at once': {
    query: `mutation { ${repeat(50, (i) => `a${i}: signIn${SIGN_IN}`)} }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'whose fragments double at each step': { query: bomb, code: 'OPERATION_TOO_LARGE' },
  'that subscribes to more fields than are allowed': {
    query: `subscription { sessionRevoked { session { ${repeat(150, (i) => `a${i}: id`)} } } }`,
    code: 'OPERATION_TOO_LARGE',
  },
  'by a name that it doesn’t have': {
    query: 'query A { viewer { id } }',
    operationName: 'B',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  'one of two, without saying which': {
    query: 'query A { viewer { id } } query B { viewer { id } }',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  'of fragments alone': { query: 'fragment A on User { id }', code: 'OPERATION_RESOLUTION_FAILURE' },
  'with a malformed id': { query: '{ node(id: "Session:1\\u0000") { id } }', code: 'BAD_USER_INPUT' },
  'with a malformed cursor': { query: '{ mySessions(after: "MA") { totalCount } }', code: 'BAD_USER_INPUT' },
  'with a malformed cursor before': {
    query: '{ myAuditEvents(before: "\' OR 1=1 --") { nodes { id } } }',
    code: 'BAD_USER_INPUT',
  },
  'for a page of less than nothing': {
    query: '{ mySessions(first: -1) { totalCount } }',
    code: 'BAD_USER_INPUT',
  },
  'for a page of 101': { query: '{ mySessions(last: 101) { totalCount } }', code: 'BAD_USER_INPUT' },
  'for a page with two ends': {
    query: '{ myAuditEvents(first: 1, last: 1) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
  },
};

const UNAUTHENTICATED = [
  '{ mySessions { totalCount } }',
  '{ myAuditEvents { nodes { id } } }',
  'mutation { signOut { session { id } } }',
  'mutation { revokeSession(id: "x") { __typename } }',
  'mutation { signOutEverywhere { __typename } }',
  'mutation { confirmPassword(password: "x") { __typename } }',
  'mutation { changePassword(input: { currentPassword: "x", newPassword: "y" }) { __typename } }',
  'subscription { sessionRevoked { reason } }',
  'subscription { sessionStarted { session { id } } }',
];

describe.each(transports)('over $name', ({ run }) => {
  const ask = (query: string, on: TestServer = server, operationName?: string) =>
    run(on, { query, headers: device.headers, ...(operationName === undefined ? {} : { operationName }) });

  test.each(Object.entries(REFUSED))('an operation %s is refused', async (_what, operation) => {
    const { errors, data } = await ask(operation.query, server, operation.operationName);
    expect(errors?.[0]).toMatchObject({ message: expect.any(String), extensions: { code: operation.code } });
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
  });

  test.each(UNAUTHENTICATED)('%s is UNAUTHENTICATED without a session', async (query) => {
    const { errors, data } = await run(server, { query });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(data ?? null).toBeNull();
  });

  test('an id that is none of the viewer’s is null or not found', async () => {
    const other = await signUp(server);
    for (const id of [other.sessionId, 'x', '', '\u0000', Buffer.from('User:1').toString('base64url')]) {
      const query = 'mutation ($id: ID!) { revokeSession(id: $id) { __typename } }';
      const { data } = await run(server, { query, variables: { id }, headers: device.headers });
      expect(data).toEqual({ revokeSession: { __typename: 'SessionNotFoundError' } });
    }
    const { data } = await ask(`{ node(id: "${other.sessionId}") { id } }`);
    expect(data).toEqual({ node: null });
  });

  test('as many aliases and directives as are allowed are answered', async () => {
    const aliases = `{ ${repeat(14, (i) => `a${i}: __typename`)} ...A ...A } fragment A on Query { ${repeat(8, (i) => `b${i}: __typename`)} }`;
    expect((await ask(aliases)).errors).toBeUndefined();
    const directives = `{ ${repeat(30, (i) => `... @skip(if: ${i % 2 === 0}) { __typename }`)} }`;
    expect((await ask(directives)).errors).toBeUndefined();
  });

  test.each([
    ['in development', () => server],
    ['in production where it is allowed', () => told],
  ])('the schema can be asked for %s', async (_when, on) => {
    for (const query of [getIntrospectionQuery(), '{ __type(name: "User") { name } }']) {
      const { data, errors } = await ask(query, on());
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).toContain('"User"');
    }
  });

  test.each([
    ['in production', () => production],
    ['where it is not allowed', () => secretive],
  ])('the schema can’t be asked for %s', async (_when, on) => {
    for (const query of [
      '{ __schema { queryType { name } } }',
      '{ __type(name: "User") { name } }',
      '{ ...A } fragment A on Query { a: __schema { types { name } } }',
    ]) {
      const { data, errors } = await ask(query, on());
      expect({ data, errors }).toMatchObject({
        data: undefined,
        errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, ...(errors ?? []).slice(1)],
      });
      expect(JSON.stringify(errors)).not.toContain('"User"');
    }
    expect(await ask('{ __typename }', on())).toMatchObject({ data: { __typename: 'Query' } });
  });

  test('an answer that would be taken for a promise is not asked for', async () => {
    for (const query of ['{ then: __typename }', '{ __typename ...on Query { then: viewer { id } } }']) {
      expect((await ask(query)).errors).toMatchObject([
        { message: 'An alias can’t be “then”. Choose another, such as “next”.' },
      ]);
    }
  });

  test('names of the schema are suggested in development alone', async () => {
    expect((await ask('{ viewr { id } }')).errors?.[0]?.message).toMatch(/Did you mean "viewer"/);
    const wrong = [
      { query: '{ viewr { id } }' },
      { query: '{ mySessions(frst: 1) { totalCount } }' },
      { query: '{ viewer { ... on Usr { id } } }' },
      { query: 'query ($s: SessionStatu) { mySessions(status: $s) { totalCount } }' },
      {
        query: 'query ($s: SessionStatus) { mySessions(status: $s) { totalCount } }',
        variables: { s: 'ACTIV' },
      },
      {
        query: 'mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }',
        variables: { i: { emal: 'a' } },
      },
    ];
    for (const on of [production, told]) {
      for (const operation of wrong) {
        const { errors } = await run(on, operation);
        expect(errors?.length).toBeGreaterThan(0);
        expect(JSON.stringify(errors)).not.toMatch(/Did you mean|ACTIVE|"viewer"/);
      }
    }
  });

  test('a value of the wrong type is not repeated: it may be a password', async () => {
    const query = 'mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }';
    const email = 'a@example.com';
    const inputs = [
      { email, password: 'hunter2hunter2', pasword: 'x' },
      { email, password: ['hunter2hunter2'] },
      { email, password: { 'at "i.x"; hunter2hunter2': 'hunter2hunter2' } },
      { email, password: 'x', delivery: 'hunter2hunter2' },
      'hunter2hunter2',
    ];
    for (const i of inputs) {
      const { errors } = await run(server, { query, variables: { i } });
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('Variable "$i" got an invalid value'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
      expect(JSON.stringify(errors)).not.toContain('hunter2');
    }
    // A nullable variable with a default may stand here, and then be null.
    const late = await run(server, {
      query:
        'mutation ($e: String = "") { signIn(input: { email: $e, password: "hunter2" }) { __typename } }',
      variables: { e: null },
    });
    expect(late.errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(late.errors)).not.toContain('hunter2');
    for (const password of ['hunter2', '["hunter2"]', '"x" "hunter2"', '"x", delivery: "hunter2"']) {
      const { errors } = await run(server, {
        query: `mutation { signIn(input: { email: "${email}", password: ${password} }) { __typename } }`,
      });
      expect(errors?.length).toBeGreaterThan(0);
      if (password !== 'hunter2') expect(JSON.stringify(errors)).not.toContain('hunter2');
    }
  });
});

test('several operations in one body are refused, and none of them is run', async () => {
  const SIGN_OUT = '{"query":"mutation { signOut { session { id } } }"}';
  for (const body of [`[${SIGN_OUT},${SIGN_OUT}]`, `[${SIGN_OUT}]`, '[]']) {
    const response = await fetch(server.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...device.headers },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [{ message: 'Batching is not supported.', extensions: { code: 'BAD_REQUEST' } }],
    });
  }
});

test('several operations in one message close the socket, and none of them is run', async () => {
  const socket = await connect(server, { headers: device.headers });
  const payload = { query: 'mutation { signOut { session { id } } }' };
  socket.send([
    { type: 'subscribe', id: '1', payload },
    { type: 'subscribe', id: '2', payload },
  ]);
  expect(await socket.closed).toMatchObject({ code: 4400 });
});

afterEach(async () => {
  expect(server.hub.countSubscribers()).toBe(0);
  expect(await device.send('{ viewer { id } }')).toMatchObject({
    data: { viewer: { id: expect.any(String) } },
  });
});
