/**
 * Everyone connected to this process, found by session and by user, and what
 * news means for them: memory forgets, subscribers are told, and connections of
 * an ended session are closed.
 *
 * It is told of endings and never decides one. Acting on news is synchronous,
 * so that whoever published it may answer right after.
 */
import type { Core } from '../core.ts';
import type { Session, SessionEndReason } from '../db/generated/prisma/client.ts';
import { TooManySubscriptionsError } from '../errors.ts';
import type { News } from '../sessions/news.ts';
import { EventQueue } from './event-queue.ts';

/** A session ended or started; its row is read once for all subscribers, when first asked for. */
export interface SessionEvent {
  sessionId: string;
  /** True for the last event of a subscriber whose own session ended. */
  isCurrent: boolean;
  load(): Promise<Session>;
}

export type Topic = 'sessionRevoked' | 'sessionStarted';

/** What the hub does with a connection: a WebSocket, or the response of an event stream. */
export interface Connection {
  /** Its session ended: finish what is being sent, then close. */
  end(reason: SessionEndReason): void;
  /** Its peer doesn't read: close now. */
  drop(): void;
}

interface Subscriber {
  topic: Topic;
  userId: string;
  sessionId: string;
  connection: Connection;
  queue: EventQueue<SessionEvent>;
}

/** The sessions that something here depends on being live. */
interface Held {
  session: Session;
  connections: Set<Connection>;
  subscribers: Set<Subscriber>;
}

/** More than signOutEverywhere can end at once at the highest session limit. */
const MAX_QUEUED_EVENTS = 1024;

/** Enough for every tab and device of a user; what stops one session from filling memory. */
const MAX_SUBSCRIBERS_PER_SESSION = 100;
const MAX_CONNECTIONS_PER_SESSION = 100;

export class Hub {
  readonly #core: Core;
  readonly #held = new Map<string, Held>();
  readonly #subscribersByUser = new Map<string, Set<Subscriber>>();
  readonly #stopListening: () => void;

  constructor(core: Core) {
    this.#core = core;
    this.#stopListening = core.bus.listen((news) => this.act(news));
  }

  /**
   * Ties a connection to the session it was opened with. The caller looks
   * afterwards whether the session is still live: news from here on reaches it.
   *
   * @returns what unties it, or null when the session has too many already.
   */
  attach(session: Session, connection: Connection): (() => void) | null {
    const held = this.#hold(session);
    if (held.connections.size >= MAX_CONNECTIONS_PER_SESSION) return null;
    held.connections.add(connection);
    return () => {
      held.connections.delete(connection);
      this.#release(session.id, held);
    };
  }

  /**
   * A subscriber of its own queue, attached at once. It ends with its session.
   *
   * @throws TooManySubscriptionsError when the session has too many.
   */
  subscribe(topic: Topic, session: Session, connection: Connection): EventQueue<SessionEvent> {
    const held = this.#hold(session);
    if (held.subscribers.size >= MAX_SUBSCRIBERS_PER_SESSION) {
      throw new TooManySubscriptionsError(MAX_SUBSCRIBERS_PER_SESSION);
    }
    const { id: sessionId, userId } = session;
    const queue = new EventQueue<SessionEvent>(MAX_QUEUED_EVENTS, () => {
      held.subscribers.delete(subscriber);
      this.#release(sessionId, held);
      const ofUser = this.#subscribersByUser.get(userId);
      ofUser?.delete(subscriber);
      if (ofUser?.size === 0) this.#subscribersByUser.delete(userId);
    });
    const subscriber: Subscriber = { topic, userId, sessionId, connection, queue };
    held.subscribers.add(subscriber);
    const ofUser = this.#subscribersByUser.get(userId);
    if (ofUser) ofUser.add(subscriber);
    else this.#subscribersByUser.set(userId, new Set([subscriber]));
    return queue;
  }

  /** Acts on news. Hearing the same twice is hearing it once for whoever it ended. */
  act(news: News): void {
    if (news.type === 'started') {
      this.#tell('sessionStarted', news.userId, [news.sessionId]);
      return;
    }
    this.#core.memory.forget(news.sessionIds);
    this.#tell('sessionRevoked', news.userId, news.sessionIds);
    for (const sessionId of news.sessionIds) {
      const held = this.#held.get(sessionId);
      if (!held) continue;
      this.#held.delete(sessionId);
      for (const { queue } of [...held.subscribers]) queue.end();
      for (const connection of held.connections) connection.end(news.reason);
    }
  }

  #tell(topic: Topic, userId: string, sessionIds: string[]): void {
    const subscribers = this.#subscribersByUser.get(userId);
    if (!subscribers) return;
    const loads = sessionIds.map((sessionId) => ({ sessionId, load: loadOnce(this.#core, sessionId) }));
    for (const subscriber of [...subscribers]) {
      if (subscriber.topic !== topic) continue;
      const isOwn = ({ sessionId }: { sessionId: string }) => sessionId === subscriber.sessionId;
      const others = loads.filter((event) => !isOwn(event));
      // A subscriber's own end is the last thing it hears, and its own start is no news.
      const own = topic === 'sessionRevoked' ? loads.filter(isOwn) : [];
      for (const event of [...others, ...own]) {
        if (subscriber.queue.push({ ...event, isCurrent: isOwn(event) })) continue;
        void subscriber.queue.return();
        subscriber.connection.drop();
        break;
      }
    }
  }

  /** The sessions that connections and subscribers depend on, by id. */
  heldSessions(): Session[] {
    return [...this.#held.values()].map((held) => held.session);
  }

  countSubscribers(): number {
    let count = 0;
    for (const { size } of this.#subscribersByUser.values()) count += size;
    return count;
  }

  /** Hears nothing more. Connections are the transports' to close. */
  close(): void {
    this.#stopListening();
  }

  #hold(session: Session): Held {
    const existing = this.#held.get(session.id);
    if (existing) return existing;
    const held: Held = { session, connections: new Set(), subscribers: new Set() };
    this.#held.set(session.id, held);
    return held;
  }

  #release(sessionId: string, held: Held): void {
    if (held.connections.size > 0 || held.subscribers.size > 0) return;
    if (this.#held.get(sessionId) === held) this.#held.delete(sessionId);
  }
}

function loadOnce(core: Core, sessionId: string): () => Promise<Session> {
  let loaded: Promise<Session> | undefined;
  return () => {
    loaded ??= core.db.session.findUniqueOrThrow({ where: { id: sessionId } });
    return loaded;
  };
}
