/**
 * How long a process goes on accepting a token after the revocation of it was
 * answered: one process is asked to revoke, while another, or the same, is asked
 * for the session without a pause.
 */
import type { Pair } from './database.ts';
import { createHttpClient, type Post } from './http.ts';
import { revoke, warm } from './revoking.ts';

/** Accepted so often on each before the revocation is sent. */
const ACCEPTED_BEFORE = 3;
/** Refused so often in a row is refused for good. */
const REFUSED_AFTER = 3;

export interface StalenessJob {
  revokingUrl: string;
  askedUrl: string;
  pairs: Pair[];
  /** Connections over which it is asked, each with one request after another. */
  askers: number;
  /** Each is given up after so long, and no new one is begun after so long in all. */
  boundMs: number;
  budgetMs: number;
}

export interface Staleness {
  /** Milliseconds; 0 when nothing that was sent after the answer was accepted. */
  delays: number[];
  /** How often the session was asked for in all. */
  requests: number;
  /** Still accepted at the bound. */
  exceeded: number;
  /** Accepted again after it had been refused. */
  cameBack: number;
}

export async function measureStaleness(job: StalenessJob): Promise<Staleness> {
  const result: Staleness = { delays: [], requests: 0, exceeded: 0, cameBack: 0 };
  const asking = createHttpClient(job.askers);
  const revoking = createHttpClient(1);
  const giveUpAt = performance.now() + job.budgetMs;
  try {
    for (const pair of job.pairs) {
      if (performance.now() > giveUpAt) break;
      await warm(revoking.post, job.revokingUrl, pair);
      await measureOne(job, pair, asking.post, revoking.post, result);
    }
  } finally {
    asking.close();
    revoking.close();
  }
  return result;
}

async function measureOne(
  { askedUrl, revokingUrl, askers: count, boundMs }: StalenessJob,
  pair: Pair,
  ask: Post,
  tell: Post,
  result: Staleness,
): Promise<void> {
  let answeredAt = Number.POSITIVE_INFINITY;
  let lastAcceptedAt = Number.NEGATIVE_INFINITY;
  let gaveUp = false;
  let ready = () => {};
  const allReady = new Promise<void>((resolve) => {
    let left = count;
    ready = () => {
      left--;
      if (left === 0) resolve();
    };
  });

  const askOnAndOn = async () => {
    let accepted = 0;
    let refused = 0;
    while (refused < REFUSED_AFTER) {
      const sentAt = performance.now();
      if (sentAt > answeredAt + boundMs) {
        gaveUp = true;
        return;
      }
      const { data, errors } = await ask(
        askedUrl,
        '{ __typename currentSession { id } }',
        pair.phoneAuthorization,
      );
      result.requests++;
      if (errors) throw new Error(JSON.stringify(errors));
      if (data?.['currentSession']) {
        lastAcceptedAt = Math.max(lastAcceptedAt, sentAt);
        if (refused > 0) result.cameBack++;
        refused = 0;
        accepted++;
        if (accepted === ACCEPTED_BEFORE) ready();
      } else {
        refused++;
      }
    }
  };
  const askers = Array.from({ length: count }, askOnAndOn);
  await Promise.race([allReady, Promise.all(askers)]);
  await revoke(tell, revokingUrl, pair);
  answeredAt = performance.now();
  await Promise.all(askers);
  result.delays.push(Math.max(0, lastAcceptedAt - answeredAt));
  if (gaveUp) result.exceeded++;
}
