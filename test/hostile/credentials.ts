/** Credentials that are nearly good: each must be worth nothing. */
import fc, { type Arbitrary } from 'fast-check';
import { BEARER_PREFIX } from '../../src/http/credentials.ts';
import { headerText } from './text.ts';

/** Bytes of the id, the secret and the mac in a token. */
const PARTS = [
  [0, 16],
  [16, 48],
  [48, 64],
] as const;

/** No blank and no semicolon: these end a value, and what is before them may be good. */
const noise = fc.string({
  unit: fc.constantFrom(...'ABCxyz019-_+/=%.~!"\'(){}[]:@&?#$^*|<>,\\é'),
  minLength: 1,
  maxLength: 20,
});

/** @param genuine tokens that are good, or were. @returns what is none of them. */
export function mutatedToken(genuine: readonly string[]): Arbitrary<string> {
  const real = fc.constantFrom(...genuine);
  const bit = fc.nat({ max: 64 * 8 - 1 });
  const place = fc.nat({ max: 85 });
  const part = fc.oneof(
    real.map((token) => Buffer.from(token, 'base64url')),
    fc.uint8Array({ minLength: 64, maxLength: 64 }),
    fc.constantFrom(0x00, 0xff).map((byte) => Buffer.alloc(64, byte)),
  );
  return fc
    .oneof(
      fc.tuple(real, fc.uniqueArray(bit, { minLength: 1, maxLength: 3 })).map(flipBits),
      fc.tuple(real, place).map(([token, length]) => token.slice(0, length)),
      fc.tuple(real, place).map(([token, length]) => token.slice(length + 1)),
      fc.tuple(real, place, noise).map(([token, at, more]) => token.slice(0, at) + more + token.slice(at)),
      fc
        .tuple(real, place, noise)
        .map(([token, at, more]) => token.slice(0, at) + more + token.slice(at + 1)),
      fc.tuple(real, noise).map(([token, more]) => token + more),
      fc.tuple(part, part, part).map(joinParts),
      fc.tuple(real, fc.constantFrom('hex', 'base64', 'latin1')).map(respell),
      real.map((token) => token.toLowerCase()),
      real.map((token) => [...token].reverse().join('')),
      fc.tuple(real, real).map(([one, other]) => `${one},${other}`),
      noise,
    )
    .filter((token) => !genuine.includes(token));
}

function flipBits([token, bits]: [string, number[]]): string {
  const bytes = Buffer.from(token, 'base64url');
  for (const bit of bits) bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes.toString('base64url');
}

function joinParts(sources: Uint8Array[]): string {
  const parts = PARTS.map(([start, end], index) => sources[index]?.subarray(start, end) ?? Buffer.alloc(0));
  return Buffer.concat(parts).toString('base64url');
}

function respell([token, encoding]: [string, 'hex' | 'base64' | 'latin1']): string {
  const spelled = Buffer.from(token, 'base64url').toString(encoding);
  // Bytes that no header may have, and those that end a value.
  return encoding === 'latin1' ? spelled.replaceAll(/[^!-:<-~\xa1-\xff]/g, '') : `${spelled}=`;
}

/** Headers that carry a token in one of the places where one may be. */
export function carried(token: Arbitrary<string>): Arbitrary<Record<string, string>> {
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('Bearer', 'bearer', 'BEARER', 'Bearer '), token)
      .map(([scheme, value]) => ({ authorization: `${scheme} ${BEARER_PREFIX}${value}` })),
    fc
      .tuple(
        fc.constantFrom('Bearer ', 'Basic ', 'Token ', '', 'Bearer cfw_cfw_', 'Bearer CFW_', 'Bearer,'),
        token,
      )
      .map(([before, value]) => ({ authorization: before + value })),
    token.map((value) => ({ cookie: `session=${value}` })),
    fc.tuple(token, token).map(([cookie, bearer]) => ({
      authorization: `Bearer ${BEARER_PREFIX}${bearer}`,
      cookie: `session=${cookie}`,
    })),
  );
}

/** A Cookie header as only a hostile page or program makes it; tokens that are good may be among its values. */
export function cookieHeader(genuine: readonly string[]): Arbitrary<string> {
  const real = fc.constantFrom(...genuine);
  const name = fc.constantFrom(
    'session',
    'Session',
    ' session',
    'session ',
    '__Host-session',
    '__Secure-session',
    'xsession',
    'session[]',
    '$Version',
    '__proto__',
    '',
  );
  const value = fc.oneof(
    real,
    mutatedToken(genuine),
    real.map((token) => `"${token}"`),
    real.map((token) => encodeURIComponent(`${token}=`)),
    real.map((token) => `${token.slice(0, 40)};session=${token.slice(40)}`),
    real.map((token) => `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`),
    headerText,
    fc.integer({ min: 1, max: 9000 }).map((length) => 'A'.repeat(length)),
  );
  const pair = fc
    .tuple(name, fc.constantFrom('=', '=', '=', '==', ' = ', ''), value)
    .map((parts) => parts.join(''));
  return fc
    .tuple(
      fc.array(pair, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('; ', '; ', ';', ';;', ' ; ', ',', '\t'),
    )
    .map(([pairs, separator]) => pairs.join(separator));
}
