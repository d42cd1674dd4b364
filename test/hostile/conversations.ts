/** What a hostile peer sends over a WebSocket: messages of the protocol gone wrong, in frames gone wrong. */
import fc, { type Arbitrary } from 'fast-check';
import { type Frame, OPCODES, writeFrame, writeText } from '../frames.ts';
import { hostileVariables } from './operations.ts';
import { json, seldom, text } from './text.ts';

export interface Conversation {
  /** A good first message, after which operations are taken; null when there is none. */
  init: string | null;
  /** The frames of each message after that. */
  parts: Buffer[];
  /** Whether the last one leaves the server waiting for the rest of it. */
  isTorn: boolean;
}

const TYPES = [
  'connection_init',
  'connection_ack',
  'ping',
  'pong',
  'subscribe',
  'next',
  'error',
  'complete',
  'start',
  '__proto__',
  'toString',
];

const IDS = ['"1"', '"2"', '"3"', '"4"', '"5"', '"6"', '"7"', '"8"', '"__proto__"', '"toString"'];

const ODD_IDS = ['"1"', '"1"', '"2"', '1', 'null', '""', '"__proto__"', '{}', `"${'x'.repeat(500)}"`];

/** @param documents of operations; @param authorization what `connection_init` may carry. */
export function hostileConversation(
  documents: Arbitrary<string>,
  authorization: Arbitrary<string>,
): Arbitrary<Conversation> {
  const params = authorization.map((value) => `{"authorization":${JSON.stringify(value)}}`);
  const init = params.map((payload) => `{"type":"connection_init","payload":${payload}}`);
  const oddInit = fc.oneof(
    init,
    json.map((payload) => `{"type":"connection_init","payload":${payload}}`),
    json.map((value) => `{"type":"connection_init","payload":{"authorization":${value},"Authorization":1}}`),
  );
  const goodId = fc.constantFrom(...IDS);
  const id = fc.constantFrom(...IDS, ...ODD_IDS);
  const writeSubscribe = ([key, query, variables]: [string, string, string]) =>
    `{"type":"subscribe","id":${key},"payload":{"query":${JSON.stringify(query)},"variables":${variables}}}`;
  const subscribe = fc.tuple(goodId, documents, fc.constant('{"keepCurrent":true}')).map(writeSubscribe);
  const oddSubscribe = fc
    .tuple(id, documents, hostileVariables(['id', 'first', 'after', 'status', 'password']))
    .map(writeSubscribe);
  const wrong = fc
    .tuple(
      fc.constantFrom(...TYPES),
      fc.array(
        fc.oneof(
          id.map((value) => `"id":${value}`),
          json.map((value) => `"payload":${value}`),
          json.map((value) => `"payload":{"query":${value}}`),
          json.map((value) => `"payload":{"query":"{ __typename }","operationName":${value}}`),
          json.map((value) => `"payload":{"query":"{ __typename }","extensions":${value}}`),
          json.map((value) => `"type":${value}`),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([type, members]) => `{${[`"type":"${type}"`, ...members].join(',')}}`);
  const complete = goodId.map((key) => `{"type":"complete","id":${key}}`);
  const message = fc.oneof(
    { weight: 24, arbitrary: subscribe },
    { weight: 6, arbitrary: complete },
    { weight: 3, arbitrary: oddSubscribe },
    { weight: 2, arbitrary: wrong },
    { weight: 1, arbitrary: oddInit },
    { weight: 2, arbitrary: fc.constantFrom('{"type":"ping"}', '{"type":"pong","payload":{}}') },
    { weight: 1, arbitrary: fc.oneof(json, text) },
  );
  const framed = fc.oneof(
    { weight: 12, arbitrary: message.map(writeText) },
    {
      weight: 4,
      arbitrary: fc.tuple(message, fc.array(fc.nat({ max: 200 }), { maxLength: 4 })).map(writeFragments),
    },
    {
      weight: 2,
      arbitrary: message.map((it) => writeFrame({ opcode: OPCODES.binary, payload: Buffer.from(it) })),
    },
    { weight: 2, arbitrary: brokenFrame },
  );
  return fc
    .tuple(
      fc.option(init, { freq: 5 }),
      fc.option(oddInit.map(writeText), { freq: 2 }),
      fc.array(framed, { minLength: 1, maxLength: 8 }),
      seldom(tornFrame),
    )
    .map(([first, odd, others, torn]) => ({
      init: first,
      parts: [...(first === null && odd ? [odd] : []), ...others, ...(torn ? [torn] : [])],
      isTorn: torn !== null,
    }));
}

/** In as many fragments as there are cuts, and one more, with a ping between them. */
function writeFragments([message, cuts]: [string, number[]]): Buffer {
  const bytes = Buffer.from(message);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const fragments = places.slice(1).map((end, index) =>
    writeFrame({
      opcode: index === 0 ? OPCODES.text : OPCODES.continuation,
      payload: bytes.subarray(places[index], end),
      fin: index === places.length - 2,
    }),
  );
  const ping = writeFrame({ opcode: OPCODES.ping, payload: Buffer.from('between') });
  return Buffer.concat(fragments.flatMap((fragment) => [ping, fragment]));
}

const bytes = fc.uint8Array({ maxLength: 130 }).map((array) => Buffer.from(array));

/** Each breaks RFC 6455, or holds what is no text, or is larger than allowed. */
const brokenFrame: Arbitrary<Buffer> = fc
  .oneof(
    bytes.map((payload): Frame => ({ opcode: OPCODES.text, payload })),
    fc.constant<Frame>({ opcode: OPCODES.text, payload: Buffer.from([0xc3, 0x28]) }),
    fc.constant<Frame>({ opcode: OPCODES.text, payload: Buffer.from('{"type":"ping"}'), fin: false }),
    bytes.map((payload): Frame => ({ opcode: OPCODES.continuation, payload })),
    bytes.map((payload): Frame => ({ opcode: OPCODES.ping, payload })),
    fc
      .tuple(fc.constantFrom(3, 4, 7, 11, 15), bytes)
      .map(([opcode, payload]): Frame => ({ opcode, payload })),
    fc
      .integer({ min: 1, max: 7 })
      .map((reserved): Frame => ({ opcode: OPCODES.text, payload: Buffer.from('{}'), reserved })),
    fc.constant<Frame>({ opcode: OPCODES.text, payload: Buffer.from('{"type":"ping"}'), masked: false }),
    fc.constant<Frame>({ opcode: OPCODES.ping, payload: Buffer.alloc(126) }),
    fc.constant<Frame>({ opcode: OPCODES.ping, payload: Buffer.alloc(3), fin: false }),
    fc.constant<Frame>({ opcode: OPCODES.text, payload: Buffer.alloc(64 * 1024 + 1, 'x') }),
    fc
      .tuple(fc.constantFrom(0, 999, 1000, 1004, 1005, 1006, 1015, 2999, 3000, 4403, 4999, 65_535), bytes)
      .map(([code, reason]): Frame => ({ opcode: OPCODES.close, payload: writeClose(code, reason) })),
    fc.constant<Frame>({ opcode: OPCODES.close, payload: Buffer.from([3]) }),
  )
  .map(writeFrame);

function writeClose(code: number, reason: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, reason.subarray(0, 123)]);
}

/** Says that there is more to come than does. */
const tornFrame: Arbitrary<Buffer> = fc
  .constantFrom(200, 60_000, 64 * 1024 + 1, 2 ** 40)
  .map((length) => writeFrame({ opcode: OPCODES.text, payload: Buffer.from('{"type":"ping"}'), length }));
