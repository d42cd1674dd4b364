/** The page is served as it was built, small, and for as long as may be; and nothing beside it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { send } from '../device.ts';
import { sendRaw, writeRequest } from '../raw.ts';
import { startTestServer, type TestServer } from '../server.ts';

const INDEX =
  '<!doctype html><title>Curfew</title><script type="module" src="/assets/main-1a2b.js"></script>';
const SCRIPT = `${'// the same again\n'.repeat(50)}document.title;`;
const OPERATIONS = { page: '{ viewer { id __typename } }' };

async function buildPage(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'curfew-page-'));
  onCleanup(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'assets', 'below'), { recursive: true });
  const files = { 'index.html': INDEX, 'assets/main-1a2b.js': SCRIPT, 'assets/icon-3c4d.svg': '<svg/>' };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dir, name), content);
    await writeFile(join(dir, `${name}.br`), brotliCompressSync(content));
    await writeFile(join(dir, `${name}.gz`), gzipSync(content));
  }
  await writeFile(join(dir, 'operations.json'), JSON.stringify(OPERATIONS));
  for (const name of ['assets/.env', 'assets/.hidden.js', 'assets/notes.txt', 'assets/main.js.map', '.built'])
    await writeFile(join(dir, name), 'hidden');
  await symlink('/etc', join(dir, 'assets', 'etc'));
  await writeFile(join(dir, 'assets', 'below', 'more.js'), 'hidden');
  return dir;
}

const pageDir = await buildPage();
const server = await startTestServer({ CURFEW_PAGE: 'on' }, { pageDir });
const production = await startTestServer({ CURFEW_PAGE: 'on', NODE_ENV: 'production' }, { pageDir });

interface Got {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** As the bytes come: `fetch` would undo their compression. */
function get(
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', on = server as Pick<TestServer, 'url'> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    sendRequest(new URL(path, on.url), { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .once('error', reject)
      .end();
  });
}

describe.each([
  ['in development', () => server],
  ['in production', () => production],
])('%s', (_mode, on) => {
  test('“/” is the page, which may run and load what is its own, and nothing else', async () => {
    const { status, headers, body } = await get('/', {}, { on: on() });
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: INDEX });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('the page is kept nowhere, and its assets for ever', async () => {
    expect((await get('/', {}, { on: on() })).headers['cache-control']).toBe('no-store');
    const { headers, body } = await get('/assets/main-1a2b.js', {}, { on: on() });
    expect(body.toString()).toBe(SCRIPT);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      // Opened by itself, an image of the page's runs nothing.
      'content-security-policy': expect.stringMatching(/^default-src 'none';/),
      'cross-origin-resource-policy': 'same-origin',
    });
  });
});

test('a query after the path changes nothing', async () => {
  expect((await get('/?from=mail')).body.toString()).toBe(INDEX);
  expect((await get('/assets/main-1a2b.js?v=2')).body.toString()).toBe(SCRIPT);
});

describe('an asset comes', () => {
  const inflate = { br: brotliDecompressSync, gzip: gunzipSync, identity: (body: Buffer) => body };

  test.each([
    ['br, gzip, deflate', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0, gzip;q=0', 'identity'],
    ['identity', 'identity'],
    ['zstd', 'identity'],
    ['', 'identity'],
    ['brotli', 'identity'],
  ] as const)('to whoever accepts “%s” as %s', async (accepted, encoding) => {
    const { status, headers, body } = await get('/assets/main-1a2b.js', { 'accept-encoding': accepted });
    expect(status).toBe(200);
    expect(headers['content-encoding']).toBe(encoding === 'identity' ? undefined : encoding);
    expect(headers).toMatchObject({ vary: 'Accept-Encoding', 'content-length': String(body.length) });
    expect(inflate[encoding](body).toString()).toBe(SCRIPT);
  });

  test('not again to whoever has it, in the encoding that they have', async () => {
    const encoded = { 'accept-encoding': 'br' };
    const { headers } = await get('/assets/main-1a2b.js', encoded);
    const etag = String(headers['etag']);
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get('/assets/main-1a2b.js', { ...encoded, 'if-none-match': tags });
      expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
      expect(again.headers).toMatchObject({ etag, vary: 'Accept-Encoding' });
    }
    for (const others of [{ 'accept-encoding': 'gzip' }, {}]) {
      expect(await get('/assets/main-1a2b.js', { ...others, 'if-none-match': etag })).toMatchObject({
        status: 200,
      });
    }
  });
});

describe('a header of more than 512 characters counts as not sent:', () => {
  test('what would be compressed comes as it is', async () => {
    const fits = 'br'.padEnd(512, ', x');
    for (const [accepted, encoding] of [
      [fits, 'br'],
      [`${fits},`, undefined],
      [`br${', x'.repeat(4500)}`, undefined],
    ] as const) {
      const { status, headers } = await get('/assets/main-1a2b.js', { 'accept-encoding': accepted });
      expect({ status, encoding: headers['content-encoding'] }).toEqual({ status: 200, encoding });
    }
  });

  test('what somebody has comes again', async () => {
    const { headers } = await get('/assets/main-1a2b.js');
    const fits = String(headers['etag']).padEnd(512, ', "x"');
    for (const [tags, status] of [
      [fits, 304],
      [`${fits},`, 200],
    ] as const) {
      expect(await get('/assets/main-1a2b.js', { 'if-none-match': tags })).toMatchObject({ status });
    }
  });
});

test('HEAD says what GET would, without a body', async () => {
  for (const path of ['/', '/assets/main-1a2b.js']) {
    const encoded = { 'accept-encoding': 'gzip' };
    const [whole, head] = await Promise.all([get(path, encoded), get(path, encoded, { method: 'HEAD' })]);
    const { date: _, 'x-request-id': __, ...expected } = whole.headers;
    expect(head).toMatchObject({ status: 200, headers: expected, body: Buffer.alloc(0) });
  }
});

test('no other method does anything', async () => {
  for (const path of ['/', '/assets/main-1a2b.js']) {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await get(path, {}, { method });
      expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD' });
    }
  }
});

describe('nothing else of the disk is served', () => {
  test.each([
    '/index.html',
    '/operations.json',
    '/.built',
    '/assets',
    '/assets/',
    '/assets/index.html',
    '/assets/main-1a2b',
    '/assets/main-1a2b.js.br',
    '/assets/main-1a2b.js/',
    '/assets/.env',
    '/assets/.hidden.js',
    '/assets/notes.txt',
    '/assets/main.js.map',
    '/assets/below/more.js',
    '/assets/etc/passwd',
    '/assets/../operations.json',
    '/assets/%2e%2e/operations.json',
    '/assets/..%2foperations.json',
    '/assets/..\\operations.json',
    '/assets//main-1a2b.js',
    '/assets/%6dain-1a2b.js',
    '/assets/main-1a2b.js%00',
    '//',
    '//etc/passwd',
    '/%',
    '/../../../../etc/passwd',
    '/constructor',
    '/__proto__',
  ])('as %s', async (path) => {
    const answer = await sendRaw(server, writeRequest(`GET ${path}`, {}));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('application/json');
    expect(answer).not.toContain('hidden');
  });
});

test('where it was not built, “/” says how to', async () => {
  const unbuilt = await startTestServer({ CURFEW_PAGE: 'on' }, { pageDir: join(pageDir, 'nowhere') });
  expect(unbuilt.hasPage).toBe(false);
  const { status, body } = await get('/', {}, { on: unbuilt });
  expect(status).toBe(404);
  expect(JSON.parse(body.toString())).toEqual({
    message:
      'The page is not built. Run “npm run build”, and start the server again. GraphQL is at /graphql.',
  });
});

test('with CURFEW_PAGE=off there is no page', async () => {
  const off = await startTestServer({ CURFEW_PAGE: 'off' }, { pageDir });
  expect(off.hasPage).toBe(false);
  for (const path of ['/', '/assets/main-1a2b.js']) {
    const { status, body } = await get(path, {}, { on: off });
    expect(status).toBe(404);
    expect(JSON.parse(body.toString())).toEqual({
      message: 'There is nothing here. GraphQL is at /graphql.',
    });
  }
});

describe('where CURFEW_OPERATIONS lists what is run', async () => {
  const file = `${pageDir}-operations.json`;
  onCleanup(() => rm(file, { force: true }));
  await writeFile(file, JSON.stringify({ own: '{ viewer { email } }', page: '{ viewer { createdAt } }' }));

  test('what the page asks is run as well, and an id of the list goes before one of the page’s', async () => {
    const listed = await startTestServer({ CURFEW_PAGE: 'on', CURFEW_OPERATIONS: file }, { pageDir });
    for (const text of [OPERATIONS.page, '{ viewer { email } }']) {
      expect(await send(listed, text)).toMatchObject({ status: 200, data: { viewer: null } });
    }
    expect(await send(listed, '{ __typename }')).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_NOT_ALLOWED' } }],
    });
  });

  test('it is not run without the page', async () => {
    const listed = await startTestServer({ CURFEW_PAGE: 'off', CURFEW_OPERATIONS: file }, { pageDir });
    expect(await send(listed, OPERATIONS.page)).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_NOT_ALLOWED' } }],
    });
  });
});
