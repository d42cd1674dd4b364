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
 * Passwords that are right count for their account or session in the hour. Only who
 * knows one can use that up.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import { RateLimitedError } from '../errors.ts';
import { networkOf } from '../networks.ts';
import type { Throttle, Throttles } from './throttle.ts';

/** What a try counts for, and which of them. */
export type Counted =
  | readonly ['address']
  | readonly ['address with cookies']
  | readonly ['account', email: string]
  | readonly ['device', userId: string, deviceId: string]
  | readonly ['network', userId: string]
  | readonly ['session', sessionId: string]
  | readonly ['sign-ins', userId: string]
  | readonly ['confirmations', sessionId: string];

type Limit = Counted[0];

const THROTTLES = {
  address: 'tries',
  'address with cookies': 'floods',
  account: 'tries',
  device: 'tries',
  network: 'tries',
  session: 'tries',
  'sign-ins': 'right',
  confirmations: 'right',
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
  /** All went well: gives back the tries, and not what counts those that were right. Never rejects. */
  giveBack(): Promise<void>;
}

export function beginTry(core: Core, client: Client): Try {
  const spent: { throttle: Throttle; key: string }[] = [];
  const network = networkOf(client.ipAddress);
  return {
    async spend(counted, trier = NOBODY) {
      const [limit] = counted;
      const key = [...counted, ...(OF_NETWORK.has(limit) ? [network] : [])].join(' ');
      const throttle = core.throttles[THROTTLES[limit]];
      try {
        await throttle.spend([key]);
      } catch (error) {
        // Once for each window: a flood of tries is not to become a flood of events.
        if (error instanceof RateLimitedError && error.refused.isFirst) {
          await recordEvent(core, { type: 'LIMIT_EXCEEDED', ...trier, client, details: { limit } });
        }
        throw error;
      }
      if (throttle !== core.throttles.right) spent.push({ throttle, key });
    },
    async giveBack() {
      try {
        await Promise.all(spent.map(({ throttle, key }) => throttle.giveBack([key])));
      } catch (error) {
        // It is done already: whoever waits for it is to have it.
        core.log.warn({ err: error }, 'a try that was right could not be given back');
      }
    },
  };
}
