/**
 * The row of a session and its account at once: asked for with every token that is not remembered.
 * Those that are asked for at about the same time are read as one.
 */
import { batchReads } from '../db/batch.ts';
import { Prisma, type Session, type User } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { SESSION_COLUMNS } from './columns.ts';

export interface SessionWithUser {
  session: Session;
  /** Without the hash of the password. */
  user: User;
}

type OfUser = Pick<User, 'email' | 'externalId' | 'contactEmail' | 'language' | 'role' | 'disabledAt'>;
type Row = Session & OfUser & { userCreatedAt: Date };

// By a subquery PostgreSQL doesn't see how many there are; else it would plan anew for each batch of a few.
const { text: LOOK_UP } = Prisma.sql`
  SELECT ${SESSION_COLUMNS}, u.email, u.external_id AS "externalId", u.contact_email AS "contactEmail",
         u.language, u.role, u.disabled_at AS "disabledAt", u.created_at AS "userCreatedAt"
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = ANY((SELECT ${[]}::uuid[])::uuid[])`;

/** More would make it no cheaper for each. */
const MAX_BATCH = 100;

/** By the id of the session; null when there is none. @throws when the database can't be asked. */
export type LookUpSession = (id: string) => Promise<SessionWithUser | null>;

export function createLookUp(query: QueryPrepared): LookUpSession {
  return batchReads(MAX_BATCH, async (ids) => {
    const rows = await query<Row>({ text: LOOK_UP, values: [ids] });
    const found = new Map(rows.map((row) => [row.id, divide(row)]));
    return ids.map((id) => found.get(id) ?? null);
  });
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
