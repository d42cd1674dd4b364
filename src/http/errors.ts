/**
 * What of an error reaches a client. Errors that are meant for clients get their
 * code; anything else becomes INTERNAL_SERVER_ERROR, and is logged instead.
 */
import { PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { Prisma } from '../db/generated/prisma/client.ts';
import { BadArgumentError, TooManySubscriptionsError, UnauthenticatedError } from '../errors.ts';

type MaskError = (error: unknown, message: string) => Error;

export function createErrorMask(log: Logger): MaskError {
  return (error) => {
    const cause = findCause(error);
    if (cause instanceof GraphQLError) return error as GraphQLError;
    const code = codeOf(cause);
    if (code !== null) return withCode(error, code, (cause as Error).message);
    if (isUnavailable(cause)) {
      log.error({ err: cause }, 'the database could not be asked');
      return withCode(
        error,
        'SERVICE_UNAVAILABLE',
        'The server is not available right now. Try again shortly.',
        503,
      );
    }
    log.error({ err: cause }, 'an operation failed unexpectedly');
    return withCode(error, 'INTERNAL_SERVER_ERROR', 'Something went wrong on the server.', 500);
  };
}

/** Below the GraphQL errors that say where it happened. */
function findCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? findCause(error.originalError) : error;
}

function codeOf(cause: unknown): string | null {
  if (cause instanceof UnauthenticatedError) return 'UNAUTHENTICATED';
  if (cause instanceof BadArgumentError || cause instanceof PothosValidationError) return 'BAD_USER_INPUT';
  if (cause instanceof TooManySubscriptionsError) return 'TOO_MANY_SUBSCRIPTIONS';
  return null;
}

/** Keeps where in the operation it happened. */
function withCode(error: unknown, code: string, message: string, status?: number): GraphQLError {
  const extensions = { code, ...(status === undefined ? {} : { http: { status } }) };
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions,
  });
}

/** Codes of Node and PostgreSQL for a server that is away, starting, stopping, or has no connection free. */
const UNAVAILABLE = /^(ECONN\w+|ENOENT|EPIPE|ETIMEDOUT|57P0\d|53300|08\w{3}|P1\d{3}|P2024|P2028)$/;

function isUnavailable(cause: unknown): boolean {
  if (cause instanceof Prisma.PrismaClientInitializationError) return true;
  if (!(cause instanceof Error)) return false;
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
