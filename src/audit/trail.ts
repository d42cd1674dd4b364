/**
 * The audit trail: what happened to accounts and their sessions, in order, never
 * rewritten. The database itself refuses to change or delete what is younger
 * than retention.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Client, Core } from '../core.ts';
import type { Transaction } from '../db/client.ts';
import { type AuditEvent, type AuditEventType, Prisma } from '../db/generated/prisma/client.ts';
import { orderPage, type Page, wherePage } from '../db/keyset.ts';
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

/** One statement, however many there are. Those who call it say so in the log once it is committed. */
export async function recordEvents(tx: Transaction, now: Date, events: NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return;
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
  await tx.$executeRaw`
    INSERT INTO audit_events (
      id, type, user_id, session_id, actor_kind, actor_id, actor_name, ip_address, user_agent, details, occurred_at
    )
    SELECT id, type, user_id, session_id, actor_kind, actor_id, actor_name, ip_address, user_agent, details, ${now}
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
  await recordEvents(core.db, core.clock.now(), [event]);
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

/** Newest first. */
export async function listAuditEvents(core: Core, filter: AuditFilter, page: Page): Promise<AuditEvent[]> {
  const key = { at: Prisma.sql`occurred_at` };
  return core.db.$queryRaw<AuditEvent[]>`
    SELECT id, type, user_id AS "userId", session_id AS "sessionId", actor_kind AS "actorKind",
           actor_id AS "actorId", actor_name AS "actorName", ip_address AS "ipAddress",
           user_agent AS "userAgent", details, occurred_at AS "occurredAt"
    FROM audit_events
    WHERE ${whereFiltered(filter)} AND ${wherePage(page, key)}
    ORDER BY ${orderPage(page, key)}
    LIMIT ${page.limit}`;
}

function whereFiltered({ userId, types, ipAddress, since, until }: AuditFilter): Prisma.Sql {
  const conditions = [
    ...(userId === undefined ? [] : [Prisma.sql`user_id = ${userId}::uuid`]),
    ...(types === undefined ? [] : [whereType(types)]),
    ...(ipAddress === undefined ? [] : [Prisma.sql`ip_address = ${ipAddress}::inet`]),
    ...(since === undefined ? [] : [Prisma.sql`occurred_at >= ${since}`]),
    ...(until === undefined ? [] : [Prisma.sql`occurred_at < ${until}`]),
  ];
  return conditions.length > 0 ? Prisma.join(conditions, ' AND ') : Prisma.sql`TRUE`;
}

/** One type is looked up in the order of its index; of several, PostgreSQL would have to sort. */
function whereType(types: readonly AuditEventType[]): Prisma.Sql {
  const [only] = types;
  return types.length === 1
    ? Prisma.sql`type = ${only}::audit_event_type`
    : Prisma.sql`type = ANY(${types}::audit_event_type[])`;
}
