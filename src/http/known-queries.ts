/**
 * The short way of the queries that apps ask again and again. A query that Yoga
 * has run some times is kept here, parsed and valid, and answered from then on
 * without what Yoga does for requests of all kinds.
 *
 * It answers what Yoga would, or nothing: whatever is out of the ordinary (a
 * mutation, a subscription, an error, an Accept header or a body that is not as
 * usual) is left to Yoga, whole. What failed here when it ran is not run again there, or
 * a database in trouble would have the same asked of it twice. Both find the same session:
 * a request is resumed once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DocumentNode, type ExecutionResult, execute, Kind, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import { schema } from '../schema/index.ts';
import type { ReadRequest } from './body.ts';
import { weighDocument } from './documents.ts';
import type { NamedOperation } from './persisted-operations.ts';

/** What is asked once or twice is not worth keeping. */
const RUNS_UNTIL_KNOWN = 3;

/** By the Accept header: what clients of GraphQL, and browsers by themselves, send, and what Yoga then takes. */
const CONTENT_TYPES = new Map([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ...[
    'application/graphql-response+json',
    'application/graphql-response+json, application/json',
    // Apollo's, and urql's.
    'application/graphql-response+json,application/json;q=0.9',
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  ].map((accepted) => [accepted, 'application/graphql-response+json; charset=utf-8'] as const),
]);

/** Besides those that Yoga keeps, which are mostly the same. */
const KEPT_BYTES = 16 * 1024 * 1024;

interface KnownQuery {
  document: DocumentNode;
  /** Its size depends on no variable: it was small enough once, so it always is. */
  isMeasured: boolean;
}

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId']);

interface Parameters extends NamedOperation {
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

export interface KnownQueriesOptions {
  path: string;
  /** @throws GraphQLError */
  findText(operation: NamedOperation): unknown;
  createContext(request: ReadRequest, response: ServerResponse): Promise<Context>;
  /** Counts those that are answered here. */
  answered: { inc(): void };
}

export type KnownQueries = ReturnType<typeof createKnownQueries>;

export function createKnownQueries({ path, findText, createContext, answered }: KnownQueriesOptions) {
  const known = new LRUCache<string, KnownQuery>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ document }, text) => weighDocument(document, text),
  });
  /** How often Yoga has run those that it keeps. */
  const runsOf = new WeakMap<DocumentNode, number>();
  /** Of requests that are left to Yoga. */
  const failures = new WeakMap<IncomingMessage, ExecutionResult>();

  function read(request: ReadRequest): { query: KnownQuery; parameters: Parameters } | null {
    const parameters = parse(request);
    const text = parameters && findText(parameters);
    const query = typeof text === 'string' ? known.get(text) : undefined;
    return parameters && query ? { query, parameters } : null;
  }

  return {
    /** Yoga has run it, and nothing was wrong. */
    learn(document: DocumentNode): void {
      const runs = (runsOf.get(document) ?? 0) + 1;
      runsOf.set(document, runs);
      if (runs !== RUNS_UNTIL_KNOWN) return;
      const query = describe(document);
      if (query && document.loc) known.set(document.loc.source.body, query);
    },

    /** What came of a request's query, which failed; undefined where it did not run. */
    findFailure: (request: IncomingMessage): ExecutionResult | undefined => failures.get(request),

    /** @returns false when it is for Yoga to answer; then nothing is sent yet. */
    async answer(request: ReadRequest, response: ServerResponse): Promise<boolean> {
      const contentType = CONTENT_TYPES.get(request.headers.accept);
      if (!contentType || request.method !== 'POST' || request.url !== path) return false;
      let result: ExecutionResult;
      try {
        const asked = read(request);
        if (!asked) return false;
        const { document, isMeasured } = asked.query;
        const context = await createContext(request, response);
        context.isMeasured = isMeasured;
        const { variables, operationName } = asked.parameters;
        result = await execute({
          schema,
          document,
          contextValue: context,
          variableValues: variables,
          operationName,
        });
      } catch {
        // Yoga comes to the same, and says it.
        return false;
      }
      if (result.errors) {
        // Without data it did not run: what is wrong with the request is in Yoga's words.
        if (result.data !== undefined) failures.set(request, result);
        return false;
      }
      const text = JSON.stringify(result);
      response
        .writeHead(200, {
          'Content-Type': contentType,
          'Content-Length': Buffer.byteLength(text),
        })
        .end(text);
      answered.inc();
      return true;
    },
  };
}

/** What a body asks for, where it is of the usual form. */
function parse({ body }: ReadRequest): Parameters | null {
  if (!body) return null;
  const parameters: unknown = JSON.parse(body.toString());
  if (!isObject(parameters) || !Object.keys(parameters).every((name) => PARAMETERS.has(name))) return null;
  const { variables, operationName, extensions } = parameters;
  if (!isObject(variables ?? {}) || !isObject(extensions ?? {})) return null;
  return typeof (operationName ?? '') === 'string' ? (parameters as Parameters) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns null for what is not one query. */
function describe(document: DocumentNode): KnownQuery | null {
  const operations = document.definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== OperationTypeNode.QUERY) return null;
  return { document, isMeasured: operation.variableDefinitions?.length === 0 };
}
