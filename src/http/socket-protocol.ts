/**
 * What graphql-ws does with the messages of a socket: the session of each
 * operation, and the same parsing, validation and execution as over HTTP.
 *
 * Nothing here throws: graphql-ws would close the socket with 4500 and the raw
 * message. What is wrong is an error of the operation.
 */
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql';
import { CloseCode, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { type Context, type ContextSource, resumePresented } from '../context.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { createErrorMask } from './errors.ts';
import type { createGraphql } from './graphql.ts';
import type { SocketState } from './socket.ts';

/** Operations that a socket may have under way at once. */
const MAX_OPERATIONS = 100;

type Graphql = ReturnType<typeof createGraphql>;
type Runners = Pick<ReturnType<Graphql['getEnveloped']>, 'execute' | 'subscribe'>;

export function createSocketProtocol(source: ContextSource, graphql: Graphql): Server<SocketState> {
  const { core, hub } = source;
  const maskError = createErrorMask(core.log);

  /** @returns false when the session has too many; then the socket is closed. */
  function attach(session: Session, state: SocketState): boolean {
    // It may have gone while its session was being resumed.
    if (!state.isOpen()) return true;
    state.detach = hub.attach(session, state.connection);
    if (!state.detach) {
      state.close(CloseCode.TooManyInitialisationRequests, 'Too many connections');
      return false;
    }
    // Whoever ended the session meanwhile did not find this socket.
    if (core.memory.hasEnded(session)) state.connection.end('REVOKED');
    return true;
  }

  return makeServer<Record<string, unknown>, SocketState>({
    execute: (args) => (args.rootValue as Runners).execute(args),
    subscribe: (args) => (args.rootValue as Runners).subscribe(args),

    async onConnect({ connectionParams, extra: state }) {
      // What is wrong with the credentials is for each operation to say; so is a database that is away.
      const session = await resumePresented(source, state.request, connectionParams).catch(() => null);
      if (session) attach(session, state);
    },

    async onSubscribe({ connectionParams, extra: state, subscriptions }, id, payload) {
      state.oneShots.add(id);
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
        return [refuse(`A socket may have ${MAX_OPERATIONS} operations at once. Complete some first.`)];
      }
      try {
        const session = await resumePresented(source, state.request, connectionParams);
        // The database may have been away when the socket was opened.
        if (session && !state.detach && !attach(session, state)) return [refuse('Too many connections.')];
        const { request, connection } = state;
        const client = source.describeClient(request);
        const context: Context = { core, hub, client, cookies: null, connection, session };
        const prepared = await prepare(graphql, context, payload);
        if ('document' in prepared && prepared.isStream) state.oneShots.delete(id);
        return prepared;
      } catch (error) {
        const masked = maskError(error, '');
        return [masked instanceof GraphQLError ? masked : new GraphQLError(masked.message)];
      }
    },

    onNext: (_context, _id, _payload, _args, result) =>
      result.errors && ({ ...result, errors: result.errors.map(writeError) } as FormattedExecutionResult),
    onError({ extra: state }, id, _payload, errors) {
      state.oneShots.delete(id);
      return errors.map(writeError);
    },
    onComplete({ extra: state }, id) {
      state.oneShots.delete(id);
    },
    onClose: ({ extra: state }) => state.detach?.(),
  });
}

/** Parses and validates as over HTTP. @returns what graphql-ws executes, or the errors that it sends. */
async function prepare(
  graphql: Graphql,
  prepared: Context,
  { query, operationName, variables }: SubscribePayload,
) {
  const enveloped = graphql.getEnveloped({ prepared } as Parameters<Graphql['getEnveloped']>[0]);
  const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped;
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    return [
      new GraphQLError('Could not determine what operation to execute.', {
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      }),
    ];
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return errors as readonly GraphQLError[];
  const contextValue = await contextFactory();
  // The functions that hold the rules come along, for graphql-ws to call (see `execute` above).
  const rootValue = { execute, subscribe } satisfies Runners;
  const isStream = operation.operation === 'subscription';
  return { schema, document, operationName, variableValues: variables, contextValue, rootValue, isStream };
}

/** Without the HTTP status that the error would have had. */
function writeError(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  const formatted = error instanceof GraphQLError ? error.toJSON() : error;
  const { http: _status, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions };
}

function refuse(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS' } });
}
