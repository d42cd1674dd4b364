/** How a session ends, as the server tells it and as tabs tell each other: what comes from outside is read, never believed. */

/** `SessionEndReason` of the server's schema. */
export const SESSION_END_REASONS = [
  'SIGNED_OUT',
  'REVOKED',
  'SIGNED_OUT_EVERYWHERE',
  'EXPIRED',
  'IDLE',
  'EVICTED',
  'PASSWORD_CHANGED',
  'REVOKED_BY_ADMIN',
  'REVOKED_BY_SERVICE',
] as const;

export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

/** How this device was signed out. */
export interface SignedOut {
  /** Null when it can't be known, as when the cookie has gone. */
  reason: SessionEndReason | null;
  /** By the server's clock; by this device's where a closing socket told it first. Null when it can't be known. */
  at: Date | null;
}

/** What is neither a known reason nor an instant is not known. */
export function readSignedOut(reason: unknown, at: unknown): SignedOut {
  const instant = typeof at === 'string' ? new Date(at) : null;
  return {
    reason: SESSION_END_REASONS.find((known) => known === reason) ?? null,
    at: instant && !Number.isNaN(instant.getTime()) ? instant : null,
  };
}
