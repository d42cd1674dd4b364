/** Bodies that are too large, not JSON, or not what GraphQL takes: a 4xx that says so, and the server goes on. */
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { send } from '../device.ts';
import { Viewer } from '../operations.ts';
import { sendRaw, writeRequest } from '../raw.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const LIMIT = 64 * 1024;
const QUERY = '{ viewer { id } }';
const GOOD = JSON.stringify({ query: QUERY });

afterEach(async () => {
  expect(await send(server, Viewer)).toMatchObject({ status: 200, data: { viewer: null } });
});

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(server.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

const REFUSAL = { errors: [{ message: expect.any(String), extensions: { code: expect.any(String) } }] };

function pad(body: string, length: number): string {
  return body + ' '.repeat(length - body.length);
}

test('a body of 64 KiB is taken, and one of a byte more is refused', async () => {
  expect(await post(pad(GOOD, LIMIT))).toMatchObject({ status: 200, body: { data: { viewer: null } } });
  expect(await post(pad(GOOD, LIMIT + 1))).toMatchObject({ status: 413, body: REFUSAL });
});

function writeChunks(chunks: string[]): string {
  const head = writeRequest('POST /graphql', {
    'Content-Type': 'application/json',
    'Transfer-Encoding': 'chunked',
  });
  const parts = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  return `${head}${parts.join('')}0\r\n\r\n`;
}

test('a body in chunks is taken up to 64 KiB, and refused as soon as it is larger', async () => {
  const [start, end] = [GOOD.slice(0, 9), GOOD.slice(9)];
  expect(await sendRaw(server, writeChunks([start, end]))).toMatch(/^HTTP\/1.1 200 .*\{"data"/s);
  expect(await sendRaw(server, writeChunks([GOOD, ' '.repeat(LIMIT - GOOD.length)]))).toMatch(
    /^HTTP\/1.1 200/,
  );
  expect(await sendRaw(server, writeChunks([GOOD, ' '.repeat(LIMIT)]))).toMatch(
    /^HTTP\/1.1 413 .*BODY_TOO_LARGE/s,
  );
  // Never ends: the answer comes all the same.
  const endless = writeChunks([GOOD, ' '.repeat(LIMIT)]).slice(0, -'0\r\n\r\n'.length);
  expect(await sendRaw(server, endless)).toMatch(/^HTTP\/1.1 413/);
});

const json = { 'Content-Type': 'application/json' };
const LYING: Record<string, (body: string) => string> = {
  'too small': (body) => writeRequest('POST /graphql', { ...json, 'Content-Length': body.length - 5 }, body),
  'too large for us': (body) => writeRequest('POST /graphql', { ...json, 'Content-Length': 1e9 }, body),
  negative: (body) => writeRequest('POST /graphql', { ...json, 'Content-Length': -1 }, body),
  'not a number': (body) => writeRequest('POST /graphql', { ...json, 'Content-Length': '0x10' }, body),
  'beyond all numbers': (body) =>
    writeRequest('POST /graphql', { ...json, 'Content-Length': '9'.repeat(30) }, body),
  'given twice': (body) =>
    writeRequest('POST /graphql', { ...json, 'Content-Length': 4, 'content-length': body.length }, body),
  'beside chunks': (body) =>
    writeRequest(
      'POST /graphql',
      { ...json, 'Content-Length': body.length, 'Transfer-Encoding': 'chunked' },
      body,
    ),
};
test.each(Object.entries(LYING))('a Content-Length that is %s is refused', async (_name, write) => {
  const answer = await sendRaw(server, write(GOOD));
  expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
  // One answer: what follows a body that ended early is no request of its own.
  expect(answer.match(/HTTP\/1.1 200/)).toBeNull();
});

const BAD_BODIES: Record<string, string | Uint8Array<ArrayBuffer>> = {
  'cut off': '{"query":"{ viewer { id } }", "variables": {"password": "correct horse',
  empty: '',
  'only white space': '  ',
  'a number': '42',
  null: 'null',
  text: '"{ viewer { id } }"',
  'a list of operations': `[${GOOD},${GOOD}]`,
  'an empty list': '[]',
  'gzip that nobody announced': gzipSync(GOOD),
  'invalid UTF-8 in its structure': Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  'UTF-16': Buffer.from(GOOD, 'utf16le'),
  'NUL before the end': `${GOOD}\0`,
  'a second document after the first': GOOD + GOOD,
  'without a query': '{}',
  'an unknown parameter': '{"query":"{ viewer { id } }","sql":"1"}',
  '__proto__ as a parameter': '{"query":"{ viewer { id } }","__proto__":{"query":"{ x }"}}',
  'a query that is a number': '{"query":42}',
  'a query in a list': '{"query":["{ viewer { id } }"]}',
  'a query that is null': '{"query":null}',
  'variables as text': '{"query":"{ viewer { id } }","variables":"{}"}',
  'variables in a list': '{"query":"{ viewer { id } }","variables":[]}',
  'extensions as text': '{"query":"{ viewer { id } }","extensions":"{}"}',
  'an operationName that is a number': '{"query":"query A { viewer { id } }","operationName":42}',
  'an operationName in a list': '{"query":"query A { viewer { id } }","operationName":["A"]}',
  'an operationName that is an object': '{"query":"query A { viewer { id } }","operationName":{}}',
  'NUL in the query': '{"query":"{ viewer\\u0000 { id } }"}',
  '60 KB of opening brackets': '['.repeat(60_000),
  '60 KB of nested selections': JSON.stringify({ query: '{a'.repeat(30_000) }),
};

test.each(Object.entries(BAD_BODIES))('a body that is or has %s is refused', async (_name, body) => {
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 400, body: REFUSAL });
  // What can't be read may hold a password: it is never repeated.
  expect(JSON.stringify(answer.body)).not.toMatch(/correct horse|stack|node_modules/);
});

test('a body that says it is gzip is refused', async () => {
  const answer = await post(gzipSync(GOOD), { 'content-encoding': 'gzip' });
  expect(answer).toMatchObject({ status: 400, body: REFUSAL });
});

test('a body in another charset is refused', async () => {
  const answer = await post(GOOD, { 'content-type': 'application/json; charset=utf-16' });
  expect(answer).toMatchObject({ status: 415, body: REFUSAL });
});

test('variables that are nested deeply, or named like what objects inherit, harm nobody', async () => {
  const deep = `{"query":${JSON.stringify(QUERY)},"variables":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`;
  expect(await post(deep)).toMatchObject({ status: 200 });
  const query = 'query ($id: ID!) { node(id: $id) { id } }';
  for (const variables of ['{"__proto__":{"id":"x"}}', '{"constructor":{"prototype":{"id":"x"}}}']) {
    const answer = await post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ message: /not provided/ }] } });
  }
  expect(({} as Record<string, unknown>)['id']).toBeUndefined();
});

test('a GET whose parameters are no JSON, or no query, is refused', async () => {
  for (const search of [
    '',
    '?query=',
    '?query=%E0%A4%A',
    '?query={viewer{id}}&variables={',
    '?variables=42',
  ]) {
    const response = await fetch(server.endpoint + search, {
      headers: { accept: 'application/graphql-response+json' },
    });
    expect({ search, status: response.status, body: await response.json() }).toMatchObject({
      status: 400,
      body: REFUSAL,
    });
  }
});
