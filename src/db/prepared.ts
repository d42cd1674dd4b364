/**
 * Queries past Prisma, for the few that are asked with nearly every request: each
 * is prepared once for each connection, and costs PostgreSQL no planning and this
 * process a third of what it costs through Prisma.
 */
import { hash } from 'node:crypto';
import type pg from 'pg';
import { COLUMN_TYPES } from './timestamps.ts';

/** As `Prisma.sql` makes it. Its text is of this source: there are some dozen. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** @returns the rows, their columns as `pg` reads them. @throws when the database can't be asked. */
export type QueryPrepared = <Row extends object>(statement: Statement) => Promise<Row[]>;

const names = new Map<string, string>();

/** By its text: whoever has a statement of this name has this one. */
function nameStatement(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = hash('sha256', text, 'base64url');
  names.set(text, name);
  return name;
}

/**
 * What is no fault of the query itself, and doesn't come without preparing it:
 * invalid_sql_statement_name and duplicate_prepared_statement, where a pooler gave
 * the connection to somebody else in between, and feature_not_supported, where a
 * migration changed a column that was prepared for.
 */
const UNPREPARED = new Set(['26000', '42P05', '0A000']);

export function createPreparedQuery(pool: pg.Pool): QueryPrepared {
  let isPrepared = true;

  return async function query<Row extends object>({ text, values }: Statement): Promise<Row[]> {
    if (isPrepared) {
      try {
        return (await pool.query<Row>({ name: nameStatement(text), text, values, types: COLUMN_TYPES })).rows;
      } catch (error) {
        if (!UNPREPARED.has((error as { code?: string }).code ?? '')) throw error;
        isPrepared = false;
      }
    }
    return (await pool.query<Row>({ text, values, types: COLUMN_TYPES })).rows;
  };
}
