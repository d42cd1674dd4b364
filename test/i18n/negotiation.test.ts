/** Which language somebody gets, whatever is sent for it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadLanguages } from '../../src/i18n/languages.ts';

const languages = await loadLanguages();

test.each([
  ['fr', 'fr'],
  ['FR', 'fr'],
  ['fr-CA', 'fr'],
  ['fr-CA, en;q=0.9', 'fr'],
  ['en-GB, fr;q=0.9', 'en'],
  ['fr;q=0.4, en;q=0.5', 'en'],
  ['de, it;q=0.9, fr;q=0.1', 'fr'],
  ['*', 'en'],
  ['en;q=0, *', 'fr'],
])('of the header %j, it is %s', (header, tag) => {
  expect(languages.negotiate(header)).toBe(tag);
  // The second time from memory.
  expect(languages.negotiate(header)).toBe(tag);
});

test.each([
  undefined,
  '',
  'de',
  'fr;q=0',
  'fr_FR',
  ';;;,,,',
  '\u0000',
  '"',
  'q=1',
  '../fr',
  'constructor',
  '__proto__',
])('the header %j names none that there is, and the texts are English', (header) => {
  const tag = languages.negotiate(header);
  expect(tag).toBeNull();
  expect(languages.translatorOf(tag).language).toBe('en');
});

test('whatever is sent, it is one that there is, or none', () => {
  const part = fc.constantFrom(
    'fr',
    'en',
    'de',
    '-',
    ';',
    'q=',
    ',',
    '*',
    '0.5',
    '"',
    '\\',
    ' ',
    '\t',
    '=',
    'CA',
  );
  const header = fc.array(fc.oneof(part, fc.string({ maxLength: 3 })), { maxLength: 300 });
  fc.assert(
    fc.property(header, (parts) => {
      expect([...languages.tags, null]).toContain(languages.negotiate(parts.join('')));
    }),
  );
});

test.each([
  ['16 KB of languages', 'a,'.repeat(8192)],
  ['10,000 of them', Array.from({ length: 10_000 }, (_, index) => `x${index};q=0.5`).join(',')],
  ['one of 16 KB', 'x-'.repeat(8192)],
  ['16 KB of parameters', `fr${';q=1'.repeat(4096)}`],
  ['a quoted one that never ends', `fr;q="${'\\"'.repeat(8192)}`],
])('%s cost no more than a short header', (_what, header) => {
  const start = performance.now();
  for (let round = 0; round < 100; round++) languages.negotiate(`${header}${round}`);
  // Parsed whole, each would take tens of milliseconds.
  expect(performance.now() - start).toBeLessThan(500);
});

test('a long header counts as far as it is read, and what is cut in two does not', () => {
  expect(languages.negotiate(`fr, ${'de,'.repeat(5000)}`)).toBe('fr');
  expect(languages.negotiate(`en;q=0.5, ${'de;q=0.1,'.repeat(55)} fr;q=0.9`)).toBe('en');
});

test.each([
  ['fr', 'fr'],
  ['fr-CA', 'fr'],
  ['FR-ca-x-private', 'fr'],
  ['en-GB', 'en'],
  ['de', null],
  ['', null],
  ['*', null],
  ['de, fr', null],
  ['fr;q=1', null],
  ['fr-', null],
  ['f', null],
  [`fr${'-a'.repeat(100)}`, null],
])('the tag %j stands for %s', (tag, found) => {
  expect(languages.find(tag)).toBe(found);
});
