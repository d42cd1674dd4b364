/** With CURFEW_OPERATIONS only the operations of that file are run: by their id, by their hash or by their text, on every transport. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { loadOperations, OperationsFileError } from '../../src/http/persisted-operations.ts';
import { onCleanup } from '../cleanup.ts';
import { type Device, signUp } from '../device.ts';
import { SessionRevoked, SignOut, SignUp, Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { transports } from '../transports.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function writeOperations(content: unknown): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-operations-'));
  onCleanup(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'operations.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const VIEWER = '{ viewer { id } }';
const TWO = 'query One { one: __typename } query Two { two: __typename }';
const MAP = {
  viewer: VIEWER,
  two: TWO,
  signUp: print(SignUp),
  signOut: print(SignOut),
  revoked: print(SessionRevoked),
  sized: `query ($first: Int) { ${Array.from({ length: 12 }, (_, i) => `a${i}: mySessions(first: $first) { nodes { id kind status device { name type } } }`).join(' ')} }`,
};

const server = await startTestServer({ CURFEW_OPERATIONS: await writeOperations(MAP) });
const open = await startTestServer();
const apollo = await startTestServer({
  CURFEW_OPERATIONS: await writeOperations({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [
      { id: 'an id of Apollo’s', name: 'Viewer', type: 'query', body: print(Viewer) },
      { id: sha256('another text'), name: 'SignOut', type: 'mutation', body: print(SignOut) },
    ],
  }),
});
const device: Device = await signUp(server);

const byHash = (sha256Hash: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

describe.each(transports)('over $name', ({ run }) => {
  test.each([
    ['its id', { documentId: 'viewer' }],
    ['its id, beside an empty text', { documentId: 'viewer', query: '' }],
    ['its SHA-256', { documentId: `sha256:${sha256(VIEWER)}` }],
    ['its id, as Apollo’s clients send it', byHash('viewer')],
    ['its SHA-256, as Apollo’s clients send it', byHash(sha256(VIEWER))],
    ['its text', { query: VIEWER }],
    ['its text and hash', { query: VIEWER, ...byHash(sha256(VIEWER)) }],
  ])('an operation of the file is run by %s', async (_name, operation) => {
    const { data, errors } = await run(server, { ...operation, headers: device.headers });
    expect({ data, errors }).toEqual({ data: { viewer: { id: expect.any(String) } }, errors: undefined });
  });

  test('one of several in a document is chosen by its name', async () => {
    expect(await run(server, { documentId: 'two', operationName: 'Two' })).toMatchObject({
      data: { two: 'Query' },
    });
    expect(await run(server, { documentId: 'two' })).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
    });
  });

  test('a manifest of Apollo’s names its operations in the same ways', async () => {
    for (const operation of [
      { documentId: 'an id of Apollo’s' },
      byHash('an id of Apollo’s'),
      byHash(sha256(print(Viewer))),
      { query: print(Viewer) },
    ]) {
      expect(await run(apollo, operation)).toMatchObject({ data: { viewer: null } });
    }
    // Its own id, though it looks like a hash of something else.
    expect(await run(apollo, { documentId: sha256('another text') })).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('a mutation and a subscription are run as if they had come as text', async () => {
    for (const documentId of ['signOut', 'revoked']) {
      expect(await run(server, { documentId })).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });

  test.each([
    'nowhere',
    'Viewer',
    'viewer ',
    VIEWER,
    '__proto__',
    'constructor',
    'toString',
    `sha256:${sha256('{ nothing }')}`,
    `sha1:${sha256(VIEWER)}`,
    sha256(VIEWER).toUpperCase(),
    '../../etc/passwd',
  ])('the id “%s”, which the file doesn’t have, is not found', async (id) => {
    for (const operation of [{ documentId: id }, byHash(id)]) {
      const { data, errors } = await run(server, operation);
      expect({ data, errors }).toMatchObject({
        data: undefined,
        errors: [{ message: /no operation of this id/, extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
      });
      expect(JSON.stringify(errors)).not.toContain(id);
    }
  });

  test.each([
    '{ viewer { id email } }',
    `${VIEWER} `,
    VIEWER.replace(' ', ''),
    `${VIEWER} # viewer`,
    `${VIEWER} ${VIEWER}`,
    '{ __typename }',
    '{ __schema { queryType { name } } }',
    'mutation { signIn(input: { email: "ada@example.com", password: "hunter2" }) { __typename } }',
    'subscription { sessionRevoked { reason } }',
    '{ syntax error',
    '{a'.repeat(5000),
    'viewer',
  ])('a text that the file doesn’t have is not run, nor repeated: %s', async (query) => {
    for (const operation of [
      { query },
      { query, ...byHash(sha256(VIEWER)) },
      { query, ...byHash('viewer') },
    ]) {
      const { data, errors } = await run(server, { ...operation, headers: device.headers });
      expect({ data, errors }).toMatchObject({
        data: undefined,
        errors: [{ extensions: { code: 'OPERATION_NOT_ALLOWED' } }],
      });
      expect(errors).toHaveLength(1);
      expect(JSON.stringify(errors)).not.toMatch(/hunter2|syntax|email/);
    }
  });

  test('neither an id nor a text is nothing to run', async () => {
    const { errors } = await run(server, { query: '' });
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_NOT_ALLOWED' } }]);
  });

  test.each<{ id: unknown }>([
    { id: 42 },
    { id: true },
    { id: {} },
    { id: [] },
    { id: ['viewer'] },
    { id: { toString: 'viewer' } },
  ])('an id that is no text is refused: %j', async ({ id }) => {
    for (const on of [server, open]) {
      for (const operation of [{ documentId: id }, byHash(id)]) {
        const { errors } = await run(on, operation);
        expect(errors).toMatchObject([
          { message: /^The id of an operation is text/, extensions: { code: 'BAD_REQUEST' } },
        ]);
      }
    }
  });

  test('a text and an id at once are refused: one of them may be what somebody in between has looked at', async () => {
    for (const on of [server, open]) {
      const { errors } = await run(on, { query: VIEWER, documentId: 'viewer' });
      expect(errors).toMatchObject([
        { message: /either “query” or “documentId”/, extensions: { code: 'BAD_REQUEST' } },
      ]);
    }
  });

  test('an operation of the file may be too large by its variables, and is refused then', async () => {
    const ask = (first: number) =>
      run(server, { documentId: 'sized', variables: { first }, headers: device.headers });
    expect((await ask(1)).errors).toBeUndefined();
    expect((await ask(100)).errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE' } }]);
  });

  test('without a file, an id is refused, and a text is run', async () => {
    for (const operation of [{ documentId: 'viewer' }, byHash(sha256(VIEWER))]) {
      const { errors } = await run(open, operation);
      expect(errors).toMatchObject([
        { message: /CURFEW_OPERATIONS/, extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
      ]);
    }
    expect(await run(open, { query: VIEWER, ...byHash('anything') })).toMatchObject({
      data: { viewer: null },
    });
  });
});

describe('a GET', () => {
  const get = async (search: Record<string, string>) => {
    const accept = 'application/graphql-response+json';
    const response = await fetch(`${server.endpoint}?${new URLSearchParams(search)}`, {
      headers: { accept },
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const extensions = (hash: string) => JSON.stringify(byHash(hash).extensions);

  test('names an operation as a POST does', async () => {
    for (const search of [
      { documentId: 'viewer' },
      { documentId: `sha256:${sha256(VIEWER)}` },
      { extensions: extensions('viewer') },
      { query: VIEWER },
    ]) {
      expect(await get(search)).toEqual({ status: 200, body: { data: { viewer: null } } });
    }
    expect(await get({ documentId: 'two', operationName: 'One' })).toMatchObject({
      body: { data: { one: 'Query' } },
    });
    expect(await get({ documentId: 'nowhere' })).toMatchObject({ status: 400 });
    expect(await get({ documentId: 'viewer', query: VIEWER })).toMatchObject({ status: 400 });
    expect(await get({ query: '{ __typename }' })).toMatchObject({ status: 400 });
  });

  test('runs no mutation, whatever it is named by', async () => {
    for (const search of [{ documentId: 'signOut' }, { extensions: extensions('signOut') }]) {
      expect(await get(search)).toMatchObject({ status: 405 });
    }
  });
});

test('there is no GraphiQL, whose operations would be refused', async () => {
  const response = await fetch(server.endpoint, { headers: { accept: 'text/html' } });
  expect(response.status).toBe(406);
});

test.each([
  ['by the ids of its manifest', () => apollo, () => 'an id of Apollo’s', 1],
  ['by hashes, and sends the text where there is no file', () => open, (text: string) => sha256(text), 2],
])('Apollo’s client asks %s', async (_how, on, nameIt, requests) => {
  const bodies: string[] = [];
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new PersistedQueryLink({ generateHash: (document) => nameIt(print(document)) }).concat(
      new HttpLink({
        uri: on().endpoint,
        fetch: (url, init) => {
          bodies.push(String(init?.body));
          return fetch(url, init);
        },
      }),
    ),
  });
  expect(await client.query({ query: Viewer })).toMatchObject({ data: { viewer: null } });
  expect(bodies).toHaveLength(requests);
  expect(bodies[0]).not.toContain('currentSession');
});

const LONG = `{ ${'viewer { id } '.repeat(300)} }`;
const BAD_FILES: [string, unknown, RegExp][] = [
  ['is no JSON', '{ viewer', /is not JSON/],
  ['is empty', '', /is not JSON/],
  ['is a list', [VIEWER], /is not of a form that is known/],
  ['is a text', '"{ viewer { id } }"', /is not of a form that is known/],
  ['is null', null, /is not of a form that is known/],
  ['holds something else than text', { viewer: VIEWER, other: { query: VIEWER } }, /at “other”/],
  ['has an empty id', { '': VIEWER }, /is not of a form that is known/],
  ['holds nothing', {}, /holds no operation/],
  ['has a syntax error', { viewer: VIEWER, broken: '{ viewer {' }, /“broken” .*Syntax Error/],
  ['has an empty operation', { viewer: '' }, /“viewer” .*Syntax Error/],
  [
    'is for another schema',
    { viewer: '{ viewr { id } }' },
    /“viewer” .*Cannot query field "viewr".* Did you mean "viewer"/,
  ],
  ['has fragments alone', { parts: 'fragment Parts on User { id }' }, /“parts” .*never used/],
  ['has one of too many tokens', { long: LONG }, /“long” .*tokens/],
  [
    'has one of too many aliases',
    { many: `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }` },
    /“many” .*30 aliases/,
  ],
  ['has several faults', { a: '{ a }', b: '{ b }', c: '{ c }' }, /“a” .*, nor can 2 others/],
  [
    'is a manifest of another version',
    { format: 'apollo-persisted-query-manifest', version: 2, operations: [] },
    /at “version”/,
  ],
  [
    'is a manifest without texts',
    { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'a' }] },
    /at “operations\.0\.body”/,
  ],
  [
    'is an empty manifest',
    { format: 'apollo-persisted-query-manifest', version: 1, operations: [] },
    /holds no operation/,
  ],
  [
    'has an id twice',
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [
        { id: 'a', body: VIEWER },
        { id: 'a', body: TWO },
      ],
    },
    /has the id “a” twice/,
  ],
];

describe('a file', () => {
  const load = (file: string, introspection = true) =>
    loadOperations(file, { introspection, production: true });

  test.each(BAD_FILES)(
    'that %s stops the start, with what is wrong and what would be right',
    async (_what, content, fault) => {
      const file = await writeOperations(content);
      await expect(load(file)).rejects.toThrow(OperationsFileError);
      await expect(load(file)).rejects.toThrow(fault);
      await expect(load(file)).rejects.toThrow(
        /^CURFEW_OPERATIONS: “\/.*operations\.json” can’t be used: .*\. (Set it to a JSON file of operations by their ids, such as |Make it anew)/,
      );
    },
  );

  test('that can’t be read stops the start', async () => {
    const file = await writeOperations(MAP);
    for (const path of [`${file}.not`, join(file, 'below'), join(file, '..')]) {
      await expect(load(path)).rejects.toThrow(
        /^CURFEW_OPERATIONS: .* it can’t be read \(E[A-Z]+\)\. Set it to/,
      );
    }
  });

  test('may ask for the schema where that is allowed', async () => {
    const file = await writeOperations({ schema: '{ __schema { queryType { name } } }' });
    await expect(load(file, true)).resolves.toBeDefined();
    await expect(load(file, false)).rejects.toThrow(/introspection/);
  });
});
