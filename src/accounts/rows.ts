/** Rows of users, written and read in SQL within the transactions that change them. */
import { v7 as uuidv7 } from 'uuid';
import { Prisma, type User } from '../db/generated/prisma/client.ts';
import type { Change } from '../sessions/transact.ts';

/** Every column, named as Prisma names it. */
export const USER_COLUMNS = Prisma.raw(`
  id, email, password_hash AS "passwordHash", external_id AS "externalId", contact_email AS "contactEmail",
  language, role, disabled_at AS "disabledAt", created_at AS "createdAt"`);

/** unique_violation. */
const TAKEN = '23505';

export type NewUser =
  | (Pick<User, 'language'> & { email: string; passwordHash: string })
  | (Pick<User, 'language' | 'contactEmail'> & { externalId: string });

/** The commit throws what `isTaken` tells when there is one already who signs in, or is called, like this. */
export function insertUser({ write, now }: Change, given: NewUser): User {
  const user: User = {
    id: uuidv7(),
    email: null,
    passwordHash: null,
    externalId: null,
    contactEmail: null,
    role: 'USER',
    disabledAt: null,
    createdAt: now,
    ...given,
  };
  write(Prisma.sql`
    INSERT INTO users (id, email, password_hash, external_id, contact_email, language, created_at)
    VALUES (${user.id}::uuid, ${user.email}, ${user.passwordHash}, ${user.externalId}, ${user.contactEmail},
            ${user.language}, ${now})`);
  return user;
}

export function isTaken(error: unknown): boolean {
  return (error as { code?: string }).code === TAKEN;
}

/** @param assignments of columns. The caller holds the lock on the user. */
export async function updateUser({ query }: Change, id: string, assignments: Prisma.Sql): Promise<User> {
  const [user] = await query<User>(Prisma.sql`
    UPDATE users SET ${assignments} WHERE id = ${id}::uuid RETURNING ${USER_COLUMNS}`);
  if (!user) throw new Error('A user who was locked is gone');
  return user;
}
