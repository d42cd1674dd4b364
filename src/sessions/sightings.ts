/**
 * What requests tell by the way: that a session is used from another address,
 * and that somebody still uses a token that is good no more. Written to the
 * audit trail behind the request, many in one statement.
 *
 * Whoever causes them decides how often: so of each session one change of
 * address is recorded in five minutes, and one refused token in a day.
 */
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import { writeAuditLog } from '../audit/log.ts';
import { type NewAuditEvent, writeEvents } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import type { Session } from '../db/generated/prisma/client.ts';

const FLUSH_INTERVAL_MS = 5000;
const MOVE_INTERVAL_MS = 5 * 60_000;
const REFUSAL_INTERVAL_MS = 24 * 60 * 60_000;
/** Tabs and requests under way still have the token of before. */
const RENEWAL_GRACE_MS = 30_000;

/** Sessions whose last sighting is kept in mind, and those that wait to be written. */
const MAX_REMEMBERED = 50_000;
const MAX_PENDING = 5000;

/** A row that somebody holds is left for the next time. */
const MAX_TRIES = 3;

/** Why a token that we made was refused. */
type Refusal = 'ENDED' | 'RENEWED';

interface Move {
  session: Session;
  client: Client;
  at: Date;
  tries: number;
}

interface MovedRow {
  id: string;
  previous: string | null;
}

interface Refused {
  session: Session;
  why: Refusal;
  client: Client;
}

type Needs = Pick<Core, 'db' | 'query' | 'clock' | 'log'>;

export class Sightings {
  readonly #core: Needs;
  readonly #timer: NodeJS.Timeout;
  readonly #moved = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: MOVE_INTERVAL_MS });
  readonly #refused = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REFUSAL_INTERVAL_MS });
  #moves = new Map<string, Move>();
  #refusals: Refused[] = [];
  #lastFlush: Promise<void> = Promise.resolve();

  constructor(core: Needs) {
    this.#core = core;
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  /** A live session is used from another address than it was last. */
  seeMoved(session: Session, client: Client): void {
    if (client.ipAddress === null) return;
    session.lastIpAddress = client.ipAddress;
    if (this.#moved.has(session.id) || this.#moves.size >= MAX_PENDING) return;
    this.#moved.set(session.id, true);
    this.#moves.set(session.id, { session, client, at: this.#core.clock.now(), tries: 0 });
  }

  /** A token of ours was refused: its session has ended, or it was replaced. */
  seeRefused(session: Session, why: Refusal, client: Client): void {
    const renewedForMs = this.#core.clock.now().getTime() - session.confirmedAt.getTime();
    if (why === 'RENEWED' && renewedForMs < RENEWAL_GRACE_MS) return;
    if (this.#refused.has(session.id) || this.#refusals.length >= MAX_PENDING) return;
    this.#refused.set(session.id, true);
    this.#refusals.push({ session, why, client });
  }

  /** All that was seen before is written when it returns. Never throws: what could not be written is tried again. */
  flush(): Promise<void> {
    this.#lastFlush = this.#lastFlush.then(() => this.#write());
    return this.#lastFlush;
  }

  async #write(): Promise<void> {
    const moves = [...this.#moves.values()];
    const refusals = this.#refusals;
    this.#moves = new Map();
    this.#refusals = [];
    try {
      if (refusals.length > 0) await this.#writeRefusals(refusals);
      refusals.length = 0;
      if (moves.length > 0) await this.#writeMoves(moves);
    } catch (error) {
      const sightings = moves.length + refusals.length;
      this.#core.log.warn({ err: error, sightings }, 'what was seen of sessions could not be written');
      this.#refusals.unshift(...refusals);
      this.#keep(moves);
    }
  }

  async #writeMoves(moves: Move[]): Promise<void> {
    const rows = await this.#core.db.$queryRaw<MovedRow[]>`
      WITH held AS (
        SELECT s.id, s.user_id, s.previous, seen.event_id, seen.ip_address, seen.user_agent, seen.at
        FROM unnest(
          ${moves.map(({ session }) => session.id)}::uuid[],
          ${moves.map(() => uuidv7())}::uuid[],
          ${moves.map(({ client }) => client.ipAddress)}::inet[],
          ${moves.map(({ client }) => client.userAgent)}::text[],
          ${moves.map(({ at }) => at)}::timestamptz[]
        ) AS seen(session_id, event_id, ip_address, user_agent, at)
        JOIN LATERAL (
          SELECT id, user_id, last_ip_address AS previous FROM sessions
          WHERE id = seen.session_id AND ended_at IS NULL AND last_ip_address IS DISTINCT FROM seen.ip_address
          FOR NO KEY UPDATE SKIP LOCKED
        ) s ON true
      ), moved AS (
        UPDATE sessions s SET last_ip_address = held.ip_address FROM held WHERE s.id = held.id
      ), recorded AS (
        INSERT INTO audit_events (
          id, type, user_id, session_id, actor_kind, actor_id, ip_address, user_agent, details, occurred_at
        )
        SELECT event_id, 'IP_CHANGED', user_id, id, 'USER', user_id, ip_address, user_agent,
          jsonb_build_object('previousIpAddress', host(previous)), at
        FROM held
      )
      SELECT id, host(previous) AS previous FROM held`;
    const previous = new Map(rows.map((row) => [row.id, row.previous]));
    const written = moves.filter(({ session }) => previous.has(session.id));
    writeAuditLog(
      this.#core.log,
      written.map(({ session, client }) => ({
        type: 'IP_CHANGED',
        userId: session.userId,
        sessionId: session.id,
        client,
        details: { previousIpAddress: previous.get(session.id) ?? null },
      })),
    );
    this.#keep(moves.filter(({ session }) => !previous.has(session.id)));
  }

  /** What was not written has not changed after all, has ended, or was held by somebody. */
  #keep(moves: Move[]): void {
    for (const move of moves) {
      if (++move.tries < MAX_TRIES && !this.#moves.has(move.session.id)) {
        this.#moves.set(move.session.id, move);
      }
    }
  }

  /** Other processes may have seen them too. */
  async #writeRefusals(refusals: Refused[]): Promise<void> {
    const { db, query, clock, log } = this.#core;
    const now = clock.now();
    const since = new Date(now.getTime() - REFUSAL_INTERVAL_MS);
    const known = await db.auditEvent.findMany({
      where: {
        type: 'ENDED_TOKEN_USED',
        sessionId: { in: refusals.map(({ session }) => session.id) },
        occurredAt: { gt: since },
      },
      select: { sessionId: true },
    });
    const knownIds = new Set(known.map(({ sessionId }) => sessionId));
    const events = refusals
      .filter(({ session }) => !knownIds.has(session.id))
      .map(
        ({ session, why, client }): NewAuditEvent => ({
          type: 'ENDED_TOKEN_USED',
          userId: session.userId,
          sessionId: session.id,
          // Whoever it is: it need not be the user.
          actor: { kind: 'USER', id: null },
          client,
          details: { why },
        }),
      );
    if (events.length === 0) return;
    await query(writeEvents(now, events));
    writeAuditLog(log, events);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
