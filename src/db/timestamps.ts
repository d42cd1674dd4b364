/**
 * Reads instants as PostgreSQL writes them. `pg` reads whatever form there may
 * be, by regular expressions: of what it took to read a row with the seven
 * instants of a session, most was that.
 */
import pg from 'pg';

const { builtins, getTypeParser } = pg.types;

const readAnyTimestamp = getTypeParser(builtins.TIMESTAMPTZ);

/** Quickly where it is of our times and in UTC, as in “2026-01-31 12:00:00.5+00”. */
function readTimestamp(text: string): unknown {
  if (text[0] !== '2' || text[10] !== ' ' || !text.endsWith('+00')) return readAnyTimestamp(text);
  const two = (index: number) => 10 * text.charCodeAt(index) + text.charCodeAt(index + 1) - 11 * ZERO;
  const ms = 1000 * Number(text.slice(19, -3));
  return new Date(Date.UTC(100 * two(0) + two(2), two(5) - 1, two(8), two(11), two(14), two(17), ms));
}

const ZERO = '0'.charCodeAt(0);

/** For the `types` of a query. */
export const COLUMN_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (id, format) =>
    id === builtins.TIMESTAMPTZ && format !== 'binary' ? readTimestamp : getTypeParser(id, format as 'text'),
};
