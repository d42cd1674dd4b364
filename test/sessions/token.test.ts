/** Tokens: only one that we made, spelled as we spelled it, is read; anything else is null. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  deriveSigningKeys,
  hashSecret,
  makeSecret,
  readToken,
  writeToken,
} from '../../src/sessions/token.ts';

const OLD = 'an old secret that signed before the new one';
const NEW = 'a new secret that signs from now on';
const keys = deriveSigningKeys([NEW]);

const uuid = fc.uuid();
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const token = fc.tuple(uuid, secret).map(([id, bytes]) => writeToken(keys, id, bytes));

const LENGTH = writeToken(keys, '00000000-0000-0000-0000-000000000000', makeSecret()).length;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

test('a token is read as it was written', () => {
  fc.assert(
    fc.property(uuid, secret, (id, bytes) => {
      expect(readToken(keys, writeToken(keys, id, bytes))).toEqual({
        sessionId: id,
        secretHash: hashSecret(bytes),
      });
    }),
  );
});

test('what is kept of a secret is its SHA-256', () => {
  fc.assert(
    fc.property(secret, (bytes) => {
      expect(Buffer.from(hashSecret(bytes))).toEqual(createHash('sha256').update(bytes).digest());
    }),
  );
});

test('a token is of one length and fits into a cookie and a header as it is', () => {
  fc.assert(
    fc.property(token, (text) => {
      expect(text).toMatch(new RegExp(`^[\\w-]{${LENGTH}}$`));
    }),
  );
});

test('secrets are 32 bytes, and never the same', () => {
  const secrets = Array.from({ length: 1000 }, () => makeSecret());
  expect(secrets.every((bytes) => bytes.length === 32)).toBe(true);
  expect(new Set(secrets.map((bytes) => bytes.toString('hex'))).size).toBe(secrets.length);
});

test('a token with any bit flipped is refused', () => {
  fc.assert(
    fc.property(token, fc.nat({ max: 64 * 8 - 1 }), (text, bit) => {
      const bytes = Buffer.from(text, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(readToken(keys, bytes.toString('base64url'))).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test('a truncated token is refused', () => {
  fc.assert(
    fc.property(token, fc.nat({ max: LENGTH - 1 }), (text, length) => {
      expect(readToken(keys, text.slice(0, length))).toBeNull();
      expect(readToken(keys, text.slice(LENGTH - length))).toBeNull();
    }),
  );
});

test('an extended token is refused', () => {
  fc.assert(
    fc.property(token, fc.string({ unit: 'binary', minLength: 1 }), (text, more) => {
      expect(readToken(keys, text + more)).toBeNull();
      expect(readToken(keys, more + text)).toBeNull();
    }),
  );
  for (const more of ['=', '==', '\n', ' ', '\0', 'A']) {
    expect(readToken(keys, writeToken(keys, fc.sample(uuid, 1).join(), makeSecret()) + more)).toBeNull();
  }
});

test('only one spelling of a token is good', () => {
  fc.assert(
    fc.property(token, (text) => {
      const last = text.slice(-1);
      const others = [...ALPHABET].filter((letter) => letter !== last);
      // Some of these decode to the very same bytes.
      for (const other of others) expect(readToken(keys, text.slice(0, -1) + other)).toBeNull();
      const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
      if (base64 !== text) expect(readToken(keys, base64)).toBeNull();
      expect(readToken(keys, encodeURIComponent(`${text} `))).toBeNull();
    }),
  );
});

test('a token that another secret signed is refused', () => {
  fc.assert(
    fc.property(token, fc.string({ minLength: 1 }), (text, other) => {
      fc.pre(other !== NEW);
      expect(readToken(deriveSigningKeys([other]), text)).toBeNull();
    }),
  );
});

test('the parts of two tokens make no third', () => {
  fc.assert(
    fc.property(token, token, fc.constantFrom(16, 48), (one, other, cut) => {
      fc.pre(one !== other);
      const [head, tail] = [Buffer.from(one, 'base64url'), Buffer.from(other, 'base64url')];
      const mixed = Buffer.concat([head.subarray(0, cut), tail.subarray(cut)]);
      expect(readToken(keys, mixed.toString('base64url'))).toBeNull();
    }),
  );
});

test('garbage is refused', () => {
  const almost = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: LENGTH, maxLength: LENGTH });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 2 * LENGTH }), almost), (text) => {
      expect(readToken(keys, text)).toBeNull();
    }),
  );
  for (const text of ['', '\0', 'null', 'A'.repeat(LENGTH), 'A'.repeat(1_000_000)]) {
    expect(readToken(keys, text)).toBeNull();
  }
});

test('after a rotation old tokens stay good, and the newest secret signs', () => {
  const rotated = deriveSigningKeys([NEW, OLD]);
  const before = deriveSigningKeys([OLD]);
  fc.assert(
    fc.property(uuid, secret, (id, bytes) => {
      const claim = { sessionId: id, secretHash: hashSecret(bytes) };
      const old = writeToken(before, id, bytes);
      const fresh = writeToken(rotated, id, bytes);
      expect(readToken(rotated, old)).toEqual(claim);
      expect(readToken(rotated, fresh)).toEqual(claim);
      expect(fresh).toBe(writeToken(keys, id, bytes));
      // Once the old secret is taken off the list, its tokens are worth nothing.
      expect(readToken(keys, old)).toBeNull();
      expect(readToken(before, fresh)).toBeNull();
    }),
  );
});

test('a token does not hold the hash that the database keeps', () => {
  fc.assert(
    fc.property(uuid, secret, (id, bytes) => {
      const written = Buffer.from(writeToken(keys, id, bytes), 'base64url');
      expect(written.includes(Buffer.from(hashSecret(bytes)))).toBe(false);
    }),
  );
});

test.each([
  ['an id that is too short', '1234', makeSecret()],
  ['an id that is no UUID', 'nobody', makeSecret()],
  ['a secret that is too short', '00000000-0000-0000-0000-000000000000', makeSecret().subarray(1)],
])('no token is written of %s', (_what, id, bytes) => {
  expect(() => writeToken(keys, id, bytes)).toThrow(/^Not a (UUID|secret of a session)$/);
});

test('nothing signs without a secret', () => {
  expect(() => deriveSigningKeys([])).toThrow('At least one signing secret');
});
