/**
 * Keyset pagination, newest first: a page begins where a row was, not at a
 * count of rows, so that nothing is shown twice or left out while rows come
 * and go. The key is (rank, instant, id); lists without a rank leave it out.
 */
import { Prisma } from './generated/prisma/client.ts';

/** Where a row stands in its list. */
export interface Position {
  /** Rows of rank 1 come before all of rank 0. */
  rank: 0 | 1;
  at: Date;
  id: string;
}

export interface Page {
  limit: number;
  after: Position | null;
  before: Position | null;
  /** The last rows instead of the first, in reverse order. */
  fromEnd: boolean;
}

export interface Key {
  rank?: Prisma.Sql;
  at: Prisma.Sql;
}

export function wherePage(page: Page, key: Key): Prisma.Sql {
  const row = key.rank ? Prisma.sql`(${key.rank}, ${key.at}, id)` : Prisma.sql`(${key.at}, id)`;
  const bound = ({ rank, at, id }: Position) =>
    key.rank ? Prisma.sql`(${rank}, ${at}, ${id}::uuid)` : Prisma.sql`(${at}, ${id}::uuid)`;
  const conditions = [
    ...(page.after ? [Prisma.sql`${row} < ${bound(page.after)}`] : []),
    ...(page.before ? [Prisma.sql`${row} > ${bound(page.before)}`] : []),
  ];
  return conditions.length > 0 ? Prisma.join(conditions, ' AND ') : Prisma.sql`TRUE`;
}

export function orderPage(page: Page, key: Key): Prisma.Sql {
  const direction = page.fromEnd ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const columns = [...(key.rank ? [key.rank] : []), key.at, Prisma.sql`id`];
  return Prisma.join(
    columns.map((column) => Prisma.sql`${column} ${direction}`),
    ', ',
  );
}
