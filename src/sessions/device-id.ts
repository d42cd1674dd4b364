/**
 * A browser's name for itself, signed, in a cookie that outlives its sessions:
 * by it a device is known again when its user signs in the next time.
 *
 * It is no credential. Whoever steals one can only spend tries of a password
 * that would have been that device's, and sign in without a word about it.
 */
import { randomUUID } from 'node:crypto';
import { deriveKeys, formatUuid, parseUuid, readSigned, type SigningKeys, writeSigned } from '../signing.ts';

const ID_BYTES = 16;

/** @param secrets as in `CURFEW_SECRETS`, newest first; at least one. */
export function deriveDeviceKeys(secrets: readonly string[]): SigningKeys {
  return deriveKeys(secrets, 'curfew device id');
}

export function makeDeviceId(): string {
  return randomUUID();
}

export function writeDeviceId(keys: SigningKeys, id: string): string {
  return writeSigned(keys, parseUuid(id));
}

/** Null for anything that none of the keys signed. */
export function readDeviceId(keys: SigningKeys, text: string): string | null {
  const bytes = readSigned(keys, text, ID_BYTES);
  return bytes && formatUuid(bytes);
}
