/**
 * Sessions that are being ended from here. One is marked at once, leaves the list
 * when the server has ended it, and comes back with the reason when it hasn’t.
 */
import { createContext, type ReactNode, use, useState } from 'react';
import { useConfirmation } from '../account/confirmation.tsx';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings, useSessionStore } from '../session/use-session.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { useFaultWords } from '../ui/use-submit.ts';
import { RevokeSession, SignOutEverywhere } from './operations.ts';

/** Of a session: being ended, or why it couldn’t be. */
export type Ending = { isUnderWay: true } | { isUnderWay: false; message: string };

interface Endings {
  of(id: string): Ending | undefined;
  end(session: SessionCardFragment): Promise<void>;
  endOthers(): Promise<void>;
  /** This device’s too. */
  endAll(): Promise<void>;
  /** Of those that concern all: why they failed; null when they didn’t. */
  message: string | null;
}

const EndingsContext = createContext<Endings | null>(null);

export function useEndings(): Endings {
  const endings = use(EndingsContext);
  if (!endings) throw new Error('Wrap the page in an EndingsProvider');
  return endings;
}

/** What one try came to; a string says why it failed. */
type Outcome = 'done' | 'password-needed' | { message: string };

export function EndingsProvider({ children }: { children: ReactNode }) {
  const { translate } = useLanguage();
  const { ask, feeds } = useHoldings();
  const store = useSessionStore();
  const askPassword = useConfirmation();
  const announce = useAnnounce();
  const sayFault = useFaultWords();
  const [byId, setById] = useState<ReadonlyMap<string, Ending>>(new Map());
  const [message, setMessage] = useState<string | null>(null);

  function mark(ids: readonly string[], ending: Ending | null): void {
    setById((before) => {
      const after = new Map(before);
      for (const id of ids) {
        if (ending) after.set(id, ending);
        else after.delete(id);
      }
      return after;
    });
  }

  /** @returns why it failed; null when it didn’t, undefined when the person called it off. */
  async function insist(attempt: () => Promise<Outcome>): Promise<string | null | undefined> {
    let outcome = await attempt();
    while (outcome === 'password-needed') {
      if (!(await askPassword())) return undefined;
      outcome = await attempt();
    }
    return outcome === 'done' ? null : outcome.message;
  }

  async function revoke(id: string): Promise<Outcome> {
    const { data, fault } = await ask(RevokeSession, { id });
    if (fault !== null) return { message: translate('devices.endFailed', { fault: sayFault(fault) }) };
    switch (data.revokeSession.__typename) {
      case 'ReauthenticationRequiredError':
        return 'password-needed';
      // It is gone, which is what was asked for.
      default:
        return 'done';
    }
  }

  /** @returns how many were ended, by way of `count`. */
  async function revokeAll(keepCurrent: boolean, count: (revoked: number) => void): Promise<Outcome> {
    const { data, fault } = await ask(SignOutEverywhere, { keepCurrent });
    if (fault !== null) return { message: translate('devices.endAllFailed', { fault: sayFault(fault) }) };
    if (data.signOutEverywhere.__typename === 'ReauthenticationRequiredError') return 'password-needed';
    count(data.signOutEverywhere.revokedCount);
    return 'done';
  }

  const listOthers = () =>
    (feeds.devices.getState().items ?? []).filter(({ isCurrent }) => !isCurrent).map(({ id }) => id);

  const endings: Endings = {
    of: (id) => byId.get(id),
    message,
    async end({ id, device }) {
      mark([id], { isUnderWay: true });
      const failure = await insist(() => revoke(id));
      if (typeof failure === 'string') return mark([id], { isUnderWay: false, message: failure });
      if (failure === null) {
        await feeds.refresh();
        announce(translate('devices.ended', { device: device.name }));
      }
      mark([id], null);
    },
    async endOthers() {
      const ids = listOthers();
      let revoked = 0;
      setMessage(null);
      mark(ids, { isUnderWay: true });
      const failure = await insist(() =>
        revokeAll(true, (count) => {
          revoked = count;
        }),
      );
      if (failure === null) {
        await feeds.refresh();
        announce(translate('devices.othersEnded', { count: revoked }));
      }
      mark(ids, null);
      setMessage(failure ?? null);
    },
    async endAll() {
      setMessage(null);
      const failure = await insist(() => revokeAll(false, () => {}));
      if (failure === null) store.leave({ reason: 'SIGNED_OUT_EVERYWHERE', at: new Date() });
      else setMessage(failure ?? null);
    },
  };

  return <EndingsContext value={endings}>{children}</EndingsContext>;
}
