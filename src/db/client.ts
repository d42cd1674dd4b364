/** The database client: Prisma over one pool of `pg` connections, which what is asked often takes by itself. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';
import { createPreparedQuery, Preparation, type QueryPrepared } from './prepared.ts';
import { limitSilence } from './silence.ts';
import { createTransactions, type InTransaction } from './transaction.ts';

export type Database = PrismaClient;

/** Where the database is: a URL, or the parts of one for a Unix socket. */
export type DatabaseAddress = Pick<pg.ClientConfig, 'connectionString' | 'host' | 'user' | 'database'>;

/** Longest wait for a free or new connection; without it, `pg` waits forever. */
const CONNECT_TIMEOUT_MS = 5000;

/** How long a transaction may wait for its start and, once begun, last. */
const TRANSACTION_TIMEOUT_MS = 10_000;

/**
 * Longer waits are a fault of something else, such as a lock that somebody left
 * behind: better to fail one request than to have all connections wait.
 *
 * Whatever the database is set to: Prisma writes and reads instants as if they
 * were in UTC, what the pool's other users read of them has to be in ISO's form,
 * and what is read after a wait is to be as it is by then.
 */
const CONNECTION_SETTINGS = `
  SET lock_timeout = '3s';
  SET statement_timeout = '5s';
  SET idle_in_transaction_session_timeout = '15s';
  SET timezone = 'UTC';
  SET datestyle = 'ISO';
  SET default_transaction_isolation = 'read committed'`;

/** For an answer that never comes, over a connection that nobody closes. */
const SILENCE_TIMEOUT_MS = 6000;

/** The client, and what goes past it over its connections. They end with the client. */
export interface Connected {
  db: Database;
  query: QueryPrepared;
  inTransaction: InTransaction;
}

export function connectDatabase(address: DatabaseAddress, onError: (error: Error) => void): Connected {
  const pool = new pg.Pool({
    ...address,
    // Queries of one connection don't wait for each other's answers before they are sent.
    pipeline: true,
    max: 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'curfew',
    // Not as startup parameters, which poolers refuse.
    onConnect: async (connection) => {
      limitSilence(connection, SILENCE_TIMEOUT_MS);
      await connection.query(CONNECTION_SETTINGS);
    },
  });
  pool.on('error', onError);
  // For all of a connection's life: between the pool's listener and the adapter's there is a moment without one,
  // and an error in it would end the process.
  pool.on('connect', (connection) => connection.on('error', onError));
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onConnectionError: onError,
  });
  const db = new PrismaClient({
    adapter,
    // The other formats write the values of a call that failed, such as a password's hash.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: TRANSACTION_TIMEOUT_MS, timeout: TRANSACTION_TIMEOUT_MS },
  });
  const preparation = new Preparation();
  return {
    db,
    query: createPreparedQuery(pool, preparation),
    inTransaction: createTransactions({ pool, preparation, timeoutMs: TRANSACTION_TIMEOUT_MS }),
  };
}
