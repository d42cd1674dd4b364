/** Cursors and global ids: each is read as it was written, and any other text is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Page, Position } from '../../src/db/keyset.ts';
import { BadArgumentError } from '../../src/errors.ts';
import { decodeGlobalId, decodeIdOf, encodeGlobalId } from '../../src/schema/global-id.ts';
import { decodeCursor, encodeCursor, resolvePage } from '../../src/schema/pages.ts';

const position: fc.Arbitrary<Position> = fc.record({
  rank: fc.constantFrom(0, 1),
  at: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
  id: fc.uuid(),
});

const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** Texts that are not what `encode` makes, many of them near to it. */
function otherTexts(good: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damaged = fc
    .tuple(good, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([text, at, insert]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + insert + text.slice(index + (at % 2));
    });
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.string({ unit: 'binary' }).map(base64url),
    damaged,
    good.map((text) => `${text}=`),
    good.map((text) => base64url(Buffer.from(text, 'base64url').toString().toUpperCase())),
    good.map((text) => base64url(`${Buffer.from(text, 'base64url')}.`)),
    good.map((text) => base64url(` ${Buffer.from(text, 'base64url')}`)),
  );
}

describe('a cursor', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(position, (written) => {
        const cursor = encodeCursor(written);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor)).toEqual(written);
      }),
    );
  });

  test('of any other text is refused', () => {
    fc.assert(
      fc.property(otherTexts(position.map(encodeCursor)), (text) => {
        const read = tryTo(() => decodeCursor(text));
        // Damage may have made another good one; then it is spelled as we spell it.
        if (read instanceof Error) expect(read).toBeInstanceOf(BadArgumentError);
        else expect(encodeCursor(read)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['nothing', ''],
    ['an instant that is no number', '0.NaN.018f6f00-0000-7000-8000-000000000000'],
    ['an empty instant', '0..018f6f00-0000-7000-8000-000000000000'],
    ['an instant past all dates', '0.8640000000000001.018f6f00-0000-7000-8000-000000000000'],
    [
      'an instant before the first year, which PostgreSQL can’t read',
      '0.-62135596800001.018f6f00-0000-7000-8000-000000000000',
    ],
    ['an instant after the year 9999', '0.253402300800000.018f6f00-0000-7000-8000-000000000000'],
    ['an instant in another notation', '0.1e12.018f6f00-0000-7000-8000-000000000000'],
    ['an instant of less than a millisecond', '0.0.5.018f6f00-0000-7000-8000-000000000000'],
    ['a rank that there is not', '2.0.018f6f00-0000-7000-8000-000000000000'],
    ['an id that is no UUID', "0.0.'; DROP TABLE users; --"],
    ['an id in upper case', '0.0.018F6F00-0000-7000-8000-000000000000'],
    ['something more at the end', '0.0.018f6f00-0000-7000-8000-000000000000.1'],
    ['a NUL', '0.0.018f6f00-0000-7000-8000-000000000000\0'],
  ])('with %s is refused', (_what, text) => {
    expect(() => decodeCursor(base64url(text))).toThrow(BadArgumentError);
  });
});

describe('a global id', () => {
  const typename = fc.stringMatching(/^[A-Z][A-Za-z]{0,30}$/);
  const globalId = fc.tuple(typename, fc.uuid()).map(([name, id]) => encodeGlobalId(name, id));

  test('is read as it was written', () => {
    fc.assert(
      fc.property(typename, fc.uuid(), (name, id) => {
        expect(decodeGlobalId(encodeGlobalId(name, id))).toEqual({ typename: name, id });
        expect(decodeIdOf(name, encodeGlobalId(name, id))).toBe(id);
      }),
    );
  });

  test('of another type is not one of this type', () => {
    expect(decodeIdOf('Session', encodeGlobalId('User', '018f6f00-0000-7000-8000-000000000000'))).toBeNull();
  });

  test('of any other text is refused, and is no id of any type', () => {
    fc.assert(
      fc.property(otherTexts(globalId), (text) => {
        const read = tryTo(() => decodeGlobalId(text));
        if (!(read instanceof Error)) {
          expect(encodeGlobalId(read.typename, read.id)).toBe(text);
          return;
        }
        expect(read).toBeInstanceOf(BadArgumentError);
        expect(decodeIdOf('Session', text)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a page', () => {
  const rows = Array.from(
    { length: 5 },
    (_, index): Position => ({
      rank: 0,
      at: new Date(index),
      id: `018f6f00-0000-7000-8000-00000000000${index}`,
    }),
  );
  const list = async ({ limit, fromEnd }: Page) => (fromEnd ? rows.toReversed() : rows).slice(0, limit);
  const resolve = (args: Parameters<typeof resolvePage>[0]) => resolvePage(args, (row) => row, list);

  test('from the beginning says whether there is a next one', async () => {
    expect(await resolve({ first: 5 })).toMatchObject({ pageInfo: { hasNextPage: false } });
    const { edges, pageInfo } = await resolve({ first: 4 });
    expect(edges.map(({ node }) => node)).toEqual(rows.slice(0, 4));
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
  });

  test('from the end is in the same order, and says whether there is one before', async () => {
    const { edges, pageInfo } = await resolve({ last: 2 });
    expect(edges.map(({ node }) => node)).toEqual(rows.slice(3));
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(await resolve({ last: 5 })).toMatchObject({ pageInfo: { hasPreviousPage: false } });
  });

  test('of none has no cursors', async () => {
    expect(await resolve({ first: 0 })).toMatchObject({
      edges: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: true },
    });
  });

  test.each([{ first: -1 }, { last: -1 }, { first: 101 }, { last: 101 }, { first: 1, last: 1 }])(
    'that can’t be is refused: %j',
    async (args) => {
      await expect(resolve(args)).rejects.toThrow(BadArgumentError);
    },
  );
});

function tryTo<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
