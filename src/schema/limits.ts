/** How large an operation may be. */
import {
  type ComplexityErrorKind,
  type ComplexityResult,
  complexityFromQuery,
} from '@pothos/plugin-complexity';
import { GraphQLError, type GraphQLResolveInfo, Kind } from 'graphql';

/**
 * Above what the largest page with all of its fields needs, and below what would
 * keep a process busy. Introspection is not counted.
 */
export const LIMITS: ComplexityResult = { depth: 12, breadth: 120, complexity: 10_000 };

/** Rows that a list is reckoned to have when its arguments don't say. */
export const LIST_MULTIPLIER = 5;

const MEASURES = { Depth: 'depth', Breadth: 'breadth', Complexity: 'complexity' } as const;

export function describeExcess(kind: `${ComplexityErrorKind}`, size: ComplexityResult): GraphQLError {
  const name = MEASURES[kind];
  return new GraphQLError(
    `The operation is too large: its ${name} is ${size[name]}, and at most ${LIMITS[name]} is allowed. Ask for less at once.`,
    { extensions: { code: 'OPERATION_TOO_LARGE' } },
  );
}

/**
 * Refuses a subscription when it is made. The complexity plugin looks at the
 * fields' resolvers alone, which for a subscription run with each event.
 *
 * @throws GraphQLError
 */
export function assertSubscriptionSize(info: GraphQLResolveInfo, context: object): void {
  const { operation, fragments, schema, variableValues } = info;
  const size = complexityFromQuery(
    { kind: Kind.DOCUMENT, definitions: [operation, ...Object.values(fragments)] },
    { schema, ctx: context, variables: variableValues },
  );
  for (const kind of ['Depth', 'Breadth', 'Complexity'] as const) {
    if (size[MEASURES[kind]] > LIMITS[MEASURES[kind]]) throw describeExcess(kind, size);
  }
}
