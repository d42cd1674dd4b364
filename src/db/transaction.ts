/**
 * Transactions past Prisma, whose own take several times as long. Statements that
 * are asked for at once don't need each other's answers, and take one round trip
 * together; and what is written last goes along with the commit.
 */
import type pg from 'pg';
import { Flight, type PendingStatement } from './flight.ts';
import type { Preparation, QueryPrepared, Statement } from './prepared.ts';

/** Whoever has waited for a lock then finds what it waited for, whatever the database, or a pooler in front, is set to. */
const BEGIN: Statement = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED', values: [] };
const COMMIT: Statement = { text: 'COMMIT', values: [] };

export interface Transaction {
  /** Until then nothing is to be written: it would be committed by itself if the transaction could not begin. */
  begun: Promise<unknown>;
  /** Sent with all that is asked for at once. PostgreSQL runs one after the other, each on what it finds then. */
  query: QueryPrepared;
  /**
   * Runs these statements and commits, in one round trip; the end of the transaction does so without any. It is
   * not undone by what is thrown after it.
   *
   * @returns the rows of each.
   * @throws when one of them failed: then nothing is committed. Should the connection break, nobody knows; and
   *   where what PostgreSQL answered can't be read, it is.
   */
  commit(statements: readonly Statement[]): Promise<object[][]>;
}

/**
 * @param work what it throws rolls all back. It is run again where prepared
 *   statements turn out to be lost, so it has no effects but those by the transaction.
 */
export type InTransaction = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

export interface TransactionsOptions {
  /** Of clients in pipeline mode. */
  pool: pg.Pool;
  preparation: Preparation;
  /** After this nothing more is sent for a transaction, nor is it committed. */
  timeoutMs: number;
}

export function createTransactions(options: TransactionsOptions): InTransaction {
  return async function inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await runOn(options, work);
    } catch (error) {
      if (!options.preparation.isToBlame(error)) throw error;
      return runOn(options, work);
    }
  };
}

async function runOn<T>(options: TransactionsOptions, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await options.pool.connect();
  const tx = begin(client, options);
  let lost: Error | undefined;
  try {
    const result = await work(tx);
    await tx.commit([]);
    return result;
  } catch (error) {
    await tx.rollBack().catch((cause: Error) => {
      lost = cause;
    });
    throw error;
  } finally {
    client.release(lost);
  }
}

interface OwnTransaction extends Transaction {
  /** Nothing is sent after it. @throws when the connection is of no use any more. */
  rollBack(): Promise<void>;
}

function begin(client: pg.PoolClient, { preparation, timeoutMs }: TransactionsOptions): OwnTransaction {
  const deadline = performance.now() + timeoutMs;
  /** Why nothing more may be sent. */
  let over: Error | null = null;
  let failure: Error | null = null;
  let pending: PendingStatement[] = [];
  const depart = () => {
    if (pending.length > 0) client.query(new Flight(pending));
    pending = [];
  };
  const send = <Row extends object>(statement: Statement): Promise<pg.QueryResult<Row>> => {
    const answer = new Promise<pg.QueryResult<Row>>((resolve, reject) => {
      if (pending.length === 0) process.nextTick(depart);
      pending.push({
        config: preparation.prepare(statement),
        callback(error, result) {
          if (!error) return resolve(result);
          // Those behind one that failed fail too, and say no more than that. Who waits for several hears of either first.
          failure ??= error;
          reject(failure);
        },
      });
    });
    // Nobody may be waiting for those any more.
    answer.catch(() => {});
    return answer;
  };
  const begun = send(BEGIN).catch((error: Error) => {
    // Whatever came after it would be committed by itself.
    over = error;
    throw error;
  });
  begun.catch(() => {});
  let committed: Promise<object[][]> | null = null;
  const findObstacle = () =>
    over ?? (performance.now() > deadline ? new Error('The transaction takes too long') : null);

  async function commit(statements: readonly Statement[]): Promise<object[][]> {
    await begun;
    const obstacle = findObstacle();
    if (obstacle) throw obstacle;
    over = new Error('The transaction is committed already');
    const answers = statements.map((statement) => send(statement));
    const end = send(COMMIT);
    const results = await Promise.all([...answers, end]);
    // PostgreSQL’s answer to the commit of a transaction in which something failed.
    if ((await end).command !== 'COMMIT') throw new Error('The transaction was rolled back');
    return results.slice(0, -1).map(({ rows }) => rows);
  }

  return {
    begun,
    query<Row extends object>(statement: Statement) {
      const obstacle = findObstacle();
      const rows: Promise<Row[]> = obstacle
        ? Promise.reject(obstacle)
        : send<Row>(statement).then((result) => result.rows);
      rows.catch(() => {});
      return rows;
    },
    commit(statements) {
      if (committed && statements.length === 0) return committed;
      committed = commit(statements);
      committed.catch(() => {});
      return committed;
    },
    async rollBack() {
      over = new Error('The transaction was rolled back');
      // What waits to be sent goes first, and not along: PostgreSQL skips what is behind a failure.
      depart();
      await client.query('ROLLBACK');
    },
  };
}
