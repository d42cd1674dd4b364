/**
 * The short way of the operations that apps send again and again. One that Yoga
 * has run some times without an error is kept, and answered from then on without
 * what Yoga does for requests of all kinds. Queries are compiled by graphql-jit;
 * mutations, and what has interfaces or unions in a query, are run by graphql-js.
 *
 * It answers what Yoga would, or nothing: whatever is out of the ordinary (a
 * subscription, an error, an Accept header or a body that is not as usual) is left
 * to Yoga, whole. A query has no effects, so one that failed here is simply run
 * again there; not for long, while it is the server that fails. A mutation is run
 * once, and what came of it is handed to Yoga to be told. Both find the same
 * session: a request is resumed once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  getNamedType,
  getVariableValues,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import { schema } from '../schema/index.ts';
import { forgetScopes } from '../schema/scopes.ts';
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

/** What is kept of all together: for an app, some dozen of some 50 KB. */
const KEPT_BYTES = 16 * 1024 * 1024;

type Variables = Record<string, unknown>;

type Outcome = ExecutionResult | Promise<ExecutionResult>;

interface KnownOperation {
  definition: OperationDefinitionNode;
  /** It has no effects. */
  isRepeatable: boolean;
  /** What a resolver throws is an error of the result: nothing that has begun is thrown, or rejected. */
  run(context: Context, variables: Variables): Outcome;
  bytes: number;
  /** Its size depends on no variable: it was small enough once, so it always is. */
  isMeasured: boolean;
}

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId']);

interface AskedOperation {
  operation: KnownOperation;
  variables: Variables;
}

interface Parameters extends NamedOperation {
  variables?: Variables | null;
  operationName?: string | null;
}

export interface KnownOperationsOptions {
  path: string;
  /** @throws GraphQLError */
  findText(operation: NamedOperation): unknown;
  createContext(request: ReadRequest, response: ServerResponse): Context | Promise<Context>;
  /** Counts those that are answered here. */
  answered: { inc(): void };
}

export type KnownOperations = ReturnType<typeof createKnownOperations>;

export function createKnownOperations({ path, findText, createContext, answered }: KnownOperationsOptions) {
  const known = new LRUCache<string, KnownOperation>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  /** How often Yoga has run those that it keeps. */
  const runsOf = new WeakMap<DocumentNode, number>();
  /** Of mutations that were run here, and are for Yoga to tell. */
  const outcomes = new WeakMap<IncomingMessage, ExecutionResult>();
  let compiledAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;

  /** Null for none that is known, and for what is not as usual. */
  function find(request: ReadRequest): AskedOperation | null {
    try {
      const parameters = readParameters(request);
      const text = parameters && findText(parameters);
      const operation = typeof text === 'string' ? known.get(text) : undefined;
      return parameters && operation ? ask(operation, parameters) : null;
    } catch {
      return null;
    }
  }

  /** Null where there is something wrong with whoever asks: Yoga comes to the same, and says it. */
  function findContext(
    request: ReadRequest,
    response: ServerResponse,
  ): Context | null | Promise<Context | null> {
    try {
      const context = createContext(request, response);
      return context instanceof Promise ? context.catch(() => null) : context;
    } catch {
      return null;
    }
  }

  function send(response: ServerResponse, contentType: string, result: ExecutionResult): true {
    answered.inc();
    sendText(response, 200, ['Content-Type', contentType], JSON.stringify(result));
    return true;
  }

  return {
    /** Yoga has run it, a query or a mutation, and nothing was wrong. */
    learn(document: DocumentNode): void {
      const runs = (runsOf.get(document) ?? 0) + 1;
      runsOf.set(document, runs);
      if (runs < RUNS_UNTIL_KNOWN || performance.now() - compiledAt < COMPILE_INTERVAL_MS) return;
      compiledAt = performance.now();
      // Whatever comes of it, it is not tried again.
      runsOf.set(document, Number.NEGATIVE_INFINITY);
      const operation = prepare(document);
      if (operation && document.loc) known.set(document.loc.source.body, operation);
    },

    /** What came of a request that `answer` left to be told: it is not to be run again. */
    findOutcome: (request: IncomingMessage) => outcomes.get(request),

    /** At once when nothing has to be read. @returns false when it is for Yoga to answer; then nothing is sent yet. */
    answer(request: ReadRequest, response: ServerResponse): boolean | Promise<boolean> {
      const contentType = CONTENT_TYPES.get(request.headers.accept);
      if (!contentType || request.method !== 'POST' || request.url !== path) return false;
      if (performance.now() - failedAt < TROUBLE_MS) return false;
      const asked = find(request);
      if (!asked) return false;
      const finish = (context: Context, result: ExecutionResult): boolean => {
        forgetScopes(context);
        if (!result.errors) return send(response, contentType, result);
        if (result.errors.some(isFault)) failedAt = performance.now();
        if (!asked.operation.isRepeatable) outcomes.set(request, result);
        return false;
      };
      const begin = (context: Context | null): boolean | Promise<boolean> => {
        if (!context) return false;
        const result = run(context, asked);
        if (!(result instanceof Promise)) return finish(context, result);
        return result.then((done) => finish(context, done));
      };
      const context = findContext(request, response);
      return context instanceof Promise ? context.then(begin) : begin(context);
    },
  };
}

function run(context: Context, { operation, variables }: AskedOperation): Outcome {
  context.isMeasured = operation.isMeasured;
  return operation.run(context, variables);
}

/** Null where the operation is not the one that is named, or its variables are not as they should be. */
function ask(operation: KnownOperation, { operationName, variables }: Parameters): AskedOperation | null {
  const { definition } = operation;
  const isNamed = (operationName ?? null) === null || operationName === definition.name?.value;
  return isNamed && areGood(definition, variables ?? {}) ? { operation, variables: variables ?? {} } : null;
}

/** What a body asks for, where it is of the usual form. */
function readParameters({ body }: ReadRequest): Parameters | null {
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

/** Whether graphql-js takes them: what is compiled may be less strict, as with null where there is a default. */
function areGood({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): boolean {
  if (variableDefinitions.length === 0) return true;
  const isNull = ({ variable, defaultValue }: VariableDefinitionNode) =>
    defaultValue !== undefined && variables[variable.name.value] === null;
  if (variableDefinitions.some(isNull)) return false;
  return getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 }).errors === undefined;
}

/** @returns null for several. */
function prepare(document: DocumentNode): KnownOperation | null {
  const [definition, another] = document.definitions.filter(
    (part) => part.kind === Kind.OPERATION_DEFINITION,
  );
  if (!definition || another) return null;
  const isRepeatable = definition.operation === OperationTypeNode.QUERY;
  const run = (isRepeatable && compile(document)) || interpret(document);
  return {
    definition,
    isRepeatable,
    run,
    // What is compiled of it is about as large as itself.
    bytes: 2 * weighDocument(document, document.loc?.source.body ?? ''),
    isMeasured: definition.variableDefinitions?.length === 0,
  };
}

type Run = KnownOperation['run'];

function interpret(document: DocumentNode): Run {
  return (contextValue, variableValues) => execute({ schema, document, contextValue, variableValues });
}

/** @returns null for a query of objects whose types are not known beforehand. */
function compile(document: DocumentNode): Run | null {
  if (hasAbstractTypes(document)) return null;
  const compiled = compileQuery(schema, document, undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled)
    ? (context, variables) => compiled.query(undefined, context, variables)
    : null;
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
