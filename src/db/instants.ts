/** Which instants the database can be asked about. */

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * JavaScript has a year 0, years below it and years of six digits; as Prisma
 * writes those, PostgreSQL refuses them, which would be a fault of the server's.
 */
export function isStorable(instant: Date): boolean {
  return instant.getTime() >= FIRST_MS && instant.getTime() <= LAST_MS;
}
