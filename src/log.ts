/**
 * How errors are written to the log: what they are and where they happened,
 * without the values that came with them. PostgreSQL adds the whole row that it
 * refused to its error, and with a user's row that is the password's hash.
 */
import { type Logger, pino } from 'pino';

export function withoutErrorDetails(log: Logger): Logger {
  return log.child({}, { serializers: { err: writeError } });
}

function writeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { type, message, stack, code } = pino.stdSerializers.err(error) as pino.SerializedError & {
    code?: unknown;
  };
  return { type, message, stack, code };
}
