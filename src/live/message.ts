/**
 * How news is written on a bus: JSON with a version, small enough for any of
 * them. What comes from a bus is anybody's writing, and is checked as such.
 */
import { z } from 'zod';
import { SessionEndReason } from '../db/generated/prisma/enums.ts';
import type { News } from '../sessions/news.ts';

/** The PostgreSQL channel, and the Redis one. */
export const CHANNEL = 'curfew';

/** Raised when an older process would misread what a newer one writes. */
const VERSION = 1;

/** PostgreSQL carries payloads below 8,000 bytes. Anything longer is not ours. */
const MAX_MESSAGE_BYTES = 7999;

/** Sessions that one message has room for; news of more is sent in several. */
const MAX_SESSIONS = 180;

/** Sent by each process once a second: it shows itself that the bus is heard, and others that it lives. */
export interface Heartbeat {
  type: 'heartbeat';
  /** The process that sent it. */
  from: string;
  /** Counts up. */
  beat: number;
  /** The process goes, with nothing left to tell. */
  isLast?: boolean | undefined;
}

export type Message = News | Heartbeat;

const uuid = z.uuid();
const instant = z
  .number()
  .int()
  .min(0)
  .max(8.64e15)
  .transform((ms) => new Date(ms));

const schema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ended'),
    userId: uuid,
    reason: z.enum(SessionEndReason),
    endedAt: instant,
    sessionIds: z.array(uuid).min(1).max(MAX_SESSIONS),
  }),
  z.object({ type: z.literal('renewed'), userId: uuid, sessionId: uuid, renewedAt: instant }),
  z.object({ type: z.literal('started'), userId: uuid, sessionId: uuid, startedAt: instant }),
  z.object({ type: z.literal('changed'), userId: uuid }),
  z.object({
    type: z.literal('heartbeat'),
    from: uuid,
    beat: z.number().int().min(0),
    isLast: z.boolean().optional(),
  }),
]);

/** @returns one or more messages, none longer than a bus can carry. */
export function writeNews(news: News): string[] {
  if (news.type === 'changed') return [write(news)];
  if (news.type === 'started') return [write({ ...news, startedAt: news.startedAt.getTime() })];
  if (news.type === 'renewed') return [write({ ...news, renewedAt: news.renewedAt.getTime() })];
  const messages: string[] = [];
  for (let start = 0; start < news.sessionIds.length; start += MAX_SESSIONS) {
    const sessionIds = news.sessionIds.slice(start, start + MAX_SESSIONS);
    messages.push(write({ ...news, endedAt: news.endedAt.getTime(), sessionIds }));
  }
  return messages;
}

export function writeHeartbeat(heartbeat: Heartbeat): string {
  return write(heartbeat);
}

function write(body: object): string {
  return JSON.stringify({ v: VERSION, ...body });
}

/** @returns the message, or what is wrong with it; never a part of what it said. */
export function readMessage(text: string): Message | { fault: string } {
  if (text.length > MAX_MESSAGE_BYTES) return { fault: `it has ${text.length} characters` };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { fault: 'it is not JSON' };
  }
  const version = typeof body === 'object' && body !== null && 'v' in body ? body.v : undefined;
  if (version !== VERSION) {
    return {
      fault: `its version is ${typeof version === 'number' ? version : 'not told'}, and not ${VERSION}`,
    };
  }
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : { fault: 'it is not of the form of its version' };
}
