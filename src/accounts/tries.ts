/**
 * Counts tries of passwords, so that nobody can go through many, and nobody can
 * keep an owner from their account by wrong ones.
 *
 * A try counts for its address and its account. On a device that is known to be
 * the account's, it counts for that device alone; from a network that is, for
 * that network instead of the account; and within a session, for that session.
 * So what strangers use up is not what the owner has.
 */
import { recordEvent } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import { RateLimitedError } from '../errors.ts';
import { networkOf } from '../networks.ts';

/** What a try counts for, and which of them. */
export type Counted =
  | readonly ['address']
  | readonly ['account', email: string]
  | readonly ['device', userId: string, deviceId: string]
  | readonly ['network', userId: string]
  | readonly ['session', sessionId: string];

/** Whose tries they are, for the audit trail, as far as that is known. */
export interface Trier {
  userId: string | null;
  sessionId: string | null;
}

const NOBODY: Trier = { userId: null, sessionId: null };

export interface Try {
  /** Before the password is checked. @throws RateLimitedError when there were too many. */
  spend(counted: Counted, trier?: Trier): Promise<void>;
  /** It was right. */
  giveBack(): Promise<void>;
}

export function beginTry(core: Core, client: Client): Try {
  const spent: string[] = [];
  const network = networkOf(client.ipAddress);
  return {
    async spend(counted, trier = NOBODY) {
      const [limit] = counted;
      const key = [...counted, ...(limit === 'address' || limit === 'network' ? [network] : [])].join(' ');
      try {
        await core.throttle.spend([key]);
      } catch (error) {
        // Once for each window: a flood of tries is not to become a flood of events.
        if (error instanceof RateLimitedError && error.refused.isFirst) {
          await recordEvent(core, { type: 'LIMIT_EXCEEDED', ...trier, client, details: { limit } });
        }
        throw error;
      }
      spent.push(key);
    },
    giveBack: () => core.throttle.giveBack(spent),
  };
}
