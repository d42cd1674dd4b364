/**
 * What a user's earlier sessions tell of a device that signs in: whether it, or
 * its network, is known to be the user's, and whether the user was somewhere
 * else a short while ago.
 *
 * A browser is known by its device cookie. Whatever keeps no cookie is known by
 * what its User-Agent says it is, without versions, which change too often.
 */
import type { Client } from '../core.ts';
import { Prisma } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { describeDevice, looksAlike } from './device.ts';

/**
 * Sessions that are looked at, the last active first: enough for years, and quick.
 * A device's cookie is looked for among all: who knows the password could make so
 * many sessions that the owner's own device was known no more.
 */
const LOOKED_AT = 500;

/** Nobody is in two places within it. */
const ELSEWHERE_WITHIN_MS = 60 * 60_000;

export interface Newcomer {
  client: Client;
  /** What its device cookie says; null when it has none. */
  deviceId: string | null;
}

export interface Recognition {
  /** False for a user without any session on record: then nothing is known. */
  hasSignedIn: boolean;
  /** By its cookie, which nobody else can have. */
  hasKnownCookie: boolean;
  /** By its cookie, or by what it looks like, which anybody can imitate. */
  isKnownDevice: boolean;
  isKnownNetwork: boolean;
  /** Where the user signed in last, when that was another network less than an hour ago. */
  elsewhere: string | null;
}

/** Of a user who was not there before. */
export const NOBODY_SEEN: Recognition = {
  hasSignedIn: false,
  hasKnownCookie: false,
  isKnownDevice: false,
  isKnownNetwork: false,
  elsewhere: null,
};

/** As the database tells it. */
export interface Seen {
  count: number;
  knowsDevice: boolean;
  knowsNetwork: boolean | null;
  userAgents: (string | null)[] | null;
  lastAddress: string | null;
  isLastElsewhere: boolean | null;
}

/** Of a user who is there. */
export async function recognize(
  query: QueryPrepared,
  userId: string,
  newcomer: Newcomer,
  now: Date,
): Promise<Recognition> {
  const [row] = await query<Seen>(selectSeen(Prisma.sql`${userId}::uuid`, newcomer, now));
  return row ? readSeen(row, newcomer) : NOBODY_SEEN;
}

/**
 * A query with one row, for `readSeen`.
 *
 * @param userId null for nobody: nothing is known.
 */
export function selectSeen(userId: Prisma.Sql, { client, deviceId }: Newcomer, now: Date): Prisma.Sql {
  const since = new Date(now.getTime() - ELSEWHERE_WITHIN_MS);
  // An IPv6 address stands for its /64, as in the limits.
  return Prisma.sql`
    SELECT count(*)::int AS count,
      EXISTS (
        SELECT FROM sessions WHERE user_id = ${userId} AND device_id = ${deviceId}::uuid
      ) AS "knowsDevice",
      bool_or(ip_address <<= here.network) AS "knowsNetwork",
      array_agg(DISTINCT user_agent) AS "userAgents",
      (array_agg(host(ip_address) ORDER BY created_at DESC) FILTER (WHERE created_at > ${since}::timestamptz))[1] AS "lastAddress",
      (array_agg(NOT ip_address <<= here.network ORDER BY created_at DESC) FILTER (WHERE created_at > ${since}::timestamptz))[1]
        AS "isLastElsewhere"
    FROM (
      SELECT ip_address, user_agent, created_at FROM sessions
      WHERE user_id = ${userId} ORDER BY last_active_at DESC LIMIT ${LOOKED_AT}
    ) recent, (
      SELECT set_masklen(address, CASE family(address) WHEN 4 THEN 32 ELSE 64 END) AS network
      FROM (SELECT ${client.ipAddress}::inet AS address) _
    ) here`;
}

export function readSeen(row: Seen, { client, deviceId }: Newcomer): Recognition {
  const device = describeDevice(client.userAgent);
  const looksKnown = () =>
    row.userAgents?.some((userAgent) => looksAlike(describeDevice(userAgent), device)) ?? false;
  return {
    hasSignedIn: row.count > 0,
    hasKnownCookie: row.knowsDevice,
    isKnownDevice: row.knowsDevice || (deviceId === null && looksKnown()),
    isKnownNetwork: row.knowsNetwork ?? false,
    elsewhere: row.isLastElsewhere ? row.lastAddress : null,
  };
}
