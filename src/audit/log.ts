/**
 * The audit trail in the log too, for those who collect logs: each event by its
 * name in the OWASP Logging Vocabulary. A session is named by a hash of its id.
 */
import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { AuditEventType } from '../db/generated/prisma/client.ts';
import type { NewAuditEvent } from './trail.ts';

/**
 * Names of https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html,
 * and one of ours, in its manner, where it has none: `session_address_changed`.
 */
export const OWASP_EVENTS = {
  SIGNED_UP: 'user_created',
  SESSION_STARTED: 'session_created',
  SIGN_IN_FAILED: 'authn_login_fail',
  SESSION_ENDED: 'session_expired',
  IP_CHANGED: 'session_address_changed',
  PASSWORD_CONFIRMED: 'session_renewed',
  PASSWORD_CHANGED: 'authn_password_change',
  SUSPICIOUS_SIGN_IN: 'authn_impossible_travel',
  ENDED_TOKEN_USED: 'session_use_after_expire',
  LIMIT_EXCEEDED: 'excess_rate_limit_exceeded',
  SESSION_CONFIRMED: 'session_renewed',
  ROLE_CHANGED: 'privilege_permissions_changed',
  USER_DISABLED: 'user_updated',
  USER_ENABLED: 'user_updated',
  ALL_SESSIONS_ENDED: 'authz_admin',
  LANGUAGE_CHANGED: 'user_updated',
} as const satisfies Record<AuditEventType, string>;

/** Enough to tell sessions apart. */
const HASH_LENGTH = 16;

/** To be called once the events are committed. */
export function writeAuditLog(log: Logger, events: readonly NewAuditEvent[]): void {
  if (!log.isLevelEnabled('info')) return;
  for (const { type, userId, sessionId, actor, client, details } of events) {
    log.info(
      {
        event: OWASP_EVENTS[type],
        type,
        userId,
        ...(sessionId !== null && { session: hashSessionId(sessionId) }),
        ...(actor && { actor }),
        ipAddress: client?.ipAddress ?? null,
        ...(details && { details: hashIds(details) }),
      },
      'audit',
    );
  }
}

export function hashSessionId(id: string): string {
  return hash('sha256', id, 'hex').slice(0, HASH_LENGTH);
}

/** `endedById` is mostly a session's. */
function hashIds({ endedById, ...details }: NonNullable<NewAuditEvent['details']>) {
  return typeof endedById === 'string' ? { ...details, endedBy: hashSessionId(endedById) } : details;
}
