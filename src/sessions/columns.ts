/** Every column of a session, named as Prisma names it, for queries in SQL. */
import { Prisma } from '../db/generated/prisma/client.ts';

export const SESSION_COLUMNS = Prisma.raw(`
  s.id, s.user_id AS "userId", s.kind, s.secret_hash AS "secretHash", s.user_agent AS "userAgent",
  s.ip_address AS "ipAddress", s.last_ip_address AS "lastIpAddress", s.device_id AS "deviceId",
  s.is_new_device AS "isNewDevice", s.is_suspicious AS "isSuspicious", s.created_at AS "createdAt", s.last_active_at AS "lastActiveAt",
  s.confirmed_at AS "confirmedAt", s.expires_at AS "expiresAt", s.ended_at AS "endedAt",
  s.end_reason AS "endReason", s.ended_by_id AS "endedById"`);
