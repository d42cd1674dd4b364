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
import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  deriveKeys,
  formatUuid,
  lengthOfSigned,
  parseUuid,
  readSigned,
  type SigningKeys,
  writeSigned,
} from '../signing.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TOKEN_LENGTH = lengthOfSigned(ID_BYTES + SECRET_BYTES);

/** What a token with a good mac claims; whether the secret is right is for the session's row to say. */
export interface TokenClaim {
  sessionId: string;
  secretHash: Uint8Array;
}

/** @param secrets as in `CURFEW_SECRETS`, newest first; at least one. */
export function deriveSigningKeys(secrets: readonly string[]): SigningKeys {
  return deriveKeys(secrets, 'curfew session token');
}

export function makeSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

export function hashSecret(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', secret, 'buffer'));
}

export function writeToken(keys: SigningKeys, sessionId: string, secret: Uint8Array): string {
  if (secret.length !== SECRET_BYTES) throw new Error('Not a secret of a session');
  return writeSigned(keys, Buffer.concat([parseUuid(sessionId), secret]));
}

/** Null for anything that none of the keys signed. */
export function readToken(keys: SigningKeys, token: string): TokenClaim | null {
  const bytes = readSigned(keys, token, ID_BYTES + SECRET_BYTES);
  if (!bytes) return null;
  return {
    sessionId: formatUuid(bytes.subarray(0, ID_BYTES)),
    secretHash: hashSecret(bytes.subarray(ID_BYTES)),
  };
}

/**
 * Reads tokens, and keeps in mind those that were good, so that a device that
 * asks again costs no mac. They are known by the SHA-256 of their text: no token
 * lies in memory, and nobody comes nearer to one by how long a look at it takes.
 */
export class TokenReader {
  readonly #keys: SigningKeys;
  readonly #claims: LRUCache<string, TokenClaim> | null;

  /** @param maxTokens how many are kept in mind; 0 for none. */
  constructor(keys: SigningKeys, maxTokens: number) {
    this.#keys = keys;
    this.#claims = maxTokens === 0 ? null : new LRUCache({ max: maxTokens });
  }

  /** As `readToken` does. */
  read(token: string): TokenClaim | null {
    if (!this.#claims || token.length !== TOKEN_LENGTH) return readToken(this.#keys, token);
    const digest = hash('sha256', token, 'base64');
    const known = this.#claims.get(digest);
    if (known) return known;
    const claim = readToken(this.#keys, token);
    if (claim) this.#claims.set(digest, claim);
    return claim;
  }
}
