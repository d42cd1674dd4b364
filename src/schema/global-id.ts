/** Ids as clients see them: the type's name and the row's id, unique among all objects. */
import { BadArgumentError } from '../errors.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** An id that no row has: what somebody who is not signed in owns. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** In base64url. Text like this has none of the letters in which base64 differs from it, but the padding. */
export function encodeGlobalId(typename: string, id: string): string {
  const text = `${typename}:${id}`;
  // Buffer takes three times as long for so few.
  return btoa(text).slice(0, Math.ceil((text.length * 4) / 3));
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** @throws BadArgumentError for anything but an id that this API may have handed out. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const text = Buffer.from(globalId, 'base64url').toString();
  const [typename = '', id = '', ...rest] = text.split(':');
  // One of many texts that decode to it was handed out.
  if (rest.length > 0 || !isUuid(id) || Buffer.from(text).toString('base64url') !== globalId) {
    throw new BadArgumentError('This is not an id of this API. Use one as a query returned it.');
  }
  return { typename, id };
}

/** The row's id in a global id of this type, or null for any other text. */
export function decodeIdOf(typename: string, globalId: string): string | null {
  try {
    const decoded = decodeGlobalId(globalId);
    return decoded.typename === typename ? decoded.id : null;
  } catch (error) {
    if (error instanceof BadArgumentError) return null;
    throw error;
  }
}

/** As `decodeIdOf`, where any other text is the id of nothing; null stays null. */
export function decodeOptionalId(typename: string, globalId: string | null | undefined): string | null {
  return globalId === null || globalId === undefined ? null : (decodeIdOf(typename, globalId) ?? NOBODY);
}
