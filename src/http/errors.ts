/**
 * What of an error reaches a client. Errors that are meant for clients get their
 * code; anything else becomes INTERNAL_SERVER_ERROR, and is written to the log instead.
 */
import { PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { Prisma } from '../db/generated/prisma/client.ts';
import {
  BadArgumentError,
  ForbiddenError,
  ServerBusyError,
  TooManyConnectionsError,
  UnauthenticatedError,
} from '../errors.ts';
import { StaleReadError } from '../sessions/memory.ts';

/** Of those that are the server's; the others are as Yoga has them. */
const STATUSES: Readonly<Record<string, number>> = { SERVICE_UNAVAILABLE: 503, INTERNAL_SERVER_ERROR: 500 };

/** As Yoga calls it. */
export function maskError(error: unknown): Error {
  const cause = findCause(error);
  if (cause instanceof GraphQLError) return withoutValues(error as GraphQLError);
  const code = codeOf(cause);
  if (code !== null) return withCode(error, code, (cause as Error).message);
  return isUnavailable(cause)
    ? withCode(error, 'SERVICE_UNAVAILABLE', 'The server is not available right now. Try again shortly.')
    : withCode(error, 'INTERNAL_SERVER_ERROR', 'Something went wrong on the server.');
}

/** Whether it is the server's, and not of whoever asks. */
export function isFault(error: unknown): boolean {
  const cause = findCause(error);
  return !(cause instanceof GraphQLError) && codeOf(cause) === null;
}

/** Writes down what no client is told: errors that are the server's, before they are masked. */
export function logFault(log: Logger, requestId: string, error: unknown): void {
  if (!isFault(error)) return;
  const cause = findCause(error);
  const message = isUnavailable(cause)
    ? 'the database could not be asked'
    : 'an operation failed unexpectedly';
  log.error({ err: cause, requestId }, message);
}

/** Below the GraphQL errors that say where it happened. */
function findCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? findCause(error.originalError) : error;
}

function codeOf(cause: unknown): string | null {
  if (cause instanceof UnauthenticatedError) return 'UNAUTHENTICATED';
  if (cause instanceof ForbiddenError) return 'FORBIDDEN';
  if (cause instanceof BadArgumentError || cause instanceof PothosValidationError) return 'BAD_USER_INPUT';
  if (cause instanceof TooManyConnectionsError) return 'TOO_MANY_CONNECTIONS';
  if (cause instanceof ServerBusyError) return 'SERVICE_UNAVAILABLE';
  return null;
}

/**
 * graphql-js repeats what it was sent where a value is of the wrong type, and
 * that value may be a password. What was expected is told all the same.
 */
export function withoutValues(error: GraphQLError): GraphQLError {
  const { message, extensions, originalError } = error;
  const [variable, name] = /^Variable "\$(\w+)" got invalid value /.exec(message) ?? [];
  const reason = describeFault(variable && originalError ? originalError.message : message);
  const place = variable ? placeOf(message, name, originalError) : '';
  const told = variable ? `Variable "$${name}" got an invalid value${place}: ${reason}` : reason;
  if (told === message) return error;
  const code = variable ? { code: 'BAD_USER_INPUT' } : {};
  return restate(error, told, { ...code, ...extensions });
}

/** The place in a message such as `Variable "$input" got invalid value 42 at "input.password"; String …`. */
function placeOf(message: string, name: string | undefined, reason: Error | undefined): string {
  const before = message.slice(0, message.length - `; ${reason?.message ?? ''}`.length);
  return new RegExp(` at "${name}[\\w.[\\]]*"$`).exec(before)?.[0] ?? '';
}

function describeFault(message: string): string {
  return message
    .replace(/^(Syntax Error: .*(?:found|Unexpected) (?:Block)?(?:String|Int|Float)) .*$/s, '$1.')
    .replace(/^Value ".*" (does not exist in "\w+" enum\.).*$/s, 'The value $1')
    .replace(/^((?:Enum )?"?\w+"? cannot represent (?:an? )?(?:[\w-]+ )*value): .*$/s, '$1.')
    .replace(/^(Argument "\w+" )(?:of type ".*" )?has invalid value .*$/s, '$1has an invalid value.')
    .replace(/^(Field ".*" is not defined by type "\w+"\.) Did you mean .*$/s, '$1');
}

function withCode(error: unknown, code: string, message: string): GraphQLError {
  const status = STATUSES[code];
  const extensions = { code, ...(status === undefined ? {} : { http: { status } }) };
  return error instanceof GraphQLError
    ? restate(error, message, extensions)
    : new GraphQLError(message, { extensions });
}

/** Keeps where in the operation it happened, and nothing else of the error. */
function restate(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions,
  });
}

/**
 * Codes of Node, PostgreSQL and Prisma for a server that is away, starting, stopping, has no connection free, lets
 * nobody in, is only to be read from since another took over, or gave up one of those who waited for each other.
 */
const UNAVAILABLE =
  /^(ECONN\w+|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN)|57P0\d|53300|08\w{3}|28\w{3}|3D000|25006|25P03|40001|40P01|P1\d{3}|P2024|P2028|P2034|55P03|57014)$/;

/** What is said, without a code, of a connection that broke, fell silent or could not be had, and of a transaction in which all was slow. */
const UNAVAILABLE_MESSAGE =
  /^The transaction takes too long$|Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|The database does not answer/;

function isUnavailable(cause: unknown): boolean {
  if (cause instanceof Prisma.PrismaClientInitializationError || cause instanceof StaleReadError) return true;
  if (!(cause instanceof Error)) return false;
  if (UNAVAILABLE_MESSAGE.test(cause.message)) return true;
  const { code, meta } = cause as { code?: string; meta?: { driverAdapterError?: { cause?: AdapterCause } } };
  const adapterCause = meta?.driverAdapterError?.cause ?? (cause.cause as AdapterCause | undefined);
  return [code, adapterCause?.originalCode, adapterCause?.code].some(
    (candidate) => typeof candidate === 'string' && UNAVAILABLE.test(candidate),
  );
}

interface AdapterCause {
  originalCode?: string;
  code?: string;
}
