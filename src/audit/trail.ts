/** The audit trail: what happened to an account and its sessions, in order, never rewritten. */
import { v7 as uuidv7 } from 'uuid';
import type { Client, Core } from '../core.ts';
import type { Transaction } from '../db/client.ts';
import { type AuditEvent, type AuditEventType, Prisma } from '../db/generated/prisma/client.ts';
import { orderPage, type Page, wherePage } from '../db/keyset.ts';

export interface NewAuditEvent {
  type: AuditEventType;
  /** Null for a failed sign-in with an unknown email. */
  userId: string | null;
  sessionId: string | null;
  /** Whose doing it was; null when time did it. */
  client: Client | null;
  details?: Record<string, string | number | null>;
}

/** One statement, however many there are. */
export async function recordEvents(tx: Transaction, now: Date, events: NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ type, userId, sessionId, client, details }) => ({
    id: uuidv7(),
    type,
    user_id: userId,
    session_id: sessionId,
    ip_address: client?.ipAddress ?? null,
    user_agent: client?.userAgent ?? null,
    details: details ?? {},
  }));
  await tx.$executeRaw`
    INSERT INTO audit_events (id, type, user_id, session_id, ip_address, user_agent, details, occurred_at)
    SELECT id, type, user_id, session_id, ip_address, user_agent, details, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS event(
      id uuid, type audit_event_type, user_id uuid, session_id uuid,
      ip_address inet, user_agent text, details jsonb
    )`;
}

/** A user's own events, newest first. */
export async function listAuditEvents(core: Core, userId: string, page: Page): Promise<AuditEvent[]> {
  const key = { at: Prisma.sql`occurred_at` };
  return core.db.$queryRaw<AuditEvent[]>`
    SELECT id, type, user_id AS "userId", session_id AS "sessionId", ip_address AS "ipAddress",
           user_agent AS "userAgent", details, occurred_at AS "occurredAt"
    FROM audit_events
    WHERE user_id = ${userId}::uuid AND ${wherePage(page, key)}
    ORDER BY ${orderPage(page, key)}
    LIMIT ${page.limit}`;
}
