/**
 * Queries past Prisma, for what is asked with nearly every request and for every
 * transaction: each is prepared once for each connection, and costs PostgreSQL no
 * planning and this process a third of what it costs through Prisma.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { COLUMN_TYPES } from './timestamps.ts';

/** As `Prisma.sql` makes it. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** @returns the rows, their columns as `pg` reads them. @throws when the database can't be asked. */
export type QueryPrepared = <Row extends object>(statement: Statement) => Promise<Row[]>;

/**
 * What is no fault of the query itself, and doesn't come without preparing it:
 * invalid_sql_statement_name and duplicate_prepared_statement, where a pooler gave
 * the connection to somebody else in between, and feature_not_supported, where a
 * migration changed a column that was prepared for.
 */
const UNPREPARED = new Set(['26000', '42P05', '0A000']);

/** Far more than there are. */
const MAX_FORMS = 1000;

/** What is the same each time that a statement is run. */
interface Form {
  text: string;
  /** Of a prepared statement. */
  name?: string;
  types: pg.CustomTypesConfig;
  /** One without values, too, goes by the messages of the others, of which there may be several to one answer. */
  queryMode: 'extended';
}

/** Whether statements are prepared, on all connections of a pool: from the first time that one was lost, none is. */
export class Preparation {
  #isOn = true;
  /** By their texts, of which there are as many as there are ways to ask. */
  readonly #forms = new LRUCache<string, Form>({ max: MAX_FORMS });

  /** As `pg` takes it, which copies a query member by member, but for what it inherits. */
  prepare({ text, values }: Statement): pg.QueryConfig {
    const query: Form & { values?: unknown[] } = Object.create(this.#formOf(text));
    query.values = values;
    return query;
  }

  #formOf(text: string): Form {
    const known = this.#isOn ? this.#forms.get(text) : undefined;
    if (known) return known;
    const form: Form = { text, types: COLUMN_TYPES, queryMode: 'extended' };
    if (!this.#isOn) return form;
    // Whoever has a statement of this name has this one.
    form.name = hash('sha256', text, 'base64url');
    this.#forms.set(text, form);
    return form;
  }

  /** @returns whether an error came of preparing. Then nothing is prepared any more, and another try is worth it. */
  isToBlame(error: unknown): boolean {
    const isToBlame = UNPREPARED.has((error as { code?: string }).code ?? '');
    if (isToBlame) this.#isOn = false;
    return isToBlame;
  }
}

export function createPreparedQuery(pool: pg.Pool, preparation: Preparation): QueryPrepared {
  return async function query<Row extends object>(statement: Statement): Promise<Row[]> {
    const asked = preparation.prepare(statement);
    try {
      return (await pool.query<Row>(asked)).rows;
    } catch (error) {
      if (asked.name === undefined || !preparation.isToBlame(error)) throw error;
      return (await pool.query<Row>(preparation.prepare(statement))).rows;
    }
  };
}
