/**
 * What is taken for a document: the same for those that come with a request, on
 * whatever transport, and for those of CURFEW_OPERATIONS at the start.
 */
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type ParseOptions,
  parse,
  type ValidationRule,
  validate,
} from 'graphql';
import { findRepetition } from '../schema/repetition.ts';
import { withoutValues } from './errors.ts';

/** Operations of this schema have some hundred; validation takes quadratic time in the worst case. */
const MAX_TOKENS = 1000;

export interface DocumentPolicy {
  /** Whether the schema may be asked for. */
  introspection: boolean;
  /** “Did you mean” is not said in it: it would give the schema away name by name. */
  production: boolean;
}

/** @throws GraphQLError */
export function parseDocument(text: string, options?: ParseOptions): DocumentNode {
  return parse(text, { ...options, maxTokens: MAX_TOKENS });
}

/** @returns what is wrong with it; depth, breadth and complexity are looked at when it runs. */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  { introspection, production }: DocumentPolicy,
): readonly GraphQLError[] {
  const repetition = findRepetition(document);
  if (repetition) return [repetition];
  const all = introspection ? rules : [...rules, NoSchemaIntrospectionCustomRule];
  return validate(schema, document, all, { hideSuggestions: production }).map(withoutValues);
}
