/**
 * The short way of the queries that apps ask again and again. A query that Yoga
 * has run some times without an error is compiled (by graphql-jit), kept, and
 * answered from then on without what Yoga does for requests of all kinds.
 *
 * It answers what Yoga would, or nothing: whatever is out of the ordinary (a
 * mutation, a subscription, an error, an Accept header or a body that is not as
 * usual) is left to Yoga, whole. A query has no effects, so one that failed here
 * is simply run again there; not for long, while it is the server that fails. Both
 * find the same session: a request is resumed once.
 */
import type { ServerResponse } from 'node:http';
import {
  type DocumentNode,
  type ExecutionResult,
  getNamedType,
  getVariableValues,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import { schema } from '../schema/index.ts';
import type { ReadRequest } from './body.ts';
import { weighDocument } from './documents.ts';
import { isFault } from './errors.ts';
import { sendText } from './json.ts';
import type { NamedOperation } from './persisted-operations.ts';

/** Compiling takes as long as running some times: what is asked seldom is not worth it… */
const RUNS_UNTIL_KNOWN = 10;
/** …and nobody can make the server do much of it by asking something new again and again. */
const COMPILE_INTERVAL_MS = 50;

/** After a fault of the server’s own, nothing goes the short way: a database in trouble is not asked twice. */
const TROUBLE_MS = 5000;

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

/** What is kept of all queries together: for an app, some dozen of some 50 KB. */
const KEPT_BYTES = 16 * 1024 * 1024;

interface KnownQuery {
  operation: OperationDefinitionNode;
  run: CompiledQuery['query'];
  bytes: number;
  /** Its size depends on no variable: it was small enough once, so it always is. */
  isMeasured: boolean;
}

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId']);

type Variables = Record<string, unknown>;

interface AskedQuery {
  query: KnownQuery;
  variables: Variables;
}

interface Parameters extends NamedOperation {
  variables?: Variables | null;
  operationName?: string | null;
}

export interface KnownQueriesOptions {
  path: string;
  /** @throws GraphQLError */
  findText(operation: NamedOperation): unknown;
  createContext(request: ReadRequest, response: ServerResponse): Context | Promise<Context>;
  /** Counts those that are answered here. */
  answered: { inc(): void };
}

export type KnownQueries = ReturnType<typeof createKnownQueries>;

export function createKnownQueries({ path, findText, createContext, answered }: KnownQueriesOptions) {
  const known = new LRUCache<string, KnownQuery>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  /** How often Yoga has run those that it keeps. */
  const runsOf = new WeakMap<DocumentNode, number>();
  let compiledAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;

  function read(request: ReadRequest): AskedQuery | null {
    const parameters = parse(request);
    const text = parameters && findText(parameters);
    const query = typeof text === 'string' ? known.get(text) : undefined;
    if (!parameters || !query) return null;
    const name = parameters.operationName ?? null;
    const variables = parameters.variables ?? {};
    const isNamed = name === null || name === query.operation.name?.value;
    return isNamed && areGood(query.operation, variables) ? { query, variables } : null;
  }

  /** Null where it is not known, and where something is wrong: Yoga comes to the same, and says it. */
  function run(
    request: ReadRequest,
    response: ServerResponse,
  ): ExecutionResult | null | Promise<ExecutionResult | null> {
    try {
      const asked = read(request);
      if (!asked) return null;
      const context = createContext(request, response);
      return context instanceof Promise ? context.then((made) => runIn(made, asked)) : runIn(context, asked);
    } catch {
      return null;
    }
  }

  function send(response: ServerResponse, contentType: string, result: ExecutionResult | null): boolean {
    if (!result) return false;
    if (result.errors) {
      if (result.errors.some(isFault)) failedAt = performance.now();
      return false;
    }
    const text = JSON.stringify(result);
    const headers = ['Content-Type', contentType, 'Content-Length', Buffer.byteLength(text)];
    sendText(response, 200, headers, text);
    answered.inc();
    return true;
  }

  return {
    /** Yoga has run it, and nothing was wrong. */
    learn(document: DocumentNode): void {
      const runs = (runsOf.get(document) ?? 0) + 1;
      runsOf.set(document, runs);
      if (runs < RUNS_UNTIL_KNOWN || performance.now() - compiledAt < COMPILE_INTERVAL_MS) return;
      compiledAt = performance.now();
      // Whatever comes of it, it is not tried again.
      runsOf.set(document, Number.NEGATIVE_INFINITY);
      const query = compile(document);
      if (query && document.loc) known.set(document.loc.source.body, query);
    },

    /** At once when nothing has to be read. @returns false when it is for Yoga to answer; then nothing is sent yet. */
    answer(request: ReadRequest, response: ServerResponse): boolean | Promise<boolean> {
      const contentType = CONTENT_TYPES.get(request.headers.accept);
      if (!contentType || request.method !== 'POST' || request.url !== path) return false;
      if (performance.now() - failedAt < TROUBLE_MS) return false;
      const result = run(request, response);
      if (!(result instanceof Promise)) return send(response, contentType, result);
      return result.catch(() => null).then((settled) => send(response, contentType, settled));
    },
  };
}

function runIn(
  context: Context,
  { query, variables }: AskedQuery,
): ExecutionResult | Promise<ExecutionResult> {
  context.isMeasured = query.isMeasured;
  return query.run(undefined, context, variables);
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

/** Whether graphql-js takes them: what is compiled may be less strict. */
function areGood({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): boolean {
  if (variableDefinitions.length === 0) return true;
  return getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 }).errors === undefined;
}

/** @returns null for what is not one query of objects whose types are known beforehand. */
function compile(document: DocumentNode): KnownQuery | null {
  const operations = document.definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== OperationTypeNode.QUERY) return null;
  if (hasAbstractTypes(document)) return null;
  const compiled = compileQuery(schema, document, undefined, { disablingCapturingStackErrors: true });
  if (!isCompiledQuery(compiled)) return null;
  return {
    operation,
    run: compiled.query,
    // What is compiled of it is about as large as itself.
    bytes: 2 * weighDocument(document, document.loc?.source.body ?? ''),
    isMeasured: operation.variableDefinitions?.length === 0,
  };
}

function hasAbstractTypes(document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let isFound = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        isFound ||= isAbstractType(getNamedType(types.getType()));
      },
    }),
  );
  return isFound;
}
