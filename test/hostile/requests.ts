/** Requests as bytes, whose head says what no client would, or contradicts itself or the body. */
import fc, { type Arbitrary } from 'fast-check';
import { headerText } from './text.ts';

export interface HostileRequest {
  bytes: Buffer;
  /** Whether the server waits for more than there is. */
  isTorn: boolean;
}

const line = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('POST', 'POST', 'GET') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('OPTIONS', 'HEAD', 'PUT', 'QUERY', 'TRACE', 'CONNECT', 'post'),
      },
    ),
    fc.constantFrom(
      '/graphql',
      '/graphql',
      '/graphql',
      '/graphql?query={viewer{id,email}}',
      '/graphql?query=%00&variables={&extensions=[',
      '/graphql?query={viewer{id}}&query={currentSession{id}}',
      'http://evil.example/graphql',
      '/health/ready',
      '/metrics',
      '/%2e%2e/graphql',
      '*',
    ),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTPS/1.1'),
  )
  .map((parts) => parts.join(' '));

function field(name: string, ...values: string[]): Arbitrary<string> {
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: headerText },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constantFrom(...values), headerText).map((parts) => parts.join('')),
      },
    )
    .map((value) => `${name}: ${value}`);
}

const host = field(
  'Host',
  'localhost',
  'evil.example',
  '[::1]:80',
  'a b',
  'localhost:99999',
  '',
  'localhost@evil',
);
const origin = field(
  'Origin',
  'null',
  'https://evil.example',
  'http://localhost',
  'http://localhost, https://a',
  '',
);
const contentType = field(
  'Content-Type',
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-7',
  'application/graphql-response+json',
  'text/plain',
  'text/plain; application/json',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/json;',
  '',
);
const other = fc.oneof(
  field('Accept', 'application/json', 'text/event-stream', 'text/html', 'multipart/mixed', '*/*;q=nan', ''),
  field(
    'X-Forwarded-For',
    '203.0.113.9',
    '::ffff:1.2.3.4',
    '1.2.3.4, , 5.6.7.8',
    '[::1]:80',
    '999.1.1.1',
    '_hid',
  ),
  field(
    'Forwarded',
    'for=1.2.3.4',
    'for="[2001:db8::1]:80"',
    'for=_x;by=;proto=',
    'for="',
    ';;;,,,=',
    'for=for=for',
  ),
  field('X-Forwarded-Proto', 'https', 'http', 'javascript'),
  field('X-Request-Id', 'abc', 'x'.repeat(65), '\\n'),
  field('X-Real-IP', '127.0.0.1'),
  field('User-Agent', 'x'.repeat(5000), 'Mozilla/5.0 (', '$(id)', ''),
  field('Sec-Fetch-Site', 'cross-site', 'same-origin', 'none'),
  field('Sec-Fetch-Mode', 'navigate', 'no-cors'),
  field('Connection', 'keep-alive', 'close, upgrade', 'host', 'authorization'),
  field('Expect', '100-continue', 'nothing'),
  field('Upgrade', 'websocket', 'h2c', 'TLS/1.0'),
  field('Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA==', 'x'),
  field('Sec-WebSocket-Version', '13', '8', '0'),
  field('Sec-WebSocket-Protocol', 'graphql-transport-ws', 'graphql-ws', 'a, a', ','),
  field('Content-Encoding', 'gzip', 'br', 'identity', 'gzip, gzip'),
  field('X-HTTP-Method-Override', 'DELETE'),
  field('Access-Control-Request-Headers', 'authorization, x'),
  fc.tuple(headerText, headerText).map((parts) => parts.join(':')),
  fc.constantFrom(
    'no colon',
    ': no name',
    'Name : value',
    ' folded: line',
    'a: b\rc: d',
    'a: b\nc: d',
    'a: \0',
  ),
);

/** How the body is said to end. `torn`: later than it does. */
const FRAMINGS: Record<string, (body: string) => { fields: string[]; content: string; isTorn?: boolean }> = {
  right: (body) => ({ fields: [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`], content: body }),
  short: (body) => ({ fields: [`Content-Length: ${body.length >> 1}`], content: body }),
  long: (body) => ({ fields: [`Content-Length: ${body.length + 999}`], content: body, isTorn: true }),
  huge: (body) => ({ fields: ['Content-Length: 99999999999'], content: body, isTorn: true }),
  negative: (body) => ({ fields: ['Content-Length: -1'], content: body }),
  hexadecimal: (body) => ({ fields: ['Content-Length: 0x10'], content: body }),
  signed: (body) => ({ fields: [`Content-Length: +${body.length}`], content: body }),
  twice: (body) => ({ fields: ['Content-Length: 3', `Content-Length: ${body.length}`], content: body }),
  listed: (body) => ({ fields: [`Content-Length: ${body.length}, ${body.length}`], content: body }),
  none: (body) => ({ fields: [], content: body }),
  chunked: (body) => ({ fields: ['Transfer-Encoding: chunked'], content: writeChunk(body, '0\r\n\r\n') }),
  'chunked with extensions': (body) => ({
    fields: ['Transfer-Encoding: chunked'],
    content: writeChunk(body, '0;x="\\""\r\nTrailer: x\r\n\r\n'),
  }),
  'chunked without an end': (body) => ({
    fields: ['Transfer-Encoding: chunked'],
    content: writeChunk(body, ''),
    isTorn: true,
  }),
  'chunks that lie': (body) => ({
    fields: ['Transfer-Encoding: chunked'],
    content: `zz\r\n${body}\r\n0\r\n\r\n`,
  }),
  'chunks beyond all numbers': (body) => ({
    fields: ['Transfer-Encoding: chunked'],
    content: `${'f'.repeat(40)}\r\n${body}\r\n0\r\n\r\n`,
  }),
  'of two kinds': (body) => ({
    fields: ['Transfer-Encoding: chunked', `Content-Length: ${body.length}`],
    content: writeChunk(body, '0\r\n\r\n'),
  }),
  'of a kind that is none': (body) => ({ fields: ['Transfer-Encoding: xchunked'], content: body }),
  'chunked twice': (body) => ({
    fields: ['Transfer-Encoding: chunked, chunked'],
    content: writeChunk(body, '0\r\n\r\n'),
  }),
  'of a kind on a folded line': (body) => ({
    fields: ['Transfer-Encoding:\r\n chunked'],
    content: writeChunk(body, '0\r\n\r\n'),
  }),
};

function writeChunk(body: string, end: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n${end}`;
}

/** @param credentials lines of a head; @param bodies good ones, which may be sent wrongly. */
export function hostileRequest(
  credentials: Arbitrary<string>,
  bodies: readonly string[],
): Arbitrary<HostileRequest> {
  const body = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...bodies) },
    { weight: 1, arbitrary: headerText },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...bodies), fc.nat({ max: 99 }), headerText)
        .map(([good, at, more]) => good.slice(0, at) + more + good.slice(at)),
    },
  );
  const fields = fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constant('Host: localhost') }, { weight: 1, arbitrary: host }),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant('Content-Type: application/json') },
        { weight: 1, arbitrary: contentType },
      ),
      credentials,
      fc.array(fc.oneof(host, origin, contentType, credentials, other, other, other), { maxLength: 4 }),
    )
    .map(([...parts]) => parts.flat());
  const framing = fc.oneof(
    { weight: 2, arbitrary: fc.constant('right') },
    { weight: 3, arbitrary: fc.constantFrom(...Object.keys(FRAMINGS)) },
  );
  const lineEnd = fc.oneof(
    { weight: 20, arbitrary: fc.constant('\r\n') },
    { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\r\r\n') },
  );
  return fc.tuple(line, fields, framing, body, lineEnd).map(([start, head, kind, content, end]) => {
    const framed = FRAMINGS[kind]?.(content) ?? { fields: [], content };
    const lines = [start, ...head, ...framed.fields].join(end);
    return {
      bytes: Buffer.from(`${lines}${end}${end}${framed.content}`, 'latin1'),
      isTorn: framed.isTorn ?? false,
    };
  });
}
