import { GraphQLError } from 'graphql';
import { isStorable } from '../db/instants.ts';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'An instant in ISO 8601, UTC, to the millisecond.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const instant = typeof value === 'string' ? new Date(value) : new Date(Number.NaN);
    if (!isStorable(instant) || instant.toISOString() !== value) {
      throw new GraphQLError('A DateTime is written like 2026-01-31T12:00:00.000Z.');
    }
    return instant;
  },
});
