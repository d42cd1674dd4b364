/** A user's own sessions, to look at. */
import type { Core } from '../core.ts';
import { batchReads } from '../db/batch.ts';
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

/** The live ones, from the first on, as an app shows them to whoever asks: what nearly every list is. */
export interface FirstPage {
  userId: string;
  currentId: string;
  limit: number;
}

/** A list may be of a hundred rows: few enough of them to be read at a stretch. */
const MAX_BATCH = 20;

/** @throws when the database can't be asked. */
export type ListFirst = (first: FirstPage) => Promise<Session[]>;

// By subqueries PostgreSQL doesn't see how many there are; else it would plan anew for each batch of a few.
const { text: LIST_FIRST } = Prisma.sql`
  SELECT ${SESSION_COLUMNS}, asked.number::int
  FROM unnest((SELECT ${[]}::uuid[]), (SELECT ${[]}::uuid[]), (SELECT ${[]}::int[]))
       WITH ORDINALITY AS asked(user_id, current_id, size, number)
  CROSS JOIN LATERAL (
    SELECT * FROM sessions
    WHERE user_id = asked.user_id AND ended_at IS NULL AND expires_at > ${null} AND last_active_at > ${null}
    ORDER BY (id = asked.current_id) DESC, last_active_at DESC, id DESC
    LIMIT asked.size
  ) s
  ORDER BY asked.number, (s.id = asked.current_id) DESC, s.last_active_at DESC, s.id DESC`;

/** Lists that are asked for at about the same time are read as one. */
export function createListFirst({
  query,
  policy,
  clock,
}: Pick<Core, 'query' | 'policy' | 'clock'>): ListFirst {
  return batchReads(MAX_BATCH, async (asked) => {
    const now = clock.now();
    const rows = await query<Session & { number: number }>({
      text: LIST_FIRST,
      values: [
        asked.map(({ userId }) => userId),
        asked.map(({ currentId }) => currentId),
        asked.map(({ limit }) => limit),
        now,
        idleSince(policy, now),
      ],
    });
    const lists = asked.map((): Session[] => []);
    for (const { number, ...session } of rows) lists[number - 1]?.push(session);
    return lists;
  });
}

/** The current one first, then by last activity, newest first. */
export async function listSessions(core: Core, list: SessionList, page: Page): Promise<Session[]> {
  const { userId, currentId, status, kind } = list;
  const isFirst = page.after === null && page.before === null && !page.fromEnd;
  if (isFirst && status === 'ACTIVE' && kind === undefined && currentId !== null)
    return core.listFirst({ userId, currentId, limit: page.limit });
  const at = Prisma.sql`last_active_at`;
  // The current session is never among the ended ones; without the rank their index serves the order.
  const key =
    status === 'ACTIVE' && currentId !== null
      ? { at, rank: Prisma.sql`(id = ${currentId}::uuid)::int` }
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
