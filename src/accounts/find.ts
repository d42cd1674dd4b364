/** Looks accounts up, for administrators and trusted backends. */
import type { Core } from '../core.ts';
import { Prisma, type User } from '../db/generated/prisma/client.ts';
import { orderPage, type Page, wherePage } from '../db/keyset.ts';
import { USER_COLUMNS } from './rows.ts';

/** One of them: what it is called here, by a backend, or what it signs in with. */
export type UserKey = { id: string } | { externalId: string } | { email: string };

export function findUser({ db }: Core, key: UserKey): Promise<User | null> {
  return db.user.findUnique({ where: key });
}

/** Newest first. @param emailPrefix the beginning of the email, without regard to case; empty for all. */
export function listUsers({ db }: Core, emailPrefix: string, page: Page): Promise<User[]> {
  const key = { at: Prisma.sql`created_at` };
  const pattern = `${emailPrefix.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  const isMeant =
    emailPrefix === ''
      ? Prisma.sql`TRUE`
      : Prisma.sql`(email LIKE ${pattern} OR contact_email LIKE ${pattern})`;
  return db.$queryRaw<User[]>`
    SELECT ${USER_COLUMNS} FROM users
    WHERE ${isMeant} AND ${wherePage(page, key)}
    ORDER BY ${orderPage(page, key)}
    LIMIT ${page.limit}`;
}
