/** The row of one session, by its id alone: whose it is, and whether it is over, is for the caller to see. */
import { Prisma, type Session } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { SESSION_COLUMNS } from './columns.ts';

export async function findSessionById(query: QueryPrepared, id: string): Promise<Session | null> {
  const [row] = await query<Session>(Prisma.sql`
    SELECT ${SESSION_COLUMNS} FROM sessions s WHERE id = ${id}::uuid`);
  return row ?? null;
}
