/** A user's own sessions, to look at. */
import type { Core } from '../core.ts';
import { Prisma, type Session, type SessionKind } from '../db/generated/prisma/client.ts';
import { orderPage, type Page, wherePage } from '../db/keyset.ts';
import { SESSION_COLUMNS } from './columns.ts';
import { idleSince } from './policy.ts';

export type SessionStatus = 'ACTIVE' | 'ENDED';

export interface SessionFilter {
  userId: string;
  status: SessionStatus;
  /** Only of this kind. */
  kind?: SessionKind;
}

export interface SessionList extends SessionFilter {
  /** Comes first. Null where there is none, as for an administrator who looks at another's. */
  currentId: string | null;
}

/** The current one first, then by last activity, newest first. */
export async function listSessions(core: Core, list: SessionList, page: Page): Promise<Session[]> {
  const at = Prisma.sql`last_active_at`;
  // The current session is never among the ended ones; without the rank their index serves the order.
  const key =
    list.status === 'ACTIVE' && list.currentId !== null
      ? { at, rank: Prisma.sql`(id = ${list.currentId}::uuid)::int` }
      : { at };
  return core.query<Session>(Prisma.sql`
    SELECT ${SESSION_COLUMNS} FROM sessions s
    WHERE ${whereListed(core, list)} AND ${wherePage(page, key)}
    ORDER BY ${orderPage(page, key)}
    LIMIT ${page.limit}`);
}

export async function countSessions(core: Core, filter: SessionFilter): Promise<number> {
  const [row] = await core.query<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS count FROM sessions s WHERE ${whereListed(core, filter)}`);
  return row?.count ?? 0;
}

function whereListed(core: Core, { userId, status, kind }: SessionFilter): Prisma.Sql {
  const now = core.clock.now();
  const idle = idleSince(core.policy, now);
  const listed =
    status === 'ACTIVE'
      ? Prisma.sql`ended_at IS NULL AND expires_at > ${now} AND last_active_at > ${idle}`
      : Prisma.sql`(ended_at IS NOT NULL OR expires_at <= ${now} OR last_active_at <= ${idle})`;
  const ofKind = kind === undefined ? Prisma.empty : Prisma.sql`AND kind = ${kind}::session_kind`;
  return Prisma.sql`user_id = ${userId}::uuid AND ${listed} ${ofKind}`;
}

/** One of the user's own sessions, live or ended; null for anybody else's. */
export function findOwnSession(core: Core, userId: string, id: string): Promise<Session | null> {
  return core.db.session.findUnique({ where: { id, userId } });
}
