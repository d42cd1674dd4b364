/**
 * Carries news between processes, by PostgreSQL alone or by Redis in front of it.
 *
 * PostgreSQL: notified inside the transaction, so that news is told if and only
 * if it is true. Redis: published after the commit, and by PostgreSQL after all
 * when Redis doesn't take it. So every process listens to both, and is sure to
 * miss nothing only while it hears both.
 */
import type { Logger } from 'pino';
import { Prisma } from '../db/generated/prisma/client.ts';
import type { QueryPrepared, Statement } from '../db/prepared.ts';
import type { Metrics } from '../metrics.ts';
import type { Bus, News, NewsListener } from '../sessions/news.ts';
import { type ConnectWire, Line } from './line.ts';
import { CHANNEL, writeNews } from './message.ts';

export interface LiveBus extends Bus {
  /**
   * Connects, and waits until it is heard.
   *
   * @param mayBeDeaf a pooler may stand where PostgreSQL is listened to: what can't be heard then is done without.
   * @throws BusError when a line can't be had, or is not heard.
   */
  open(options: { mayBeDeaf: boolean }): Promise<void>;
  /** Called when news may have been lost and none is any more, before `isHeard` says so. */
  onGap(listener: () => void): void;
  /** Called when another process may have died with news that it had not told. */
  onSilentPeer(listener: () => void): void;
  /** Of each line, whether it is heard. */
  state(): { name: string; isHeard: boolean }[];
  close(): Promise<void>;
}

/** The first connection failed. */
export class BusError extends Error {
  override name = 'BusError';
  readonly bus: string;

  constructor(bus: string, cause: unknown) {
    super(cause instanceof Error && cause.message ? cause.message : String(cause), { cause });
    this.bus = bus;
  }
}

/** How long a start waits until a line is heard that has to be; and one that a pooler may keep silent. */
const HEARD_WITHIN_MS = 10_000;
const MAYBE_HEARD_WITHIN_MS = 3000;

/** How often news is sent again that neither Redis nor PostgreSQL took. */
const RETRY_INTERVAL_MS = 500;

export interface BusOptions {
  query: QueryPrepared;
  log: Logger;
  metrics: Metrics;
  postgres: ConnectWire;
  redis: ConnectWire | null;
}

export function createBus({ query, log, metrics, postgres, redis }: BusOptions): LiveBus {
  const listeners = new Set<NewsListener>();
  const gapListeners = new Set<() => void>();
  const silenceListeners = new Set<() => void>();
  /** Committed, and told to nobody else yet. */
  const unsent: string[] = [];
  const tell: NewsListener = (news, sessions) => {
    for (const listener of listeners) listener(news, sessions);
  };
  const shared = {
    log,
    metrics,
    onNews: (news: News) => tell(news),
    onHeard: () => {
      for (const listener of gapListeners) listener();
    },
  };
  // What PostgreSQL carries is told with the commit, and dies with nobody.
  const postgresLine = new Line({ ...shared, name: 'PostgreSQL', connect: postgres, onSilentPeer: () => {} });
  const onSilentPeer = () => {
    for (const listener of silenceListeners) listener();
  };
  const redisLine = redis && new Line({ ...shared, name: 'Redis', connect: redis, onSilentPeer });
  const lines = redisLine ? [postgresLine, redisLine] : [postgresLine];

  /** Rejects when nobody could be told; then it is tried again until somebody is. */
  async function publishByRedis(line: Line, messages: string[]): Promise<void> {
    try {
      await line.send(messages);
    } catch (error) {
      log.warn({ err: error, messages: messages.length }, 'Redis took no news; PostgreSQL carries it');
      await query(notify(messages)).catch((cause: unknown) => {
        unsent.push(...messages);
        throw cause;
      });
    }
  }

  /** @returns whether there is nothing left to tell. */
  async function sendUnsent(): Promise<boolean> {
    const messages = unsent.splice(0);
    if (messages.length === 0) return true;
    try {
      await query(notify(messages));
      return true;
    } catch (error) {
      log.error({ err: error, messages: messages.length }, 'news could not be told; it is tried again');
      unsent.push(...messages);
      return false;
    }
  }

  const retries = setInterval(() => void sendUnsent(), RETRY_INTERVAL_MS);

  return {
    async open({ mayBeDeaf }) {
      for (const line of lines) {
        const isOptional = mayBeDeaf && line === postgresLine;
        const isHeard = await line
          .open(isOptional ? MAYBE_HEARD_WITHIN_MS : HEARD_WITHIN_MS)
          .catch((error: unknown) => {
            throw new BusError(line.name, error);
          });
        if (isHeard || isOptional) continue;
        throw new BusError(line.name, new Error('what is sent is not heard there'));
      }
    },

    enlist(announcements) {
      const messages = announcements.flatMap(({ news }) => writeNews(news));
      const isSent = messages.length > 0;
      const byRedis = redisLine?.isHeard() ? redisLine : null;
      return {
        statements: isSent && !byRedis ? [notify(messages)] : [],
        async publish() {
          for (const { news, sessions } of announcements) tell(news, sessions);
          if (byRedis && isSent) await publishByRedis(byRedis, messages);
        },
      };
    },

    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    onGap: (listener) => void gapListeners.add(listener),
    onSilentPeer: (listener) => void silenceListeners.add(listener),
    isHeard: () => lines.every((line) => line.isHeard()),
    state: () => lines.map((line) => ({ name: line.name, isHeard: line.isHeard() })),

    async close() {
      clearInterval(retries);
      const isAllTold = await sendUnsent();
      await Promise.all(lines.map((line) => line.close(isAllTold)));
      listeners.clear();
    },
  };
}

/** For a process that listens to nobody: every server hears it, if the transaction is committed. */
export function announce(news: News): Statement {
  return notify(writeNews(news));
}

/** Inside a transaction, it is heard if that commits. */
function notify(messages: string[]): Statement {
  return Prisma.sql`SELECT pg_notify(${CHANNEL}, message) FROM unnest(${messages}::text[]) AS message`;
}
