/**
 * The outbox: a mail is written down in the transaction of what it tells of, and
 * sent after it. So there is a mail if and only if that happened, whatever is
 * killed when, and no request waits for a mail server.
 *
 * Whoever sends a mail claims it first, for longer than a try can take: no two
 * processes send it at once, and one that dies meanwhile only delays it. It goes
 * out twice only when nobody can know whether it went out: the connection broke
 * between the whole message and the answer, or the process died there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../core.ts';
import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/prisma/client.ts';
import type { Statement } from '../db/prepared.ts';
import type { Languages } from '../i18n/languages.ts';
import type { Metrics } from '../metrics.ts';
import { MailError, type Mailer } from './mailer.ts';
import { writeMail } from './messages.ts';
import type { NewMail } from './notice.ts';

/** Mails to one user in an hour: more would be a flood, whoever signs in so often. */
const HOURLY_LIMIT = 10;
/**
 * Of these, for new devices alone. Else a script that signs in from two networks
 * all day, or somebody who makes it look so, would hide a stranger’s device.
 */
const KEPT_FOR_NEW_DEVICES = 5;
const HOUR_MS = 3_600_000;

/** How often a process looks for mails that others left. */
const POLL_INTERVAL_MS = 10_000;

/** A try is given up after this… */
const TRY_TIMEOUT_MS = 60_000;
/** …and long after that, another process may try. */
const LEASE_MS = 5 * 60_000;

/** Each wait is twice the one before, up to an hour, give or take a fifth, so that not all come back at once. */
const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = HOUR_MS;
const RETRY_SPREAD = 0.2;
/** A mail this old is not tried again. */
const GIVE_UP_MS = 24 * HOUR_MS;

/** How long a stop waits for what is under way. */
const CLOSE_DEADLINE_MS = 5000;
const WRITE_RETRY_MS = 1000;

interface ClaimedMail extends NewMail {
  id: string;
  createdAt: Date;
  /** With this one. Nobody else has the same number of the same mail. */
  tries: number;
}

type Outcome = { isSent: true } | { isSent: false; isPermanent: boolean; reason: string };

export interface OutboxOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  languages: Languages;
  /** Null: no mail is made. */
  mailer: Mailer | null;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #mailer: Mailer | null;
  /** Null until it is opened. */
  #origin: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Aborted when a stop waits no longer. */
  readonly #impatience = new AbortController();
  #isWanted = false;
  #isClaiming = false;
  #claiming: Promise<void> = Promise.resolve();
  /** By the mail's id. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#mailer = options.mailer;
  }

  /**
   * What writes mails down: one statement, or none where there are none. The caller's
   * transaction holds the lock on their users, so that the limit holds however many
   * it races with.
   */
  enqueue(now: Date, mails: readonly NewMail[]): Statement[] {
    if (mails.length === 0 || !this.#mailer) return [];
    const rows = mails.map(({ kind, userId, recipient, details }) => ({
      id: uuidv7(),
      kind,
      user_id: userId,
      recipient,
      details,
    }));
    const statement = Prisma.sql`
      INSERT INTO mails (id, kind, user_id, recipient, details, created_at, next_try_at)
      SELECT id, kind, user_id, recipient, details, ${now}::timestamptz, ${now}::timestamptz
      FROM (
        SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY id) AS place
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS mail(
          id uuid, kind mail_kind, user_id uuid, recipient text, details jsonb
        )
      ) mail
      WHERE place <= ${HOURLY_LIMIT}
        - CASE WHEN (details->>'isNewDevice')::boolean THEN 0 ELSE ${KEPT_FOR_NEW_DEVICES}::int END - (
        SELECT count(*) FROM mails
        WHERE mails.user_id = mail.user_id AND mails.created_at > ${new Date(now.getTime() - HOUR_MS)}
      )
      RETURNING id`;
    return [statement];
  }

  /** They are committed, and there may be something to send. @param withheld how many were not written. */
  noteEnqueued(withheld: number): void {
    if (withheld > 0) {
      this.#options.log.warn(
        { withheld },
        `mails are withheld: a user gets at most ${HOURLY_LIMIT} in an hour, ${KEPT_FOR_NEW_DEVICES} of them for new devices alone`,
      );
    }
    this.wake();
  }

  /** From now on mails are sent. @param origin of this server, to which they lead. */
  open(origin: string): void {
    if (!this.#mailer) return;
    this.#origin = origin;
    this.#poll();
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#origin === null || this.#isClosed) return;
    this.#isWanted = true;
    if (!this.#isClaiming) this.#claiming = this.#claimDue();
  }

  /** Sends what is due by now, and waits until it is sent. Only for tests: the clock does it otherwise. */
  async round(): Promise<void> {
    this.wake();
    while (this.#isClaiming || this.#underWay.size > 0) {
      await Promise.all([this.#claiming, ...this.#underWay.values()]);
    }
  }

  /** Finishes what is under way, within a deadline; what is not sent by then is left to the next try. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#claiming;
    const timer = setTimeout(() => this.#impatience.abort(), CLOSE_DEADLINE_MS);
    await Promise.all(this.#underWay.values());
    clearTimeout(timer);
    this.#mailer?.close();
  }

  #poll(): void {
    this.wake();
    this.#timer = setTimeout(() => this.#poll(), POLL_INTERVAL_MS * (0.8 + Math.random() * 0.2)).unref();
  }

  /** Claims, again and again, until nothing is due or there is no room. Whoever makes room wakes it. */
  async #claimDue(): Promise<void> {
    this.#isClaiming = true;
    try {
      while (this.#isWanted && this.#room() > 0 && !this.#isClosed) {
        this.#isWanted = false;
        for (const mail of await this.#claim(this.#room())) this.#start(mail);
      }
    } catch (error) {
      this.#options.log.warn({ err: error }, 'mail could not be looked for');
    } finally {
      // In the same turn as the last look at what is wanted: nothing is missed between.
      this.#isClaiming = false;
    }
  }

  #room(): number {
    return (this.#mailer?.concurrency ?? 0) - this.#underWay.size;
  }

  async #claim(limit: number): Promise<ClaimedMail[]> {
    const { db, clock } = this.#options;
    const now = clock.now();
    // What is under way here stays so when the clock leaps over its lease, as where a machine slept.
    // Materialized, or PostgreSQL might look for due ones more than once, and lock more than the limit.
    return db.$queryRaw<ClaimedMail[]>`
      WITH due AS MATERIALIZED (
        SELECT id FROM mails
        WHERE sent_at IS NULL AND failed_at IS NULL AND next_try_at <= ${now}
          AND id <> ALL (${[...this.#underWay.keys()]}::uuid[])
        ORDER BY next_try_at
        LIMIT ${limit}
        FOR UPDATE SKIP LOCKED
      )
      UPDATE mails SET tries = tries + 1, next_try_at = ${new Date(now.getTime() + LEASE_MS)}
      FROM due WHERE mails.id = due.id
      RETURNING mails.id, kind, user_id AS "userId", recipient, details, created_at AS "createdAt", tries`;
  }

  #start(mail: ClaimedMail): void {
    const leaseEndsMs = this.#options.clock.now().getTime() + LEASE_MS;
    const delivery = this.#deliver(mail, leaseEndsMs).finally(() => {
      this.#underWay.delete(mail.id);
      this.wake();
    });
    this.#underWay.set(mail.id, delivery);
  }

  async #deliver(mail: ClaimedMail, leaseEndsMs: number): Promise<void> {
    const outcome = await this.#try(mail);
    const { clock, log } = this.#options;
    // Not written down, it would be sent again: so until the lease ends nothing is left untried.
    for (;;) {
      try {
        return await this.#settle(mail, outcome);
      } catch (error) {
        log.warn({ err: error, mailId: mail.id }, 'what became of a mail could not be written');
        if (this.#isClosed || clock.now().getTime() > leaseEndsMs) return;
        await pause(WRITE_RETRY_MS);
      }
    }
  }

  async #try({ id, recipient, createdAt, kind, details }: ClaimedMail): Promise<Outcome> {
    if (!this.#mailer || this.#origin === null) throw new Error('The outbox is not open');
    const signal = AbortSignal.any([this.#impatience.signal, AbortSignal.timeout(TRY_TIMEOUT_MS)]);
    try {
      const text = writeMail({ kind, details }, this.#origin, this.#options.languages);
      await this.#mailer.send({ id, to: recipient, date: createdAt, ...text }, signal);
      return { isSent: true };
    } catch (error) {
      if (signal.aborted) {
        return { isSent: false, isPermanent: false, reason: 'it was not answered in time' };
      }
      if (error instanceof MailError) {
        return { isSent: false, isPermanent: error.isPermanent, reason: error.message };
      }
      // Such as details of another release, which a process of that one will know how to write.
      this.#options.log.error({ err: error, mailId: id }, 'a mail could not be written');
      return { isSent: false, isPermanent: false, reason: 'its text could not be written' };
    }
  }

  async #settle(mail: ClaimedMail, outcome: Outcome): Promise<void> {
    const { db, clock, log, metrics } = this.#options;
    const { id, tries } = mail;
    const now = clock.now();
    if (outcome.isSent) {
      // Whoever holds the lease by now.
      await db.$executeRaw`
        UPDATE mails SET sent_at = ${now}, last_error = NULL WHERE id = ${id}::uuid AND sent_at IS NULL`;
      metrics.mails.inc({ result: 'sent' });
      return;
    }
    const { isPermanent, reason } = outcome;
    const nextTryAt = new Date(now.getTime() + chooseDelayMs(tries));
    const isGivenUp = isPermanent || nextTryAt.getTime() - mail.createdAt.getTime() > GIVE_UP_MS;
    await db.$executeRaw`
      UPDATE mails SET last_error = ${reason}, next_try_at = ${nextTryAt}, failed_at = ${isGivenUp ? now : null}
      WHERE id = ${id}::uuid AND tries = ${tries} AND sent_at IS NULL`;
    metrics.mails.inc({ result: isGivenUp ? 'given_up' : 'failed' });
    const facts = { mailId: id, tries, reason };
    if (isGivenUp) log.error(facts, 'a mail was given up');
    else log.warn({ ...facts, nextTryAt }, 'a mail could not be sent, and is tried again');
  }
}

/** @param tries those there were. */
function chooseDelayMs(tries: number): number {
  const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), MAX_RETRY_MS);
  return delayMs * (1 - RETRY_SPREAD + Math.random() * 2 * RETRY_SPREAD);
}
