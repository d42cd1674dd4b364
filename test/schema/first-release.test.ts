/** What clients of the first release rely on stays. */
import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges } from 'graphql';
import { expect, test } from 'vitest';

const readSchema = (path: string) => buildSchema(readFileSync(new URL(path, import.meta.url), 'utf8'));

const firstRelease = readSchema('first-release.graphql');

test('schema.graphql breaks nothing of the first release', () => {
  expect(findBreakingChanges(firstRelease, readSchema('../../schema.graphql'))).toEqual([]);
});

test('a field that went away would be found', () => {
  const without = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8').replace(
    /(^type Session [^}]*?^ {2})endReason: SessionEndReason$/m,
    '$1gone: SessionEndReason',
  );
  expect(findBreakingChanges(firstRelease, buildSchema(without))).toMatchObject([
    { type: 'FIELD_REMOVED', description: 'Session.endReason was removed.' },
  ]);
});
