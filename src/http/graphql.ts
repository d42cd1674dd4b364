/**
 * GraphQL over HTTP and over SSE, by Yoga. Its `getEnveloped` serves the socket
 * too, so that one set of rules holds on every transport.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { GraphQLError, NoSchemaIntrospectionCustomRule, validate } from 'graphql';
import { createYoga, handleStreamOrSingleExecutionResult, isAsyncIterable, type Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { type Context, type ContextSource, findService, resumePresented } from '../context.ts';
import { schema } from '../schema/index.ts';
import { findPresentedToken, openCookieJar } from './credentials.ts';
import { logFault, maskError, withoutValues } from './errors.ts';
import { requestIdOf } from './request-id.ts';

export const GRAPHQL_PATH = '/graphql';

/** Operations of this schema have some hundred; validation takes quadratic time in the worst case. */
const MAX_TOKENS = 1000;

/** Characters of source text whose parsed documents are kept. */
const DOCUMENT_CACHE_CHARS = 1024 * 1024;

/** What an operation starts from: a request and its response, or, on a socket, a context already made. */
export type OperationSource =
  | { req: IncomingMessage; res: ServerResponse; prepared?: never }
  | { prepared: Context };

export function createGraphql(source: ContextSource, { production }: { production: boolean }) {
  const { log } = source.core;
  return createYoga<OperationSource, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    graphiql: production
      ? false
      : {
          title: 'Curfew',
          subscriptionsProtocol: 'WS',
          credentials: 'same-origin',
          defaultQuery: DEFAULT_QUERY,
        },
    ...(production ? {} : { renderGraphiQL }),
    // Origins, bodies and health are looked after before a request comes here.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    // Every refused operation would be an error to it; `logFaults` logs those that are.
    logging: false,
    maskedErrors: { maskError, isDev: false },
    parserAndValidationCache: {
      documentCache: new LRUCache<string, DocumentNode>({
        maxSize: DOCUMENT_CACHE_CHARS,
        sizeCalculation: (_document, text) => text.length + 1,
      }),
      // Nobody needs a failed parse kept.
      errorCache: { get: () => undefined, set: () => {} },
    },
    context: (operation) =>
      operation.prepared ?? createHttpContext(source, production, operation.req, operation.res),
    plugins: [limitOperations(production), refuseCleanly(), logFaults(log)],
  });
}

async function createHttpContext(
  source: ContextSource,
  production: boolean,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<Context> {
  const requestId = requestIdOf(req);
  const drop = () => void res.destroy();
  const presented = findPresentedToken(source.core.keys, source.cookieName, req.headers);
  const session = await resumePresented(source, presented).catch((error: unknown) => {
    logFault(source.core.log, requestId, error);
    throw error;
  });
  return {
    requestId,
    core: source.core,
    hub: source.hub,
    client: source.describeClient(req),
    cookies: openCookieJar(res, source.cookieName, production),
    // An event stream ends with its subscription.
    connection: { end: () => {}, drop },
    session,
    service: findService(source, presented),
    writeCookie: source.writeCookie,
  };
}

/** The limits on what is parsed and validated; those on depth and complexity are the schema's. */
function limitOperations(production: boolean): Plugin {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((text, options) => parseFn(text, { ...options, maxTokens: MAX_TOKENS }));
      return ({ result }) => {
        if (result instanceof GraphQLError) result.extensions['code'] ??= 'GRAPHQL_PARSE_FAILED';
      };
    },
    onValidate({ addValidationRule, setValidationFn }) {
      if (production) addValidationRule(NoSchemaIntrospectionCustomRule);
      // “Did you mean” would give the schema away name by name.
      setValidationFn((validSchema, document, rules) =>
        validate(validSchema, document, rules, { hideSuggestions: production }).map(withoutValues),
      );
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

/** Served from here, since a page that shares an origin with session cookies loads no script from elsewhere. */
const renderGraphiQL = async (
  options: Parameters<typeof import('@graphql-yoga/render-graphiql').renderGraphiQL>[0],
) => {
  const graphiql = await import('@graphql-yoga/render-graphiql');
  return graphiql.renderGraphiQL(options);
};

const DEFAULT_QUERY = `# Press the button and choose what to run. First, sign up:

mutation SignUp {
  signUp(input: { email: "ada@example.com", password: "correct horse" }) {
    __typename
    ... on SignUpSuccess { session { id device { name } } }
    ... on UserError { message }
  }
}

# Who is signed in, and where:

query MySessions {
  viewer { email }
  mySessions {
    totalCount
    nodes { id isCurrent device { name type } ipAddress lastActiveAt }
  }
}

# Leave this running while you end a session from elsewhere:

subscription SessionRevoked {
  sessionRevoked { reason isCurrent session { id device { name } } }
}
`;
