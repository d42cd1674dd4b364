/**
 * Compares what this process holds with the database, and acts on the difference
 * as if it had been told. The bus is a shortcut; this is what makes it safe to
 * lose some of it.
 *
 * Two questions: which of the sessions held here (by sockets, by memory) have
 * ended, by whatever means; and what happened lately, by the audit trail, to the
 * other sessions of users who subscribe here.
 */
import type { Core } from '../core.ts';
import type { Session, SessionEndReason } from '../db/generated/prisma/client.ts';
import { tellEnds } from '../sessions/end.ts';
import type { News } from '../sessions/news.ts';
import type { Hub } from './hub.ts';

/** Looked up by one query: many short ones hold neither this process nor the database up for long. */
const BATCH = 1000;

/** Events carry the time at which their transaction began, and are seen only once it is committed. */
const LOOK_BACK_MS = 15_000;

/** At least so long it is known what was told: longer than anything may be found, or announced, again. */
const TOLD_KEPT_MS = 60_000;

/** A session as it is held here; null for a secret that doesn't matter. */
type Held = Pick<Session, 'id'> & { secretHash: Session['secretHash'] | null };

interface ChangedRow {
  id: string;
  userId: string | null;
  endedAt: Date | null;
  endReason: SessionEndReason | null;
}

interface HappenedRow extends ChangedRow {
  userId: string;
  createdAt: Date;
  type: 'SESSION_STARTED' | 'SESSION_ENDED';
}

export class Comparison {
  readonly #core: Core;
  readonly #hub: Hub;
  /** When the last one that was finished began. */
  #since: Date;
  #toldAgedAt: Date;
  #underWay: Promise<void> = Promise.resolve();

  constructor(core: Core, hub: Hub) {
    this.#core = core;
    this.#hub = hub;
    this.#since = core.clock.now();
    this.#toldAgedAt = this.#since;
  }

  /** One after the other. @throws when the database can't be asked. */
  run(): Promise<void> {
    const next = this.#underWay.catch(() => {}).then(() => this.#compare());
    this.#underWay = next;
    return next;
  }

  async #compare(): Promise<void> {
    const { bus, clock, memory, metrics } = this.#core;
    const startedAt = clock.now();
    const stop = metrics.comparison.startTimer();
    try {
      for (const some of batches(this.#hub.heldSessions())) await this.#compareSome(some);
      // Memory that is not trusted does no harm.
      for (const some of batches(bus.isHeard() ? memory.sessions() : [])) await this.#compareSome(some);
      for (const userIds of batches(this.#hub.subscribedUserIds())) await this.#catchUp(userIds);
    } catch (error) {
      metrics.comparisonFailures.inc();
      throw error;
    }
    stop();
    this.#since = startedAt;
    if (startedAt.getTime() - this.#toldAgedAt.getTime() < TOLD_KEPT_MS) return;
    this.#toldAgedAt = clock.now();
    this.#hub.forgetTold();
  }

  async #compareSome(sessions: Session[]): Promise<void> {
    this.#core.metrics.comparisonFound.inc(await actOnChanged(this.#core, this.#hub, sessions));
  }

  /** Tells subscribers of these users what happened to their other sessions and no bus told. */
  async #catchUp(userIds: string[]): Promise<void> {
    const since = new Date(this.#since.getTime() - LOOK_BACK_MS);
    const rows = await this.#core.db.$queryRaw<HappenedRow[]>`
      SELECT e.type::text, s.id, s.user_id AS "userId", s.created_at AS "createdAt",
             s.ended_at AS "endedAt", s.end_reason AS "endReason"
      FROM audit_events e
      JOIN unnest(${userIds}::uuid[]) AS subscribed(user_id) ON subscribed.user_id = e.user_id
      JOIN sessions s ON s.id = e.session_id
      WHERE e.occurred_at > ${since} AND e.type IN ('SESSION_STARTED', 'SESSION_ENDED')
      ORDER BY e.occurred_at`;
    const started = rows.filter(({ type }) => type === 'SESSION_STARTED');
    const ended = rows.filter(({ type }) => type === 'SESSION_ENDED');
    const news: News[] = [
      ...started.map(({ id, userId, createdAt }) => ({
        type: 'started' as const,
        userId,
        sessionId: id,
        startedAt: createdAt,
      })),
      ...tellEnds(ended),
    ];
    for (const item of news) if (this.#hub.act(item)) this.#core.metrics.comparisonFound.inc();
  }
}

/**
 * Acts on the end of those of these sessions that have ended, or are not there any more, and on the new token of
 * those that have one.
 *
 * @returns of how many it was news.
 */
export async function actOnChanged(core: Core, hub: Hub, held: readonly Held[]): Promise<number> {
  if (held.length === 0) return 0;
  const ids = held.map(({ id }) => id);
  const hashes = held.map(({ secretHash }) => secretHash && Buffer.from(secretHash).toString('hex'));
  const rows = await core.db.$queryRaw<ChangedRow[]>`
    SELECT held.id, s.user_id AS "userId", s.ended_at AS "endedAt", s.end_reason AS "endReason"
    FROM unnest(${ids}::uuid[], ${hashes}::text[]) AS held(id, hash)
    LEFT JOIN sessions s ON s.id = held.id
    WHERE s.id IS NULL OR s.ended_at IS NOT NULL OR s.secret_hash <> decode(held.hash, 'hex')`;
  const now = core.clock.now();
  // A row that is gone was deleted by an administrator, its user with it.
  const gone = { userId: '', endedAt: now, endReason: 'REVOKED_BY_ADMIN' as const };
  const changed = rows.map(({ userId, ...row }) =>
    userId === null ? { ...gone, id: row.id } : { ...row, userId },
  );
  let found = 0;
  for (const news of tellEnds(changed)) if (hub.act(news)) found += news.sessionIds.length;
  for (const { id: sessionId, userId, endedAt } of changed) {
    if (endedAt === null && hub.act({ type: 'renewed', userId, sessionId, renewedAt: now })) found++;
  }
  return found;
}

function* batches<T>(items: readonly T[]): Iterable<T[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}
