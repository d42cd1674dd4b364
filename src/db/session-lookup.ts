/**
 * The row of a session and its account by one prepared statement: asked for with
 * every token that is not remembered, so what it saves of Prisma's way is worth it.
 */
import { hash } from 'node:crypto';
import type pg from 'pg';
import type { Session, User } from './generated/prisma/client.ts';

export interface SessionWithUser {
  session: Session;
  /** Without the hash of the password. */
  user: User;
}

/** @returns null when there is none. @throws when the database can't be asked. */
export type SessionLookup = (id: string) => Promise<SessionWithUser | null>;

const TEXT = `
  SELECT s.id, s.user_id AS "userId", s.kind, s.secret_hash AS "secretHash", s.user_agent AS "userAgent",
         s.ip_address AS "ipAddress", s.last_ip_address AS "lastIpAddress", s.device_id AS "deviceId",
         s.is_new_device AS "isNewDevice", s.is_suspicious AS "isSuspicious", s.created_at AS "createdAt",
         s.last_active_at AS "lastActiveAt", s.confirmed_at AS "confirmedAt", s.expires_at AS "expiresAt",
         s.ended_at AS "endedAt", s.end_reason AS "endReason", s.ended_by_id AS "endedById",
         u.email, u.external_id AS "externalId", u.contact_email AS "contactEmail", u.language, u.role,
         u.disabled_at AS "disabledAt", u.created_at AS "userCreatedAt"
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = $1`;

type OfUser = Pick<User, 'email' | 'externalId' | 'contactEmail' | 'language' | 'role' | 'disabledAt'>;
type Row = Session & OfUser & { userCreatedAt: Date };

/** Another version's statement, which a pooler may lead to, is never taken for this one. */
const NAME = `curfew session ${hash('sha256', TEXT).slice(0, 16)}`;

/**
 * What a prepared statement alone fails with. invalid_sql_statement_name and duplicate_prepared_statement: a pooler gave
 * the connection to somebody else in between. feature_not_supported: a migration gave a column another type.
 */
const UNPREPARED = new Set(['26000', '42P05', '0A000']);

export function createSessionLookup(pool: pg.Pool): SessionLookup {
  /** Once for each connection; not where a pooler hands connections round. */
  let isPrepared = true;

  async function ask(id: string): Promise<Row | undefined> {
    // Others ask at the same time, and may have found out first.
    const wasPrepared = isPrepared;
    const name = wasPrepared ? { name: NAME } : {};
    try {
      return (await pool.query<Row>({ ...name, text: TEXT, values: [id] })).rows[0];
    } catch (error) {
      if (!wasPrepared || !UNPREPARED.has((error as { code?: string }).code ?? '')) throw error;
      isPrepared = false;
      return ask(id);
    }
  }

  return async (id) => {
    const row = await ask(id);
    return row ? divide(row) : null;
  };
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
