/** Instants as clients write them: one spelling, and none that the database can't be asked about. */
import { isScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';

function parse(text: unknown): unknown {
  const type = schema.getType('DateTime');
  if (!isScalarType(type)) throw new Error('There is no scalar DateTime');
  return type.parseValue(text);
}

test.each(['2026-01-31T12:00:00.000Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])(
  'an instant is read as it was written: %s',
  (text) => {
    expect(parse(text)).toEqual(new Date(text));
  },
);

test.each([
  '2026-01-31',
  '2026-01-31T12:00:00Z',
  '2026-02-30T12:00:00.000Z',
  '2026-01-31T12:00:00.000+01:00',
  '0000-12-31T23:59:59.999Z',
  '-000001-01-01T00:00:00.000Z',
  '+010000-01-01T00:00:00.000Z',
  '',
  1_769_860_800_000,
  null,
])('anything else is refused, with one that is right: %s', (text) => {
  expect(() => parse(text)).toThrow('A DateTime is written like 2026-01-31T12:00:00.000Z.');
});
