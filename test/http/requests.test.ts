/** Requests that no client of ours sends: each is refused in plain words, and none is taken for another. */
import { afterEach, expect, test } from 'vitest';
import { send } from '../device.ts';
import { Viewer } from '../operations.ts';
import { openRaw, sendRaw, writeRequest } from '../raw.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const production = await startTestServer({ NODE_ENV: 'production' });
const GOOD = '/graphql?query={viewer{id}}';

afterEach(async () => {
  expect(await send(server, Viewer)).toMatchObject({ status: 200, data: { viewer: null } });
});

test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'HEAD', 'PROPFIND'])(
  'the method %s is not allowed',
  async (method) => {
    const answer = await sendRaw(server, writeRequest(`${method} ${GOOD}`, { Cookie: 'session=seen' }));
    expect(answer).toMatch(/^HTTP\/1.1 405 .*Allow: GET, POST/s);
    expect(answer).not.toContain('seen');
  },
);

test.each([
  'CONNECT /graphql',
  'CONNECT example.com:443',
  'NONSENSE /graphql',
  'get /graphql',
  '/graphql',
  '',
])('a request that begins with “%s” has no answer but an error', async (line) => {
  expect(await sendRaw(server, writeRequest(line, {}))).toMatch(/^(HTTP\/1.1 4\d\d |$)/);
});

test.each([
  '/graphql/',
  '//graphql',
  '/%67raphql',
  '/GraphQL',
  '/graphql%2f',
  '/graphql;a=b',
  '/graphql#',
  '/./graphql',
  '/x/../graphql',
  '/graphql\\',
  '/../../etc/passwd',
  '*',
])('the path %s is nothing', async (path) => {
  for (const search of ['', '?query={viewer{id}}']) {
    const answer = await sendRaw(server, writeRequest(`GET ${path}${search}`, { Accept: 'text/html' }));
    expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
    expect(answer).not.toMatch(/stack|node_modules|<html/i);
  }
});

test.each(['a b', 'a/../b', 'user@a', 'a:b', '[::1', ':::::[', 'a,b', 'a:999999', '<script>'])(
  'the Host “%s” is refused, and tells nothing of what failed',
  async (host) => {
    const answer = await sendRaw(server, writeRequest(`GET ${GOOD}`, { Host: host }));
    expect(answer).toMatch(/^HTTP\/1.1 400 .*"errors":\[\{"message"/s);
    expect(answer).not.toMatch(/TypeError|node_modules|at new URL/);
  },
);

test('a request with two hosts, or none, is refused', async () => {
  const two = `GET ${GOOD} HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nConnection: close\r\n\r\n`;
  expect(await sendRaw(server, two)).toMatch(/^HTTP\/1.1 400/);
  expect(await sendRaw(server, `GET ${GOOD} HTTP/1.1\r\nConnection: close\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 400/,
  );
});

test('a Host of any good form is taken', async () => {
  for (const host of [
    'localhost',
    'a_b.example:80',
    '127.0.0.1:4000',
    '[::1]:4000',
    '[fe80::1]',
    'example.com.',
  ]) {
    expect(await sendRaw(server, writeRequest(`GET ${GOOD}`, { Host: host }))).toMatch(/^HTTP\/1.1 200/);
  }
});

test('HTTP/1.0 is answered and the connection ended', async () => {
  expect(await sendRaw(server, `GET ${GOOD} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 .*"viewer":null/s);
});

test('pipelined requests are answered in their order, each once', async () => {
  const ask = (field: string, last = false) =>
    writeRequest(`GET /graphql?query={${field}:__typename}`, { Connection: last ? 'close' : 'keep-alive' });
  const answer = await sendRaw(server, ask('a') + ask('b') + ask('c', true));
  expect(answer.match(/\{"data":\{"\w"/g)).toEqual(['{"data":{"a"', '{"data":{"b"', '{"data":{"c"']);
});

test('a request hidden in the body of another is not taken for one', async () => {
  const hidden = writeRequest('GET /graphql?query={hidden:__typename}', {});
  const type = { 'Content-Type': 'application/json', Connection: 'keep-alive' };
  for (const lengths of [
    { 'Content-Length': hidden.length, 'Transfer-Encoding': 'chunked' },
    { 'Content-Length': hidden.length, 'Transfer-Encoding': 'identity' },
    { 'Transfer-Encoding': 'chunked, identity' },
    { 'Transfer-Encoding': 'xchunked' },
    { 'Transfer-Encoding': ' chunked', 'Content-Length': 5 },
  ]) {
    const head = writeRequest('POST /graphql', { ...type, ...lengths });
    const answer = await sendRaw(server, `${head}0\r\n\r\n${hidden}`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).not.toContain('hidden');
  }
});

test('headers that are huge, broken or beyond text are refused or taken, and harm nobody', async () => {
  expect(await sendRaw(server, writeRequest(`GET ${GOOD}`, { 'X-A': 'a'.repeat(20_000) }))).toMatch(
    /^HTTP\/1.1 431 .*X-Content-Type-Options: nosniff.*\{"message":".*at most 16 KiB/s,
  );
  expect(await sendRaw(server, `GET /graphql?query=${'a'.repeat(20_000)} HTTP/1.1\r\n`)).toMatch(
    /^HTTP\/1.1 4(14|31) /,
  );
  expect(await sendRaw(server, `GET ${GOOD} HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 400 .*\r\n\r\n\{"message":"This is not HTTP\/1.1, [^"]*"\}$/s,
  );
  const odd = Buffer.from(writeRequest(`GET ${GOOD}`, { 'User-Agent': '\u00ff\u00fe\u0080' }), 'latin1');
  expect(await sendRaw(server, odd)).toMatch(/^HTTP\/1.1 200/);
});

test('a client that sends half a request and goes away is nobody’s trouble', async () => {
  for (const half of [
    'POST /graphql HTT',
    writeRequest('POST /graphql', { 'Content-Type': 'application/json', 'Content-Length': 100 }, '{"query"'),
    writeRequest(
      'POST /graphql',
      { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
      'ff\r\n{',
    ),
  ]) {
    const socket = await openRaw(server);
    await new Promise((resolve) => socket.write(half, resolve));
    socket.resetAndDestroy();
  }
});

test('GraphiQL is there in development alone, and no site may frame it', async () => {
  const headers = { accept: 'text/html' };
  const development = await fetch(server.endpoint, { headers });
  expect(await development.text()).toContain('<title>Curfew</title>');
  expect(development.headers.get('x-frame-options')).toBe('DENY');
  for (const search of ['', '?query={viewer{id}}', '?html=1']) {
    const response = await fetch(production.endpoint + search, { headers });
    expect(response.status).toBe(406);
    expect(await response.text()).toBe('');
  }
});
