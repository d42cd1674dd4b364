/**
 * Text that only this server can have written: bytes and a mac over them, in
 * base64url. It is turned away by anybody who has the key, without a look at
 * the database.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Newest first: the first signs, all verify. */
export type SigningKeys = readonly [KeyObject, ...KeyObject[]];

const MAC_BYTES = 16;
const UUID_BYTES = 16;

/**
 * @param secrets as in `CURFEW_SECRETS`, newest first; at least one.
 * @param purpose each has keys of its own, so that what is signed for one is worth nothing for another.
 */
export function deriveKeys(secrets: readonly string[], purpose: string): SigningKeys {
  const [newest, ...older] = secrets.map((secret) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32))),
  );
  if (!newest) throw new Error('At least one signing secret is needed');
  return [newest, ...older];
}

/** The bytes and their mac, as text. */
export function writeSigned([key]: SigningKeys, bytes: Uint8Array): string {
  return Buffer.concat([bytes, makeMac(key, bytes)]).toString('base64url');
}

/** Of the text of so many bytes and their mac. */
export function lengthOfSigned(bytes: number): number {
  return Math.ceil(((bytes + MAC_BYTES) * 8) / 6);
}

/** @returns so many bytes that one of the keys signed; null for any other text. */
export function readSigned(keys: SigningKeys, text: string, length: number): Buffer | null {
  if (text.length !== lengthOfSigned(length)) return null;
  const bytes = Buffer.from(text, 'base64url');
  // The last character has bits to spare, and other characters are passed over: only one spelling is good.
  if (bytes.toString('base64url') !== text) return null;
  const signed = bytes.subarray(0, length);
  const mac = bytes.subarray(length);
  return keys.some((key) => timingSafeEqual(makeMac(key, signed), mac)) ? signed : null;
}

function makeMac(key: KeyObject, signed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES);
}

export function parseUuid(uuid: string): Buffer {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  if (bytes.length !== UUID_BYTES) throw new Error('Not a UUID');
  return bytes;
}

export function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
