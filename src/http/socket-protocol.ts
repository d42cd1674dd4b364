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
import { type Context, type ContextSource, findService, resumePresented } from '../context.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { BadArgumentError, TooManyConnectionsError } from '../errors.ts';
import { findEndSince, isRenewedSince } from '../sessions/resume.ts';
import { findPresentedToken, type PresentedToken } from './credentials.ts';
import { logFault, maskError } from './errors.ts';
import type { createGraphql } from './graphql.ts';
import type { SocketState } from './socket.ts';
import { subscribeOnSocket } from './socket-subscription.ts';

type Graphql = ReturnType<typeof createGraphql>;
type Runner = Pick<ReturnType<Graphql['getEnveloped']>, 'execute'>;

/** Heard by nobody: the socket is closed already. */
const CLOSED = new GraphQLError('The socket is closed.');

/** @param maxOperations how many a socket may have under way at once. */
export function createSocketProtocol(
  source: ContextSource,
  graphql: Graphql,
  maxOperations: number,
): Server<SocketState> {
  const { core, hub } = source;

  /** Ties the socket to its session. @returns false when that has too many; then the socket is closed. */
  function attach(session: Session, state: SocketState): boolean {
    // It may have gone while its session was being resumed.
    if (!state.isOpen()) return true;
    try {
      state.detach = hub.attach(session, state.connection);
    } catch (error) {
      if (!(error instanceof TooManyConnectionsError)) throw error;
      core.metrics.socketsRefused.inc({ limit: error.scope });
      state.close(CloseCode.TooManyInitialisationRequests, `Too many sockets of this ${error.scope}`);
      return false;
    }
    // Whoever ended the session before did not find this socket. What is remembered has not ended.
    if (core.memory.get(session.id) !== session) void endIfOver(session, state);
    return true;
  }

  async function endIfOver(session: Session, { connection }: SocketState): Promise<void> {
    try {
      const row = await core.db.session.findUnique({ where: { id: session.id } });
      const end = row && findEndSince(core, session, row, core.clock.now());
      if (!row || end) connection.end(end?.reason ?? 'REVOKED_BY_ADMIN');
      else if (isRenewedSince(session, row)) connection.renew();
    } catch (error) {
      // The comparison looks again.
      core.log.warn({ err: error }, 'the session of a new socket could not be looked up');
    }
  }

  function findToken(state: SocketState, params?: Readonly<Record<string, unknown>>): PresentedToken | null {
    if (state.headers) {
      const { 'accept-language': ofHandshake, ...headers } = state.headers;
      state.presented = findPresentedToken(core.tokens, source.cookies.session, headers, params);
      // Of what may be long, only the outcome is kept.
      state.language = source.languages.negotiate(readLanguageParam(params) ?? ofHandshake);
      state.headers = null;
    }
    return state.presented;
  }

  return makeServer<Record<string, unknown>, SocketState>({
    execute: (args) => (args.rootValue as Runner).execute(args),
    subscribe: (args) => subscribeOnSocket(args, args.contextValue as Context),
    // Looked after along with sockets that stay without a session.
    connectionInitWaitTimeout: 0,

    async onConnect({ connectionParams, extra: state }) {
      state.isInitialised = true;
      try {
        const presented = findToken(state, connectionParams);
        const session = await resumePresented(source, presented, state.client);
        if (session) attach(session, state);
        // A trusted backend has nothing that could end.
        else if (findService(source, presented)) state.detach = () => {};
      } catch {
        // What is wrong with the credentials is for each operation to say; so is a database that is away.
      }
    },

    async onSubscribe({ connectionParams, extra: state }, id, payload) {
      if (state.operations.has(id)) {
        // The peer completed it and took its id again, while it is still being made or unmade.
        state.close(CloseCode.SubscriberAlreadyExists, 'An operation of this id is under way');
        return [CLOSED];
      }
      state.operations.set(id, true);
      state.begun = id;
      if (state.operations.size > maxOperations) {
        core.metrics.socketsRefused.inc({ limit: 'subscriptions' });
        state.close(CloseCode.TooManyInitialisationRequests, 'Too many operations on this socket');
        return [CLOSED];
      }
      try {
        const presented = findToken(state, connectionParams);
        const session = await resumePresented(source, presented, state.client);
        // The database may have been away when the socket was opened.
        if (session && !state.detach && !attach(session, state)) return [CLOSED];
        const { client, connection, requestId } = state;
        const service = findService(source, presented);
        const { writeCookie, languages } = source;
        const language = () => state.language;
        const carrier = { client, connection, requestId, cookies: null, languages, language, writeCookie };
        const context: Context = { core, hub, ...carrier, session, presented, service };
        const prepared = await prepare(graphql, context, payload);
        if ('document' in prepared && !('rootValue' in prepared)) state.operations.set(id, false);
        return prepared;
      } catch (error) {
        logFault(core.log, state.requestId, error);
        const masked = maskError(error);
        return [masked instanceof GraphQLError ? masked : new GraphQLError(masked.message)];
      }
    },

    onNext: (_context, _id, _payload, _args, result) =>
      result.errors && ({ ...result, errors: result.errors.map(writeError) } as FormattedExecutionResult),
    onError: (_context, _id, _payload, errors) => errors.map(writeError),
    onClose: ({ extra: state }) => state.detach?.(),
  });
}

/** What stands in for the header of the handshake, which pages can't choose. @throws BadArgumentError when it is not text. */
function readLanguageParam(params: Readonly<Record<string, unknown>> = {}): string | undefined {
  const { acceptLanguage } = params;
  if (acceptLanguage === undefined || acceptLanguage === null) return undefined;
  if (typeof acceptLanguage === 'string') return acceptLanguage;
  throw new BadArgumentError('connectionParams.acceptLanguage must be text, such as "fr-CA, fr;q=0.9".');
}

/** Parses and validates as over HTTP. @returns what graphql-ws executes, or the errors that it sends. */
async function prepare(graphql: Graphql, prepared: Context, payload: SubscribePayload) {
  const { operationName, variables } = payload;
  const enveloped = graphql.getEnveloped({ prepared } as Parameters<Graphql['getEnveloped']>[0]);
  const { schema, parse, validate, contextFactory, execute } = enveloped;
  const document = parse(graphql.findText(payload) as string);
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
  const args = { schema, document, operationName, variableValues: variables };
  if (operation.operation === 'subscription') return { ...args, contextValue: { ...prepared } };
  // The function that holds the rules comes along, for graphql-ws to call (see `execute` above).
  return { ...args, contextValue: await contextFactory(), rootValue: { execute } satisfies Runner };
}

/** Without the HTTP status that the error would have had. */
function writeError(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  const formatted = error instanceof GraphQLError ? error.toJSON() : error;
  const { http: _status, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions };
}
