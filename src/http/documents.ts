/**
 * What is taken for a document: the same for those that come with a request, on
 * whatever transport, and for those of CURFEW_OPERATIONS at the start.
 */
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type ParseOptions,
  parse,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { findRepetition } from '../schema/repetition.ts';
import { withoutValues } from './errors.ts';

/** Operations of this schema have some hundred; validation takes quadratic time in the worst case. */
const MAX_TOKENS = 1000;

/** Of parsed documents that are kept: some thousand of an app's own, or some sixty of the largest. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * What a document takes at most, as measured: a token and the nodes it makes (a field of one letter is the
 * worst), and a character of text, of which string values with escapes are made piece by piece.
 */
const BYTES_PER_TOKEN = 500;
const BYTES_PER_COMMENT = 100;
const BYTES_PER_CHARACTER = 20;

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
  const all = [...rules, noThenRule, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
  return validate(schema, document, all, { hideSuggestions: production }).map(withoutValues);
}

/** Of an answer with a member of this name, whoever runs the operation would think that it is a promise. */
function noThenRule(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.alias?.value !== 'then') return;
      const message = 'An alias can’t be “then”. Choose another, such as “next”.';
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

/** Parsed documents by their texts, those used last: bounded by the memory that they take, whatever they say. */
export function createDocumentCache(): LRUCache<string, DocumentNode> {
  return new LRUCache({ maxSize: KEPT_BYTES, sizeCalculation: weighDocument });
}

/** The bytes that a parsed document takes at most. */
export function weighDocument({ loc }: DocumentNode, text: string): number {
  let bytes = text.length * BYTES_PER_CHARACTER;
  for (let token = loc?.startToken ?? null; token; token = token.next) {
    // These are kept as well, and counted by no other limit.
    bytes += token.kind === TokenKind.COMMENT ? BYTES_PER_COMMENT : BYTES_PER_TOKEN;
  }
  return bytes;
}
