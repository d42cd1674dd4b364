/**
 * The ids of nodes, made at once. Pothos' own resolver of them awaits what is
 * there already, so that a list waits for a promise for each of its rows.
 */
import { type GraphQLSchema, isInterfaceType } from 'graphql';
import { encodeGlobalId } from './global-id.ts';

/** @returns the same schema. */
export function answerIdsAtOnce(schema: GraphQLSchema): GraphQLSchema {
  const node = schema.getType('Node');
  const types = isInterfaceType(node) ? schema.getPossibleTypes(node) : [];
  for (const type of types) {
    const { id } = type.getFields();
    if (id) id.resolve = (row: { id: string }) => encodeGlobalId(type.name, row.id);
  }
  return schema;
}
