/**
 * Counts tries of passwords, so that nobody can go through many, and nobody can
 * keep an owner from their account by wrong ones.
 *
 * A try counts for its address and its account. On a device that is known to be
 * the account's, it counts for that device alone; from a network that is, for
 * that network instead of the account; and within a session, for that session.
 * So what strangers use up is not what the owner has.
 *
 * Who shows a device's cookie makes us look whose it is, and has an address like
 * anybody: so first of all that has a larger number of tries.
 *
 * Passwords that are right count in the hour: for their account, on a device that is
 * known for that device alone, and within a session for that session. Only who knows
 * one can use that up, and only while it is the password: a new one begins anew. So
 * that this is no way around the limit, changes of the password have one as well.
 *
 * Changes of the language, which need no password, are limited alike.
 *
 * Where nothing is left of what may be right, no password is checked any more. Else a refusal would
 * tell that one is right.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import { RateLimitedError, ServerBusyError } from '../errors.ts';
import { networkOf } from '../networks.ts';
import type { Change } from '../sessions/transact.ts';
import type { Throttle, Throttles } from './throttle.ts';

/** What a try counts for, and which of them. */
export type Counted =
  | readonly ['address']
  | readonly ['address with cookies']
  | readonly ['account', email: string]
  | readonly ['device', userId: string, deviceId: string]
  | readonly ['network', userId: string]
  | readonly ['session', sessionId: string]
  | readonly ['sign-ins', userId: string, password: string]
  | readonly ['device sign-ins', userId: string, deviceId: string, password: string]
  | readonly ['confirmations', sessionId: string]
  | readonly ['password changes', userId: string]
  | readonly ['language changes', userId: string];

type Limit = Counted[0];

const THROTTLES = {
  address: 'tries',
  'address with cookies': 'floods',
  account: 'tries',
  device: 'tries',
  network: 'tries',
  session: 'tries',
  'sign-ins': 'right',
  'device sign-ins': 'right',
  confirmations: 'right',
  'password changes': 'right',
  'language changes': 'right',
} as const satisfies Record<Limit, keyof Throttles>;

/** What counts for the address that it comes from. */
const OF_NETWORK: ReadonlySet<Limit> = new Set(['address', 'address with cookies', 'network'] as const);

/** Whose tries they are, for the audit trail, as far as that is known. */
export interface Trier {
  userId: string | null;
  sessionId: string | null;
}

const NOBODY: Trier = { userId: null, sessionId: null };

export interface Try {
  /**
   * Before the password is checked, or for one that was right before anything is done for it.
   *
   * @throws RateLimitedError when there were too many.
   */
  spend(counted: Counted, trier?: Trier): Promise<void>;
  /**
   * Before a password is checked that would count as this if it was right: takes nothing yet.
   *
   * @throws RateLimitedError when nothing is left.
   */
  look(counted: Counted, trier: Trier): Promise<void>;
  /** Does what the tries were spent for. They are given back when there is no time for it. @throws ServerBusyError */
  use<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>;
  /** All goes well with this change: gives back the tries along with it, and not what counts those that were right. */
  giveBackWith(change: Pick<Change, 'write' | 'follow'>): void;
}

interface Spent {
  throttle: Throttle;
  key: string;
}

export function beginTry(core: Core, client: Client): Try {
  const spent: Spent[] = [];
  const network = networkOf(client.ipAddress);
  const find = (counted: Counted) => {
    const [limit] = counted;
    const key = [...counted, ...(OF_NETWORK.has(limit) ? [network] : [])].join(' ');
    return { limit, key, throttle: core.throttles[THROTTLES[limit]] };
  };
  const recordRefusal = async (error: unknown, limit: Limit, trier: Trier) => {
    // Once for each window: a flood of tries is not to become a flood of events.
    if (error instanceof RateLimitedError && error.refused.isFirst) {
      await recordEvent(core, { type: 'LIMIT_EXCEEDED', ...trier, client, details: { limit } });
    }
  };
  /** Never rejects. */
  const giveBack = async (tries: readonly Spent[]) => {
    try {
      await Promise.all(tries.map(({ throttle, key }) => throttle.giveBack([key])));
    } catch (error) {
      // What it was for is done already, or refused: whoever waits for that is to have it.
      core.log.warn({ err: error }, 'a try could not be given back');
    }
  };
  return {
    async spend(counted, trier = NOBODY) {
      const { limit, key, throttle } = find(counted);
      try {
        await throttle.spend([key]);
      } catch (error) {
        await recordRefusal(error, limit, trier);
        throw error;
      }
      if (throttle !== core.throttles.right) spent.push({ throttle, key });
    },
    async look(counted, trier) {
      const { limit, key, throttle } = find(counted);
      try {
        await throttle.look(key);
      } catch (error) {
        await recordRefusal(error, limit, trier);
        throw error;
      }
    },
    async use(work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof ServerBusyError) await giveBack(spent);
        throw error;
      }
    },
    giveBackWith({ write, follow }) {
      const elsewhere: Spent[] = [];
      // As they were spent, the address first: in one order, so that no two transactions wait for each other.
      for (const one of spent) {
        const statement = one.throttle.givingBack(one.key);
        if (statement) write(statement);
        else elsewhere.push(one);
      }
      if (elsewhere.length > 0) follow(() => giveBack(elsewhere));
    },
  };
}
