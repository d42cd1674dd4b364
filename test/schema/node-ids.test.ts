/** What has an id tells it at once: a list of many makes no promise for each. */
import { GraphQLInterfaceType, type GraphQLResolveInfo } from 'graphql';
import { expect, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import { encodeGlobalId, NOBODY } from '../../src/schema/global-id.ts';
import { schema } from '../../src/schema/index.ts';

const node = schema.getType('Node');
const types = node instanceof GraphQLInterfaceType ? schema.getPossibleTypes(node) : [];

test('sessions, users and events of the trail are the nodes', () => {
  expect(types.map(({ name }) => name).sort()).toEqual(['AuditEvent', 'Session', 'User']);
});

test.each(types.map((type) => [type.name, type] as const))('the id of %s is told at once', (name, type) => {
  const id = type.getFields()['id']?.resolve?.({ id: NOBODY }, {}, {} as Context, {} as GraphQLResolveInfo);
  expect(id).toBe(encodeGlobalId(name, NOBODY));
});
