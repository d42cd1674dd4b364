/**
 * GraphQL over HTTP and over SSE, by Yoga. Its `getEnveloped` serves the socket
 * too, so that one set of rules holds on every transport.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { GraphQLError, specifiedRules } from 'graphql';
import { createYoga, handleStreamOrSingleExecutionResult, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { type Context, type ContextSource, findService } from '../context.ts';
import { schema } from '../schema/index.ts';
import { forgetScopes } from '../schema/scopes.ts';
import type { ReadRequest } from './body.ts';
import { openCookieJar } from './credentials.ts';
import { createDocumentCache, type DocumentPolicy, parseDocument, validateDocument } from './documents.ts';
import { logFault, maskError } from './errors.ts';
import { setHead } from './head.ts';
import { createKnownOperations, type KnownOperations } from './known-operations.ts';
import {
  assertAllowed,
  findText,
  type NamedOperation,
  type PersistedOperations,
} from './persisted-operations.ts';
import { requestIdOf } from './request-id.ts';
import { findRequester, type Requester } from './requester.ts';

export const GRAPHQL_PATH = '/graphql';

interface HttpSource {
  req: IncomingMessage;
  res: ServerResponse;
}

/** What an operation starts from: a request and its response, or, on a socket, a context already made. */
export type OperationSource = (HttpSource & { prepared?: never }) | { prepared: Context };

export interface GraphqlPolicy extends DocumentPolicy {
  /** Whether operations that are sent often go the short way. */
  knownOperations: boolean;
}

/** @param operations the only ones that are run; null for all. */
export function createGraphql(
  source: ContextSource,
  policy: GraphqlPolicy,
  operations: PersistedOperations | null,
) {
  const { log } = source.core;
  const documents = createDocumentCache();
  const createContext = (request: IncomingMessage, response: ServerResponse) =>
    createHttpContext(source, policy.production, request, response);
  const known = policy.knownOperations
    ? createKnownOperations({
        path: GRAPHQL_PATH,
        findText: (operation) => findText(operations, operation),
        createContext,
        answered: source.core.metrics.knownOperations,
      })
    : null;
  const yoga = createYoga<OperationSource, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    graphiql: false,
    // Origins, bodies and health are looked after before a request comes here.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    // Every refused operation would be an error to it; `logFaults` logs those that are.
    logging: false,
    maskedErrors: { maskError, isDev: false },
    parserAndValidationCache: {
      documentCache: documents,
      // Nobody needs a failed parse kept.
      errorCache: { get: () => undefined, set: () => {} },
    },
    context: (operation) => operation.prepared ?? createContext(operation.req, operation.res),
    plugins: [
      takeDocuments(policy, operations, documents),
      nameOperations(operations),
      refuseCleanly(),
      logFaults(log),
      forgetScopesWhenDone(),
      ...(known ? [learnOperations(known)] : []),
    ],
  });
  async function answerElse(
    isAnswered: false | Promise<boolean>,
    request: ReadRequest,
    response: ServerResponse,
  ): Promise<void> {
    // Also where there is nothing to wait for: within the event of its end, Yoga would wait for an empty body for ever.
    if (await isAnswered) return;
    setHead(response);
    await yoga(request, response);
  }

  return {
    /** At once when nothing has to be read for it. */
    answer(request: ReadRequest, response: ServerResponse): void | Promise<void> {
      const isAnswered = known?.answer(request, response) ?? false;
      if (isAnswered === true) return;
      return answerElse(isAnswered, request, response);
    },
    getEnveloped: yoga.getEnveloped,
    /** The text of the operation that a message on a socket is for. @throws GraphQLError */
    findText: (operation: NamedOperation) => findText(operations, operation),
  };
}

/** At once when nothing has to be read. */
function createHttpContext(
  source: ContextSource,
  production: boolean,
  req: IncomingMessage,
  res: ServerResponse,
): Context | Promise<Context> {
  const make = ({ client, presented, session }: Requester): Context => ({
    requestId: requestIdOf(req),
    core: source.core,
    hub: source.hub,
    client,
    cookies: openCookieJar(req, res, {
      names: source.cookies,
      secure: production,
      deviceKeys: source.core.deviceKeys,
    }),
    // An event stream ends with its subscription.
    connection: {
      end() {},
      renew: () => void res.destroy(),
      drop: () => void res.destroy(),
    },
    session,
    presented,
    service: findService(source, presented),
    languages: source.languages,
    language: () => source.languages.negotiate(req.headers['accept-language']),
    writeCookie: source.writeCookie,
  });
  const requester = findRequester(source, req);
  return requester instanceof Promise ? requester.then(make) : make(requester);
}

/** What is parsed, and what is valid: on every transport. */
function takeDocuments(
  policy: DocumentPolicy,
  operations: PersistedOperations | null,
  kept: { delete(text: string): boolean },
): Plugin {
  return {
    onParse({ params, setParseFn }) {
      assertAllowed(operations, String(params.source));
      setParseFn(parseDocument);
      return ({ result }) => {
        if (result instanceof GraphQLError) result.extensions['code'] ??= 'GRAPHQL_PARSE_FAILED';
      };
    },
    onValidate({ setValidationFn }) {
      setValidationFn((validSchema, document: DocumentNode, rules) => {
        const errors = validateDocument(validSchema, document, rules ?? specifiedRules, policy);
        // Nobody needs it kept, with all that is wrong with it.
        if (errors.length > 0 && document.loc) kept.delete(document.loc.source.body);
        return errors;
      });
    },
  };
}

/** Puts the text in the place of the id that a request came with. */
function nameOperations(operations: PersistedOperations | null): Plugin {
  return {
    onRequestParse({ request, url, requestParser, setRequestParser }) {
      if (request.method !== 'GET' || !requestParser) return;
      // Yoga reads the other parameters of a GET.
      const documentId = url.searchParams.get('documentId');
      if (documentId === null) return;
      setRequestParser(async (get) => ({ ...(await requestParser(get)), documentId }));
    },
    onParams({ params, setParams }) {
      const { documentId, ...others } = params as typeof params & NamedOperation;
      const query = findText(operations, params);
      // A query that is no text is for Yoga to refuse.
      if (query !== params.query || documentId !== undefined)
        setParams({ ...others, query: query as string });
    },
  };
}

/** Errors are masked after this has seen them. */
function logFaults(log: Logger): Plugin<Context> {
  const logAll = ({ args, result }: { args: { contextValue?: unknown }; result: ExecutionResult }) => {
    const { requestId } = args.contextValue as Context;
    for (const error of result.errors ?? []) logFault(log, requestId, error);
  };
  return {
    onExecute: () => ({
      onExecuteDone: (payload) => handleStreamOrSingleExecutionResult(payload, logAll),
    }),
    onSubscribe: () => ({
      onSubscribeResult: (payload) => handleStreamOrSingleExecutionResult(payload, logAll),
    }),
  };
}

function forgetScopesWhenDone(): Plugin<Context> {
  return {
    onExecute: ({ args }) => ({ onExecuteDone: () => forgetScopes(args.contextValue) }),
  };
}

/** What is run without an error is learnt; what was run already, with one, is not run again. */
function learnOperations({ learn, findOutcome }: KnownOperations): Plugin<Context & Partial<HttpSource>> {
  return {
    onExecute({ args: { document, contextValue }, setExecuteFn }) {
      const outcome = contextValue.req && findOutcome(contextValue.req);
      if (outcome) setExecuteFn(() => outcome);
      return {
        onExecuteDone({ result }) {
          if (!isAsyncIterable(result) && !result.errors) learn(document);
        },
      };
    },
  };
}

/** What Yoga leaves open where it refuses a request. */
function refuseCleanly(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser(async (request) => {
        try {
          return await requestParser(request);
        } catch (error) {
          if (error instanceof GraphQLError && !error.extensions['originalError']) throw error;
          // What could not be parsed is not repeated: there may be a password in it.
          throw new GraphQLError('The request is not valid JSON.', {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          });
        }
      });
    },
    onResponse({ response }) {
      // What Yoga says of event streams would go before what holds for every answer, and for this connection.
      if (response.headers.get('cache-control') === null) return;
      response.headers.delete('cache-control');
      response.headers.delete('connection');
    },
    onResultProcess({ result, resultProcessor, serverContext }) {
      if (!isAsyncIterable(result)) return;
      const end = () => {
        Promise.resolve(result[Symbol.asyncIterator]().return?.()).catch(() => {});
      };
      const { res } = serverContext as unknown as { res: ServerResponse };
      // A subscription of a client that accepts no event stream, or that has gone already: nobody else would end it.
      if (!resultProcessor || res.destroyed) end();
      else res.once('close', end);
    },
  };
}
