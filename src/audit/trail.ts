/** The audit trail: what happened to an account and its sessions, in order, never rewritten. */
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

export async function recordEvents(tx: Transaction, now: Date, events: NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.auditEvent.createMany({
    data: events.map(({ client, details, ...event }) => ({
      ...event,
      ipAddress: client?.ipAddress ?? null,
      userAgent: client?.userAgent ?? null,
      details: details ?? {},
      occurredAt: now,
    })),
  });
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
