/**
 * One transaction for a change to sessions, its audit events, its announcement
 * and its mail: all of it happens, or nothing does.
 *
 * When it returns, this process has acted on the news, so that a mutation never
 * answers before the token it revoked is refused.
 */
import { writeAuditLog } from '../audit/log.ts';
import { type NewAuditEvent, writeEvents } from '../audit/trail.ts';
import type { Core } from '../core.ts';
import { Prisma, type Session, type User } from '../db/generated/prisma/client.ts';
import type { QueryPrepared, Statement } from '../db/prepared.ts';
import type { NewMail } from '../mail/notice.ts';
import type { Announcement, News } from './news.ts';

export interface Change {
  /** In the transaction. */
  query: QueryPrepared;
  /** One instant for all that the transaction writes; it is after that of any other that held the lock before. */
  now: Date;
  /** The locked users, as they are under the lock; those that are not there are gone. */
  users: ReadonlyMap<string, LockedUser>;
  /** To be run along with the commit, where nobody waits for what comes of it. */
  write(statement: Statement): void;
  /** For the audit trail. */
  record(...events: NewAuditEvent[]): void;
  /** To be told when the transaction is committed; with the sessions' rows as they are by then. */
  announce(news: News, sessions: readonly Session[]): void;
  /** To be sent when the transaction is committed; to one of the locked users. */
  mail(mail: NewMail): void;
  /** To be done when the transaction is committed, before anybody is answered. It never rejects. */
  follow(work: () => Promise<void>): void;
}

/** What may have changed before the lock was had. */
export type LockedUser = Pick<
  User,
  'id' | 'email' | 'externalId' | 'contactEmail' | 'language' | 'passwordHash' | 'role' | 'disabledAt'
>;

/**
 * @param userIds users whose rows are locked first, so that sign-ins, the session
 *   limit, revocations and password changes of a user come one after another.
 *   Only sweeps, which wait for no lock, go without.
 * @param work may be run again; see `InTransaction`.
 */
export function transact<T>(core: Core, userIds: string[], work: (change: Change) => Promise<T>): Promise<T> {
  return transactOn(core, userIds, async () => {}, work);
}

/** @param read what is read as soon as the lock is had, in the same round trip. */
export async function transactOn<Read, T>(
  core: Core,
  userIds: string[],
  read: (query: QueryPrepared) => Promise<Read>,
  work: (change: Change, found: Read) => Promise<T>,
): Promise<T> {
  const { answer, finish } = await core.inTransaction(async ({ begun, query, commit }) => {
    const [users, found] = await Promise.all([lockUsers(query, userIds), read(query), begun]);
    const now = core.clock.now();
    const writes: Statement[] = [];
    const events: NewAuditEvent[] = [];
    const announcements: Announcement[] = [];
    const mails: NewMail[] = [];
    const followers: (() => Promise<void>)[] = [];
    const change: Change = {
      query,
      now,
      users,
      write: (statement) => void writes.push(statement),
      record: (...recorded) => void events.push(...recorded),
      announce: (news, sessions) => void announcements.push({ news, sessions }),
      mail: (mail) => void mails.push(mail),
      follow: (work) => void followers.push(work),
    };
    const answer = await work(change, found);
    const mail = core.outbox.enqueue(now, mails);
    const trail = events.length > 0 ? [writeEvents(now, events)] : [];
    const { statements, publish } = core.bus.enlist(announcements);
    // From here on it may be committed, and should the connection break we would not know. Acting on the news
    // ends the doubt; else the watch settles it.
    core.memory.doubt(announcements.flatMap(({ news }) => outdatedBy(news)));
    const written = await commit([...mail, ...writes, ...trail, ...statements]);
    const finish = async () => {
      for (const event of events) count(core, event);
      writeAuditLog(core.log, events);
      if (mail.length > 0) core.outbox.noteEnqueued(mails.length - (written[0]?.length ?? 0));
      await Promise.all([publish(), ...followers.map((follow) => follow())]);
    };
    return { answer, finish };
  });
  await finish();
  return answer;
}

/** The sessions of which no row that was read before is good any more. */
function outdatedBy(news: News): string[] {
  if (news.type === 'started' || news.type === 'changed') return [];
  return news.type === 'ended' ? news.sessionIds : [news.sessionId];
}

function count({ metrics }: Core, { type, details }: NewAuditEvent): void {
  if (type === 'SESSION_STARTED') metrics.sessionsStarted.inc();
  if (type === 'SESSION_ENDED') metrics.sessionsEnded.inc({ reason: String(details?.['reason']) });
}

/** Always before any lock on sessions, and in one order: no deadlock. */
async function lockUsers(query: QueryPrepared, userIds: string[]): Promise<Map<string, LockedUser>> {
  const [id, another] = userIds;
  if (id === undefined) return new Map();
  // For a list of ids PostgreSQL would make a new plan each time.
  const which =
    another === undefined ? Prisma.sql`id = ${id}::uuid` : Prisma.sql`id = ANY(${userIds}::uuid[])`;
  const rows = await query<LockedUser>(Prisma.sql`
    SELECT id, email, external_id AS "externalId", contact_email AS "contactEmail", language,
           password_hash AS "passwordHash", role, disabled_at AS "disabledAt"
    FROM users
    WHERE ${which} ORDER BY id FOR NO KEY UPDATE`);
  return new Map(rows.map((user) => [user.id, user]));
}
