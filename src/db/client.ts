/** The database client. All access goes through Prisma over one pool of `pg` connections. */
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { type Prisma, PrismaClient } from './generated/prisma/client.ts';

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

/** Where the database is: a URL, or the parts of one for a Unix socket. */
export type DatabaseAddress = Pick<pg.ClientConfig, 'connectionString' | 'host' | 'user' | 'database'>;

/** Longest wait for a free or new connection; without it, `pg` waits forever. */
const CONNECT_TIMEOUT_MS = 5000;

/** How long a transaction may wait for its start and, once begun, last. */
const TRANSACTION_TIMEOUT_MS = 10_000;

export function connectDatabase(address: DatabaseAddress, onError: (error: Error) => void): Database {
  const adapter = new PrismaPg(
    { ...address, max: 10, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: 'curfew' },
    { onPoolError: onError, onConnectionError: onError },
  );
  return new PrismaClient({
    adapter,
    // The other formats write the values of a call that failed, such as a password's hash.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: TRANSACTION_TIMEOUT_MS, timeout: TRANSACTION_TIMEOUT_MS },
  });
}
