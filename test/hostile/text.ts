/** Text and JSON that a parser, a database or a log may trip over. */
import fc, { type Arbitrary } from 'fast-check';

const TRAPS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202etxt.exe',
  '\ufeff',
  '\u{10ffff}',
  'İ'.repeat(100),
  '🏳️‍🌈'.repeat(50),
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '{{7*7}}<%= 7*7 %>$(id)',
  '../../../../etc/passwd',
  '%00%0d%0aSet-Cookie:%20session=x',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'NaN',
  '-0',
  '1e999',
  '\\u0000\\ud800',
  'null',
] as const;

export const text: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
);

/** All but control characters. */
const HEADER_BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => !/[\p{Cc}]/u.test(character) || character >= '\x80',
);

/** What a header may hold, as Node writes it: one byte a character. */
export const headerText: Arbitrary<string> = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...HEADER_BYTES),
    maxLength: 60,
  }),
  fc.string({
    unit: fc.constantFrom('"', '\\', ',', ';', '=', '%', ' ', '\t', 'é', '{', 'a'),
    maxLength: 30,
  }),
);

/** What `JSON.stringify` would never write: numbers beyond all, and names that objects inherit. */
const ODD_JSON = [
  '1e999',
  '-1e999',
  '-0',
  '0.1e-999',
  '9007199254740993',
  '2147483648',
  '-2147483649',
  '9'.repeat(400),
  '{"__proto__":{"id":"x","role":"ADMIN"}}',
  '{"constructor":{"prototype":{"id":"x"}}}',
  '{"toString":1,"valueOf":1,"then":1,"toJSON":1}',
  '{"length":-1}',
  '[[],{},[null]]',
  '"\\ud800"',
  '"\\u0000"',
] as const;

/** Valid JSON, as it is sent. */
export const json: Arbitrary<string> = fc.oneof(
  fc.json(),
  fc.constantFrom(...ODD_JSON),
  text.map((value) => JSON.stringify(value)),
  fc
    .tuple(fc.integer({ min: 1, max: 3000 }), fc.constantFrom<[string, string]>(['[', ']'], ['{"a":', '}']))
    .map(([depth, [open, close]]) => `${open.repeat(depth)}1${close.repeat(depth)}`),
);

/** Most often null: what is odd by itself is soon refused, and hides what comes after. */
export function seldom<Value>(value: Arbitrary<Value>): Arbitrary<Value | null> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });
}
