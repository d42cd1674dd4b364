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
import { TooManyConnectionsError } from '../errors.ts';
import type { News } from '../sessions/news.ts';
import { EventQueue } from './event-queue.ts';
import { Told } from './told.ts';

/** Something happened to a session; its row is read once for all subscribers, when first asked for. */
export interface SessionStarted {
  sessionId: string;
  load(): Promise<Session>;
}

export interface SessionRevoked extends SessionStarted {
  reason: SessionEndReason;
  revokedAt: Date;
  /** True for the last event of a subscriber whose own session ended. */
  isCurrent: boolean;
}

export interface Events {
  sessionRevoked: SessionRevoked;
  sessionStarted: SessionStarted;
}

export type Topic = keyof Events;

type Started = Extract<News, { type: 'started' }>;
type Ended = Extract<News, { type: 'ended' }>;
type Renewed = Extract<News, { type: 'renewed' }>;

/** What the hub does with a connection: a WebSocket, or the response of an event stream. */
export interface Connection {
  /** Its session ended: finish what is being sent, then close. */
  end(reason: SessionEndReason): void;
  /** Its session has a new token: tell it no more, finish what is being answered, then close, so that the peer comes again with that. */
  renew(): void;
  /** Its peer doesn't read: close now. */
  drop(): void;
}

/** How many connections there may be at once. */
export interface ConnectionLimits {
  perSession: number;
  perUser: number;
}

interface Subscriber<Event> {
  session: Session;
  connection: Connection;
  queue: EventQueue<Event>;
  sinceMs: number;
}

/** The sessions that something here depends on being live. */
interface Held {
  session: Session;
  connections: Set<Connection>;
  /** Made for the first. */
  queues: Set<{ end(): void }> | null;
}

interface OfUser {
  connections: number;
  subscribers: { [T in Topic]: Set<Subscriber<Events[T]>> };
}

/** More than signOutEverywhere can end at once at the highest session limit. */
const MAX_QUEUED_EVENTS = 1024;

/** How long subscribers wait for the row that an event is about. */
const LOAD_PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 1000;

/** No transaction takes longer: who subscribed later than that has read of it, and is not told. */
const OLD_NEWS_MS = 15_000;

export class Hub {
  readonly #core: Core;
  readonly #limits: ConnectionLimits;
  readonly #held = new Map<string, Held>();
  readonly #users = new Map<string, OfUser>();
  readonly #told = new Told();
  readonly #stopListening: () => void;

  constructor(core: Core, limits: ConnectionLimits) {
    this.#core = core;
    this.#limits = limits;
    this.#stopListening = core.bus.listen((news, sessions) => this.act(news, sessions));
  }

  /**
   * Ties a connection to the session it was opened with. The caller looks
   * afterwards whether the session is still live: news from here on reaches it.
   *
   * @returns what unties it.
   * @throws TooManyConnectionsError when the session, or its user, has too many.
   */
  attach(session: Session, connection: Connection): () => void {
    const { perSession, perUser } = this.#limits;
    if ((this.#held.get(session.id)?.connections.size ?? 0) >= perSession) {
      throw new TooManyConnectionsError('session', perSession);
    }
    if ((this.#users.get(session.userId)?.connections ?? 0) >= perUser) {
      throw new TooManyConnectionsError('user', perUser);
    }
    const held = this.#hold(session);
    const user = this.#user(session.userId);
    held.connections.add(connection);
    user.connections++;
    return () => {
      if (!held.connections.delete(connection)) return;
      user.connections--;
      this.#release(held, user);
    };
  }

  /**
   * A subscriber with a queue of its own, attached at once. It ends with its session.
   *
   * @throws TooManyConnectionsError for a connection that is not attached yet, as `attach` does.
   */
  subscribe<T extends Topic>(topic: T, session: Session, connection: Connection): EventQueue<Events[T]> {
    const isAttached = this.#held.get(session.id)?.connections.has(connection) ?? false;
    const detach = isAttached ? () => {} : this.attach(session, connection);
    const held = this.#hold(session);
    const user = this.#user(session.userId);
    const subscribers: Set<Subscriber<Events[T]>> = user.subscribers[topic];
    held.queues ??= new Set();
    const { queues } = held;
    const queue = new EventQueue<Events[T]>(MAX_QUEUED_EVENTS, () => {
      queues.delete(queue);
      subscribers.delete(subscriber);
      detach();
      this.#release(held, user);
    });
    const subscriber = { session, connection, queue, sinceMs: this.#core.clock.now().getTime() };
    queues.add(queue);
    subscribers.add(subscriber);
    return queue;
  }

  /**
   * Acts on news. Hearing the same twice is hearing it once.
   *
   * @param sessions the rows it is about; those that are not there are read when they are needed.
   * @returns whether it was news to anybody here.
   */
  act(news: News, sessions: readonly Session[] = []): boolean {
    switch (news.type) {
      case 'started':
        return this.#tellStart(news, sessions);
      case 'renewed':
        return this.#renew(news);
      case 'ended':
        return this.#end(news, sessions);
      case 'changed':
        return this.#core.users.forget(news.userId);
    }
  }

  /** Whoever connected with the token of before is no longer known by it. */
  #renew({ sessionId }: Renewed): boolean {
    const wasRemembered = this.#core.memory.outdate(sessionId);
    const held = this.#held.get(sessionId);
    if (!held) return wasRemembered;
    this.#held.delete(sessionId);
    for (const connection of held.connections) connection.renew();
    return true;
  }

  #end(news: Ended, sessions: readonly Session[]): boolean {
    const wasRemembered = this.#core.memory.forget(news.sessionIds);
    let isNews = this.#tellEnd(news, sessions) || wasRemembered;
    for (const sessionId of news.sessionIds) {
      const held = this.#held.get(sessionId);
      if (!held) continue;
      isNews = true;
      this.#held.delete(sessionId);
      this.#core.metrics.push.observe(
        Math.max(0, this.#core.clock.now().getTime() - news.endedAt.getTime()) / 1000,
      );
      for (const queue of [...(held.queues ?? [])]) queue.end();
      for (const connection of held.connections) connection.end(news.reason);
    }
    return isNews;
  }

  #tellStart({ userId, sessionId, startedAt }: Started, sessions: readonly Session[]): boolean {
    const isFirst = this.#told.add(`started ${sessionId}`);
    const subscribers = this.#users.get(userId)?.subscribers.sessionStarted;
    if (!isFirst || !subscribers) return false;
    const load = this.#loader(sessionId, userId, sessions[0]);
    let isNews = false;
    for (const subscriber of [...subscribers]) {
      // Its own start is no news to it.
      if (subscriber.session.id === sessionId || isOld(startedAt, subscriber)) continue;
      push(subscriber, { sessionId, load });
      isNews = true;
    }
    return isNews;
  }

  #tellEnd({ userId, reason, endedAt, sessionIds }: Ended, sessions: readonly Session[]): boolean {
    const untold = sessionIds.filter((sessionId) => this.#told.add(`ended ${sessionId}`));
    const subscribers = this.#users.get(userId)?.subscribers.sessionRevoked;
    if (!subscribers?.size) return false;
    const known = new Map(sessions.map((session) => [session.id, session]));
    const events = untold.map((sessionId) => ({
      sessionId,
      reason,
      revokedAt: endedAt,
      isCurrent: false,
      load: this.#loader(sessionId, userId, known.get(sessionId)),
    }));
    let isNews = false;
    for (const subscriber of [...subscribers]) {
      const isOwn = (event: SessionRevoked) => event.sessionId === subscriber.session.id;
      const others = isOld(endedAt, subscriber) ? [] : events.filter((event) => !isOwn(event));
      // A subscriber's own end is the last thing it hears.
      const own = events.filter(isOwn).map((event) => ({ ...event, isCurrent: true }));
      push(subscriber, ...others, ...own);
      if (others.length + own.length > 0) isNews = true;
    }
    return isNews;
  }

  /** At most one read for all who are told. */
  #loader(sessionId: string, userId: string, known: Session | undefined): () => Promise<Session> {
    let loaded = known && Promise.resolve(known);
    return () => {
      loaded ??= loadPatiently(this.#core, sessionId, userId);
      return loaded;
    };
  }

  /** The sessions that connections and subscribers depend on: all, or those that are looked for. */
  heldSessions(isLookedFor: (session: Session) => boolean = () => true): Session[] {
    const sessions: Session[] = [];
    for (const { session } of this.#held.values()) if (isLookedFor(session)) sessions.push(session);
    return sessions;
  }

  /** The session, if something here depends on it. */
  find(sessionId: string): Session | undefined {
    return this.#held.get(sessionId)?.session;
  }

  /** The users whose news somebody here wants to hear. */
  subscribedUserIds(): string[] {
    const ids: string[] = [];
    for (const [id, user] of this.#users) if (countAll(user) > 0) ids.push(id);
    return ids;
  }

  /** What was told before the last call may be forgotten: it comes no more. */
  forgetTold(): void {
    this.#told.age();
  }

  countSubscribers(topic?: Topic): number {
    let count = 0;
    for (const user of this.#users.values()) count += topic ? user.subscribers[topic].size : countAll(user);
    return count;
  }

  countHeld(): number {
    return this.#held.size;
  }

  /** Hears nothing more. Connections are the transports' to close. */
  close(): void {
    this.#stopListening();
  }

  #hold(session: Session): Held {
    const existing = this.#held.get(session.id);
    if (existing) return existing;
    const held: Held = { session, connections: new Set(), queues: null };
    this.#held.set(session.id, held);
    return held;
  }

  #user(userId: string): OfUser {
    const existing = this.#users.get(userId);
    if (existing) return existing;
    const user = {
      connections: 0,
      subscribers: { sessionRevoked: new Set(), sessionStarted: new Set() },
    } satisfies OfUser;
    this.#users.set(userId, user);
    return user;
  }

  #release({ session, connections, queues }: Held, user: OfUser): void {
    if (connections.size === 0 && !queues?.size) {
      if (this.#held.get(session.id)?.connections === connections) this.#held.delete(session.id);
    }
    if (user.connections + countAll(user) > 0) return;
    if (this.#users.get(session.userId) === user) this.#users.delete(session.userId);
  }
}

function countAll({ subscribers }: OfUser): number {
  return subscribers.sessionRevoked.size + subscribers.sessionStarted.size;
}

function isOld(at: Date, { sinceMs }: { sinceMs: number }): boolean {
  return sinceMs - at.getTime() > OLD_NEWS_MS;
}

/** A subscriber that doesn't keep up is cut off. */
function push<Event>({ queue, connection }: Subscriber<Event>, ...events: Event[]): void {
  if (events.every((event) => queue.push(event))) return;
  void queue.return();
  connection.drop();
}

/** The news is told once: with a database that is away for a moment it must not be lost. */
async function loadPatiently({ db }: Core, id: string, userId: string): Promise<Session> {
  const deadline = performance.now() + LOAD_PATIENCE_MS;
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      // Only its own user's: the bus is not to be trusted with that.
      const session = await db.session.findUnique({ where: { id, userId } });
      if (session) return session;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
      continue;
    }
    throw new Error('There was news of a session that is not there');
  }
}
