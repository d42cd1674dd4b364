/**
 * Queries past Prisma, for the few that are asked with nearly every request: each
 * is prepared once for each connection, and costs PostgreSQL no planning and this
 * process a third of what it costs through Prisma.
 */
import { hash } from 'node:crypto';
import type pg from 'pg';
import type { Prisma } from './generated/prisma/client.ts';

/** @returns the rows, their columns as `pg` reads them. @throws when the database can't be asked. */
export type QueryPrepared = <Row extends object>(sql: Prisma.Sql) => Promise<Row[]>;

/**
 * What is no fault of the query itself, and doesn't come without preparing it:
 * invalid_sql_statement_name and duplicate_prepared_statement, where a pooler gave
 * the connection to somebody else in between, and feature_not_supported, where a
 * migration changed a column that was prepared for.
 */
const UNPREPARED = new Set(['26000', '42P05', '0A000']);

export function createPreparedQuery(pool: pg.Pool): QueryPrepared {
  let isPrepared = true;

  return async function query<Row extends object>({ text, values }: Prisma.Sql): Promise<Row[]> {
    if (isPrepared) {
      try {
        // Named by its text: whoever has a statement of this name has this one.
        const name = hash('sha256', text, 'base64url');
        return (await pool.query<Row>({ name, text, values })).rows;
      } catch (error) {
        if (!UNPREPARED.has((error as { code?: string }).code ?? '')) throw error;
        isPrepared = false;
      }
    }
    return (await pool.query<Row>({ text, values })).rows;
  };
}
