/** Operations that are nearly good: their documents, their variables, and the ids and cursors in them. */
import fc, { type Arbitrary } from 'fast-check';
import { json, text } from './text.ts';

/** What may stand beside a field. */
const GOOD_WORDS = [
  'id',
  '__typename',
  'a: __typename',
  'id @include(if: true)',
  'id @skip(if: true)',
  '... { id }',
  '... on Session { id kind device { name } }',
  '... on User { id email }',
  '... on UserError { message }',
  ',,,',
  '# a comment\n',
] as const;

/** What may stand anywhere in a document, though mostly it may not. */
const WORDS = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '!',
  ':',
  '...',
  '$',
  '@include(if: true)',
  '@skip(if: $x)',
  '@deprecated',
  'query',
  'mutation',
  'subscription',
  'fragment F on Session { ...F }',
  '...F',
  '__schema { types { name } }',
  '__type(name: "User") { name }',
  '__typename',
  'node(id: "x") { id }',
  'null',
  'true',
  '-1',
  '2147483648',
  '1e400',
  '"\\ud800"',
  '"\\u0000"',
  '"""block"""',
  '#',
  '\u0000',
  '\ufeff',
  'é',
  'id',
  'a: id b: id',
  '__proto__',
  'constructor: id',
] as const;

/** @param documents good ones, which come off their rails in a place or two, or stay as they are. */
export function mutatedDocument(documents: readonly string[]): Arbitrary<string> {
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...GOOD_WORDS) },
    { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom(...documents) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('{ a', '[', 'id ', ' ...F'), fc.nat({ max: 1200 })).map(repeatWord),
    },
  );
  const change = fc.record({
    at: fc.nat({ max: 200 }),
    how: fc.constantFrom('insert', 'insert', 'insert', 'replace', 'delete', 'double', 'swap'),
    word,
  });
  return fc
    .tuple(fc.constantFrom(...documents), fc.array(change, { maxLength: 2 }))
    .map(([document, changes]) => changes.reduce(applyChange, document.split(/(?<=[{\s])/)).join(''));
}

function repeatWord([word, times]: [string, number]): string {
  return word.repeat(times);
}

function applyChange(words: string[], { at, how, word }: { at: number; how: string; word: string }) {
  const place = at % words.length;
  const here = words[place] ?? '';
  const changed = {
    insert: [here, `${word} `],
    replace: [`${word} `],
    delete: [],
    double: [here, here],
    swap: [words[place + 1] ?? '', here],
  }[how];
  return words.toSpliced(place, how === 'swap' ? 2 : 1, ...(changed ?? []));
}

/** The JSON of variables by these names, each of the wrong type more often than not. */
export function hostileVariables(names: readonly string[]): Arbitrary<string> {
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...names, 'unknown') },
    { weight: 1, arbitrary: text },
  );
  const member = fc.tuple(name, json).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`),
    },
    { weight: 1, arbitrary: json },
  );
}

const TYPES = ['Session', 'User', 'AuditEvent', 'Node', 'Query', 'session', '__proto__', 'Device', ''];

/** @param genuine ids of somebody. @returns theirs, those of nobody, and what is no id at all. */
export function hostileId(genuine: readonly string[]): Arbitrary<string> {
  const real = fc.constantFrom(...genuine);
  const row = fc.oneof(
    real.map((id) => Buffer.from(id, 'base64url').toString().split(':')[1] ?? ''),
    fc.uuid(),
    text,
  );
  return fc.oneof(
    real,
    row,
    fc.tuple(fc.constantFrom(...TYPES), row).map(([type, id]) => encode(`${type}:${id}`)),
    fc.tuple(real, fc.nat({ max: 60 }), text).map(([id, at, more]) => id.slice(0, at) + more + id.slice(at)),
    real.map((id) => encode(Buffer.from(id, 'base64url').toString().toUpperCase())),
    real.map((id) => `${id}=`),
    text,
  );
}

/** @param genuine cursors of somebody. */
export function hostileCursor(genuine: readonly string[]): Arbitrary<string> {
  const real = fc.constantFrom(...genuine);
  const part = fc.oneof(
    fc.constantFrom('0', '1', '2', '-1', '1e3', '8640000000000000', '8640000000000001', 'NaN', '', '0x1'),
    fc.double().map(String),
    fc.maxSafeInteger().map(String),
    fc.uuid(),
    text,
  );
  return fc.oneof(
    real,
    fc.array(part, { maxLength: 4 }).map((parts) => encode(parts.join('.'))),
    fc
      .tuple(fc.constantFrom('0', '1'), fc.maxSafeInteger(), fc.uuid())
      .map((parts) => encode(parts.join('.'))),
    fc.tuple(real, fc.nat({ max: 60 }), text).map(([it, at, more]) => it.slice(0, at) + more + it.slice(at)),
    text,
  );
}

function encode(value: string): string {
  return Buffer.from(value).toString('base64url');
}
