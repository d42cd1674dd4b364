/** Laptops that revoke phones, and what comes of it when. */
import type { Pair } from './database.ts';
import { createHttpClient, type Post } from './http.ts';
import { openLoop } from './open-loop.ts';
import { openSubscriber } from './subscriber.ts';

/** What has not come by then is lost. */
const PATIENCE_MS = 10_000;
const FORBIDDEN = 4403;

const REVOKE = 'mutation ($id: ID!) { revokeSession(id: $id) { __typename } }';

/** Connections of the laptops, together: enough that none waits for one. */
const CONNECTIONS = 32;

/** Milliseconds from when each revocation was due. */
export interface Delays {
  heard: number[];
  closed: number[];
  answered: number[];
  /** Phones that did not both hear of it and be closed with 4403. */
  lost: number;
}

export interface RevokeJob {
  url: string;
  pairs: Pair[];
  perSecond: number;
}

/** Each phone is on a socket of its own, and each laptop has been used before, so that its check is warm. */
export async function revokeAll({ url, pairs, perSecond }: RevokeJob): Promise<Delays> {
  const delays: Delays = { heard: [], closed: [], answered: [], lost: 0 };
  const { post, close } = createHttpClient(CONNECTIONS);
  try {
    const phones = await Promise.all(
      pairs.map(async (pair) => {
        await warm(post, url, pair);
        return openPhone(url, pair);
      }),
    );
    await openLoop({ count: pairs.length, perSecond }, async (index, dueAt) => {
      const [pair, phone] = [pairs[index], phones[index]];
      if (!pair || !phone) return;
      const answered = revoke(post, url, pair).then(() => {
        delays.answered.push(performance.now() - dueAt);
      });
      const { heardAt, closedAt } = await phone.end();
      if (heardAt !== null && closedAt !== null) {
        delays.heard.push(heardAt - dueAt);
        delays.closed.push(closedAt - dueAt);
      } else {
        delays.lost++;
      }
      await answered;
    });
  } finally {
    close();
  }
  return delays;
}

/** Ends sessions whose phones are others' to watch. */
export async function revokeQuietly({ url, pairs, perSecond }: RevokeJob): Promise<void> {
  const { post, close } = createHttpClient(CONNECTIONS);
  try {
    await openLoop({ count: pairs.length, perSecond }, async (index) => {
      const pair = pairs[index];
      if (pair) await revoke(post, url, pair);
    });
  } finally {
    close();
  }
}

export async function warm(post: Post, url: string, pair: Pair): Promise<void> {
  const { data } = await post(url, '{ currentSession { id } }', pair.laptopAuthorization);
  if (!data?.['currentSession']) throw new Error('A session that was made is not accepted');
}

export async function revoke(post: Post, url: string, pair: Pair): Promise<void> {
  const answer = await post(url, REVOKE, pair.laptopAuthorization, { id: pair.phoneId });
  if (answer.data?.['revokeSession']?.['__typename'] !== 'RevokeSessionSuccess') {
    throw new Error(`A revocation failed: ${JSON.stringify(answer)}`);
  }
}

interface Phone {
  /** Settles when the socket is closed, or at the end of patience. */
  end(): Promise<{ heardAt: number | null; closedAt: number | null }>;
}

async function openPhone(url: string, pair: Pair): Promise<Phone> {
  let heardAt: number | null = null;
  let closedAt: number | null = null;
  let settle = () => {};
  const closed = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const socket = await openSubscriber(url, pair.phoneAuthorization, {
    heard: () => {
      heardAt = performance.now();
    },
    closed: (code) => {
      if (code === FORBIDDEN) closedAt = performance.now();
      settle();
    },
  });
  return {
    async end() {
      const patience = setTimeout(() => socket.terminate(), PATIENCE_MS);
      await closed;
      clearTimeout(patience);
      return { heardAt, closedAt };
    },
  };
}
