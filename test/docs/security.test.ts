/** docs/security.md says what is so: its requirements are all there, and each claim names tests that exist. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OWASP_EVENTS } from '../../src/audit/log.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const document = read('docs/security.md');

/** The cells of each row of a table, but for those of its head. */
const rows = document
  .split('\n')
  .filter((line) => /^\| (?!---|requirement|who|event)/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** How many there are of each section of ASVS 5.0.0. */
const ASVS = {
  '3.3': 4,
  '3.5': 3,
  '4.3': 2,
  '4.4': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 3,
  '7.6': 2,
};

const NIST = [
  ...['2.1.3', '2.2.3', '2.3.3', '5.1', '5.1.2', '5.2', '5.3'],
  ...[1, 2, 3, 4, 5, 6].map((number) => `5.1 (${number})`),
  ...[1, 2, 3, 4, 5, 6, 7].map((number) => `5.1.1 (${number})`),
];

function numbersIn(width: number): string[] {
  return rows
    .filter((cells) => cells.length === width)
    .map(([first = '']) => /^\*\*([\d.]+(?: \(\d\))?)\*\*/.exec(first)?.[1] ?? '')
    .filter((number) => number !== '');
}

test('each requirement of ASVS is there, once', () => {
  const expected = Object.entries(ASVS).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
  );
  expect(numbersIn(4).sort()).toEqual(expected.sort());
});

test('each requirement of NIST on sessions is there', () => {
  expect(new Set(numbersIn(3))).toEqual(new Set(NIST));
});

test('the events of the trail are there, by the names that the log has for them', () => {
  const events = rows.flatMap(([type = '', name = '']) => {
    const [event, inLog] = [type, name].map((cell) => /^`(\w+)`$/.exec(cell)?.[1]);
    return event && inLog ? [[event, inLog]] : [];
  });
  expect(Object.fromEntries(events)).toEqual(OWASP_EVENTS);
  expect(events).toHaveLength(Object.keys(OWASP_EVENTS).length);
});

interface Named {
  file: string;
  titles: string[];
}

/** The tests of a cell such as `test/a.test.ts` “one”; “another”; `test/b.test.ts` “third”. */
function namedIn(cell: string): Named[] {
  return cell.split(/; (?=`)/).map((part) => {
    const [, file = '', titles = ''] = /^`(test\/[\w/.-]+\.test\.ts)` “(.+)”$/.exec(part) ?? [];
    return { file, titles: titles === '' ? [] : titles.split('”; “') };
  });
}

const claims = rows
  .filter(([first = '']) => first.startsWith('**'))
  .map((cells) => [cells[0]?.slice(0, 60) ?? '', namedIn(cells.at(-1) ?? '')] as const);

describe('what is claimed is shown by tests that exist:', () => {
  test.each(claims)('%s', (_claim, tests) => {
    for (const { file, titles } of tests) {
      expect(titles).not.toEqual([]);
      const source = read(file);
      for (const title of titles)
        expect({ file, title, isThere: hasTest(source, title) }).toMatchObject({ isThere: true });
    }
  });
});

test('a title that no test has would be found', () => {
  const source = read('test/docs/security.test.ts');
  expect(hasTest(source, 'a title that no test has would be found')).toBe(true);
  expect(hasTest(source, 'a title that no test has')).toBe(false);
  expect(namedIn('`test/docs/security.test.ts`')).toEqual([{ file: '', titles: [] }]);
});

/** A title is the first argument of `test`, or of what `test.each` returns, maybe on a line of its own. */
function hasTest(source: string, title: string): boolean {
  const literals = ["'", '`', '"'].map((quote) => `${quote}${title}${quote},`);
  return literals.some((literal) =>
    source
      .split(literal)
      .slice(0, -1)
      .some((before) => /\(\s*$/.test(before)),
  );
}
