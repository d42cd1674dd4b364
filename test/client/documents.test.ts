/** Every text that the library sends is one of the schema's, and stands in the document for servers with persisted operations. */
import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { SESSION_END_REASONS } from '../../src/client/ends.ts';
import * as operations from '../../src/client/operations.ts';
import { LIST_SESSIONS, REVOKE_SESSION, SIGN_OUT_EVERYWHERE } from '../../src/client/sessions.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const schema = buildSchema(read('schema.graphql'));
const texts = [...Object.values(operations), LIST_SESSIONS, REVOKE_SESSION, SIGN_OUT_EVERYWHERE];

test.each(texts)('%s', (text) => {
  expect(validate(schema, parse(text))).toEqual([]);
  expect(read('docs/client.md')).toContain(JSON.stringify(text));
});

test('the reasons are those of the schema', () => {
  const type = schema.getType('SessionEndReason');
  const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
  expect([...SESSION_END_REASONS].sort()).toEqual(names.sort());
});
