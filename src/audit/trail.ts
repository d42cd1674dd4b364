/**
 * The audit trail: what happened to accounts and their sessions, in order, never
 * rewritten. The database itself refuses to change or delete what is younger
 * than retention.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Client, Core } from '../core.ts';
import { type AuditEvent, type AuditEventType, Prisma } from '../db/generated/prisma/client.ts';
import { orderPage, type Page, wherePage } from '../db/keyset.ts';
import type { Statement } from '../db/prepared.ts';
import { writeAuditLog } from './log.ts';

/** Who did it. */
export type Actor =
  | { kind: 'USER' | 'ADMINISTRATOR'; id: string | null }
  /** A trusted backend, by the name of its key. */
  | { kind: 'SERVICE'; name: string }
  /** Time, or somebody at the server's own command line. */
  | { kind: 'SYSTEM' };

export interface NewAuditEvent {
  type: AuditEventType;
  /** Whom it is about. Null for a failed sign-in with an unknown email, and for what concerns everybody. */
  userId: string | null;
  sessionId: string | null;
  /** Left out: the user. */
  actor?: Actor;
  /** The device behind it; null when there was none, as when time did it. */
  client: Client | null;
  details?: Record<string, string | number | boolean | null>;
}

/** One statement, however many there are. Those who run it say so in the log once it is committed. */
export function writeEvents(now: Date, events: readonly NewAuditEvent[]): Statement {
  const rows = events.map(({ type, userId, sessionId, actor, client, details }) => ({
    id: uuidv7(),
    type,
    user_id: userId,
    session_id: sessionId,
    ...writeActor(actor ?? { kind: 'USER', id: userId }),
    ip_address: client?.ipAddress ?? null,
    user_agent: client?.userAgent ?? null,
    details: details ?? {},
  }));
  return Prisma.sql`
    INSERT INTO audit_events (
      id, type, user_id, session_id, actor_kind, actor_id, actor_name, ip_address, user_agent, details, occurred_at
    )
    SELECT id, type, user_id, session_id, actor_kind, actor_id, actor_name, ip_address, user_agent, details, ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS event(
      id uuid, type audit_event_type, user_id uuid, session_id uuid,
      actor_kind audit_actor_kind, actor_id uuid, actor_name text,
      ip_address inet, user_agent text, details jsonb
    )`;
}

function writeActor(actor: Actor) {
  return {
    actor_kind: actor.kind,
    actor_id: 'id' in actor ? actor.id : null,
    actor_name: 'name' in actor ? actor.name : null,
  };
}

/** An event of its own, not part of a change to sessions. */
export async function recordEvent(core: Core, event: NewAuditEvent): Promise<void> {
  await core.query(writeEvents(core.clock.now(), [event]));
  writeAuditLog(core.log, [event]);
}

/** Which events; what is left out doesn't matter. */
export interface AuditFilter {
  userId?: string | undefined;
  types?: readonly AuditEventType[] | undefined;
  /** The address of whoever caused it. */
  ipAddress?: string | undefined;
  /** From this instant on. */
  since?: Date | undefined;
  /** Before this instant. */
  until?: Date | undefined;
}

/**
 * Newest first. A page is read from an index in its order, however many events
 * there are, and however few of them match.
 */
export async function listAuditEvents(core: Core, filter: AuditFilter, page: Page): Promise<AuditEvent[]> {
  return core.db.$queryRaw<AuditEvent[]>`
    SELECT id, events.type, user_id AS "userId", session_id AS "sessionId", actor_kind AS "actorKind",
           actor_id AS "actorId", actor_name AS "actorName", ip_address AS "ipAddress",
           user_agent AS "userAgent", details, occurred_at AS "occurredAt"
    FROM ${findEvents(filter, page)} AS events
    ORDER BY ${orderPage(page, KEY)}
    LIMIT ${page.limit}`;
}

const KEY = { at: Prisma.sql`occurred_at` };

/**
 * The page, or a page of each type, among which it is: an index has the events
 * of one type in order, not those of several. An address's index has them by type as well.
 */
function findEvents({ types, ...filter }: AuditFilter, page: Page): Prisma.Sql {
  if (types === undefined && filter.ipAddress === undefined) {
    return Prisma.sql`(${selectPage(filter, page, null)})`;
  }
  const wanted = types
    ? Prisma.sql`unnest(${[...new Set(types)]}::audit_event_type[])`
    : Prisma.sql`unnest(enum_range(NULL::audit_event_type))`;
  const type = Prisma.sql`wanted.type`;
  return Prisma.sql`${wanted} AS wanted(type) CROSS JOIN LATERAL (${selectPage(filter, page, type)})`;
}

/** @param type the one that is wanted; null for any. */
function selectPage(filter: Omit<AuditFilter, 'types'>, page: Page, type: Prisma.Sql | null): Prisma.Sql {
  const { userId, ipAddress, since, until } = filter;
  const equal = [
    ...(userId === undefined ? [] : [{ column: Prisma.sql`user_id`, value: Prisma.sql`${userId}::uuid` }]),
    ...(ipAddress === undefined
      ? []
      : [{ column: Prisma.sql`ip_address`, value: Prisma.sql`${ipAddress}::inet` }]),
    ...(type === null ? [] : [{ column: Prisma.sql`audit_events.type`, value: type }]),
  ];
  // PostgreSQL takes it that what matches many events matches some of the newest, and would look for them
  // among all by time: for ever, when they are old. So the first column is compared and sorted by in a way that
  // only its own index serves.
  const [first, ...others] = equal;
  const conditions = [
    ...(first ? [Prisma.sql`${first.column} = ANY(ARRAY[${first.value}])`] : []),
    ...others.map(({ column, value }) => Prisma.sql`${column} = ${value}`),
    ...(since === undefined ? [] : [Prisma.sql`occurred_at >= ${since}`]),
    ...(until === undefined ? [] : [Prisma.sql`occurred_at < ${until}`]),
    wherePage(page, KEY),
  ];
  const direction = page.fromEnd ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const order = [...(first ? [Prisma.sql`${first.column} ${direction}`] : []), orderPage(page, KEY)];
  return Prisma.sql`
    SELECT audit_events.* FROM audit_events WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${Prisma.join(order, ', ')} LIMIT ${page.limit}`;
}
