/**
 * What tabs of one browser tell each other: a session has ended. It is named by
 * its id, since another tab may be signed in as somebody else by now.
 *
 * Whatever else a page of this origin says on the channel is passed over.
 */
import { readSignedOut, type SignedOut } from './ends.ts';

export interface Siblings {
  /** @param sessionId null when it is not known: then the others look for themselves. */
  tell(sessionId: string | null, how: SignedOut): void;
  close(): void;
}

const ENDED = 'curfew:session-ended';

/** Where there is no BroadcastChannel, nobody is told, and nothing is heard. */
export function joinSiblings(
  endpoint: string,
  onTold: (sessionId: string | null, how: SignedOut) => void,
): Siblings {
  const channel = openChannel(`curfew ${endpoint}`);
  if (channel) {
    channel.onmessage = ({ data }: { data: unknown }) => {
      if (!isMessage(data)) return;
      onTold(data.session, readSignedOut(data.reason, data.at));
    };
  }
  return {
    tell(session, { reason, at }) {
      try {
        channel?.postMessage({ type: ENDED, session, reason, at: at?.toISOString() ?? null });
      } catch {
        // A date that is none. The server tells the others too.
      }
    },
    close() {
      if (channel) channel.onmessage = null;
      channel?.close();
    },
  };
}

function openChannel(name: string): BroadcastChannel | null {
  try {
    return typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  } catch {
    // A sandboxed frame may not have one.
    return null;
  }
}

interface Message {
  session: string | null;
  reason: unknown;
  at: unknown;
}

function isMessage(data: unknown): data is Message {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== ENDED) return false;
  return 'session' in data && (data.session === null || typeof data.session === 'string');
}
