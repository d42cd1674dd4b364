/** The row of a session and its account at once: asked for with every token that is not remembered. */
import type { Core } from '../core.ts';
import { Prisma, type Session, type User } from '../db/generated/prisma/client.ts';
import { SESSION_COLUMNS } from './columns.ts';

export interface SessionWithUser {
  session: Session;
  /** Without the hash of the password. */
  user: User;
}

type OfUser = Pick<User, 'email' | 'externalId' | 'contactEmail' | 'language' | 'role' | 'disabledAt'>;
type Row = Session & OfUser & { userCreatedAt: Date };

/** @returns null when there is none. @throws when the database can't be asked. */
export async function lookUpSession(
  { query }: Pick<Core, 'query'>,
  id: string,
): Promise<SessionWithUser | null> {
  const [row] = await query<Row>(Prisma.sql`
    SELECT ${SESSION_COLUMNS}, u.email, u.external_id AS "externalId", u.contact_email AS "contactEmail",
           u.language, u.role, u.disabled_at AS "disabledAt", u.created_at AS "userCreatedAt"
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ${id}`);
  return row ? divide(row) : null;
}

function divide({
  email,
  externalId,
  contactEmail,
  language,
  role,
  disabledAt,
  userCreatedAt,
  ...session
}: Row): SessionWithUser {
  // That of `pg` is a part of all that came in with it, which would be kept as long as the session.
  session.secretHash = new Uint8Array(session.secretHash);
  const account = { email, externalId, contactEmail, language, role, disabledAt };
  return {
    session,
    user: { id: session.userId, ...account, createdAt: userCreatedAt, passwordHash: null },
  };
}
