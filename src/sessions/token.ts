/**
 * The token that a device holds.
 *
 *     token = base64url( id 16 bytes | secret 32 bytes | mac 16 bytes )
 *     mac   = HMAC-SHA256(signing key, id | secret), first 16 bytes
 *
 * The mac turns forged and damaged tokens away before they cost a query. What
 * makes a token a credential is the secret, of which the database keeps only
 * the SHA-256: someone who reads the database, or holds a signing key, or knows
 * a session's id, still can't make a token that resumes it.
 */
import {
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Newest first: the first signs, all verify. */
export type SigningKeys = readonly [KeyObject, ...KeyObject[]];

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const MAC_BYTES = 16;
const SIGNED_BYTES = ID_BYTES + SECRET_BYTES;
const TOKEN_LENGTH = Math.ceil(((SIGNED_BYTES + MAC_BYTES) * 8) / 6);
const TOKEN_FORM = new RegExp(`^[A-Za-z0-9_-]{${TOKEN_LENGTH}}$`);

/** What a token with a good mac claims; whether the secret is right is for the session's row to say. */
export interface TokenClaim {
  sessionId: string;
  secretHash: Uint8Array;
}

/** @param secrets as in `CURFEW_SECRETS`, newest first; at least one. */
export function deriveSigningKeys(secrets: readonly string[]): SigningKeys {
  const [newest, ...older] = secrets.map((secret) =>
    // A key of its own for each purpose, so that no other use of the secret can serve to sign tokens.
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'curfew session token', 32))),
  );
  if (!newest) throw new Error('At least one signing secret is needed');
  return [newest, ...older];
}

export function makeSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

export function hashSecret(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', secret, 'buffer'));
}

export function writeToken(keys: SigningKeys, sessionId: string, secret: Uint8Array): string {
  const signed = Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), secret]);
  if (signed.length !== SIGNED_BYTES) throw new Error('Not a session id and its secret');
  return Buffer.concat([signed, makeMac(keys[0], signed)]).toString('base64url');
}

/** Null for anything that none of the keys signed. */
export function readToken(keys: SigningKeys, token: string): TokenClaim | null {
  if (!TOKEN_FORM.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The last character has bits to spare; only one spelling of a token is good.
  if (bytes.toString('base64url') !== token) return null;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  const mac = bytes.subarray(SIGNED_BYTES);
  if (!keys.some((key) => timingSafeEqual(makeMac(key, signed), mac))) return null;
  return {
    sessionId: formatUuid(signed.subarray(0, ID_BYTES)),
    secretHash: hashSecret(signed.subarray(ID_BYTES)),
  };
}

function makeMac(key: KeyObject, signed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES);
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
