/**
 * Keys of trusted backends. A key is 32 random bytes, so its SHA-256 is as good as
 * any slower hash; Curfew itself is given only that.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServiceKey } from './config.ts';

/** Lets secret scanners find a leaked key, and tells it from a session's token. */
export const SERVICE_KEY_PREFIX = 'cfs_';

/** A key, and what `CURFEW_SERVICE_KEYS` is to say of it. */
export function makeServiceKey(name: string): { key: string; setting: string } {
  const key = SERVICE_KEY_PREFIX + randomBytes(32).toString('base64url');
  return { key, setting: `${name}:${hash('sha256', key, 'hex')}` };
}

/** The name of a key; null for one that is not known. */
export function nameServiceKey(known: readonly ServiceKey[], key: string): string | null {
  const digest = hash('sha256', key, 'buffer');
  let name: string | null = null;
  // Through all of them, whichever it is.
  for (const candidate of known) if (timingSafeEqual(candidate.hash, digest)) name = candidate.name;
  return name;
}
