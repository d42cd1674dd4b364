/**
 * Gives a session another token when its user has given the password again, so
 * that one that was stolen before is worth nothing after (OWASP ASVS 5.0, 7.2.4).
 * The session stays the same, and so do its id and its lifetimes.
 */
import type { Core } from '../core.ts';
import { Prisma, type Session } from '../db/generated/prisma/client.ts';
import { SESSION_COLUMNS } from './columns.ts';
import type { StartedSession } from './start.ts';
import { hashSecret, makeSecret, writeToken } from './token.ts';
import type { Change } from './transact.ts';

/**
 * Part of a transaction in which the caller holds the lock on the user. The
 * token of before is refused once it is committed, and sockets that were opened
 * with it are closed.
 */
export async function renewSession(core: Core, change: Change, { id }: Session): Promise<StartedSession> {
  const { query, now } = change;
  const secret = makeSecret();
  const secretHash = hashSecret(secret);
  const [row] = await query<Session>(Prisma.sql`
    UPDATE sessions s SET secret_hash = ${secretHash}, confirmed_at = ${now} WHERE id = ${id}::uuid
    RETURNING ${SESSION_COLUMNS}`);
  if (!row) throw new Error('A session whose user was locked is gone');
  const session = { ...row, secretHash };
  const { userId } = session;
  change.announce({ type: 'renewed', userId, sessionId: id, renewedAt: now }, [session]);
  return { session, token: writeToken(core.keys, id, secret) };
}
