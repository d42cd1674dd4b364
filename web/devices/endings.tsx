/**
 * Sessions that are being ended from here. One is marked at once, leaves the list
 * when the server has ended it, and comes back with the reason when it hasn’t: until
 * that is tried again, or the server answers again.
 */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { LiveStatus } from '../../src/client/watch.ts';
import { useConfirmation } from '../account/use-confirmation.ts';
import type { Fault } from '../session/ask.ts';
import { useHoldings, useSessionStore } from '../session/use-session.ts';
import { useAnnounce } from '../ui/use-announce.ts';
import { RevokeSession, SignOutEverywhere } from './operations.ts';
import { type Ending, type Endings, EndingsContext } from './use-endings.ts';

/** What one try came to. */
type Outcome = { revoked: number } | { fault: Fault } | 'password-needed';

interface EndingsProviderProps {
  live: LiveStatus;
  children: ReactNode;
}

export function EndingsProvider({ live, children }: EndingsProviderProps) {
  const { ask, feeds } = useHoldings();
  const store = useSessionStore();
  const askPassword = useConfirmation();
  const announce = useAnnounce();
  const [byId, setById] = useState<ReadonlyMap<string, Ending>>(new Map());
  const [faultOfAll, setFaultOfAll] = useState<Fault | null>(null);

  const forgetFailures = useCallback(() => {
    setFaultOfAll(null);
    setById((before) => {
      const after = new Map([...before].filter(([, { status }]) => status !== 'failed'));
      return after.size === before.size ? before : after;
    });
  }, []);

  useEffect(() => {
    if (live === 'live') forgetFailures();
  }, [live, forgetFailures]);

  useEffect(() => {
    let { items } = feeds.devices.getState();
    return feeds.devices.subscribe(() => {
      const before = items;
      items = feeds.devices.getState().items;
      if (items !== before) forgetFailures();
    });
  }, [feeds, forgetFailures]);

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

  /** @returns null when the person called it off. */
  async function insist(
    attempt: () => Promise<Outcome>,
  ): Promise<Exclude<Outcome, 'password-needed'> | null> {
    let outcome = await attempt();
    while (outcome === 'password-needed') {
      if (!(await askPassword())) return null;
      outcome = await attempt();
    }
    return outcome;
  }

  async function revoke(id: string): Promise<Outcome> {
    const { data, fault } = await ask(RevokeSession, { id });
    if (fault !== null) return { fault };
    switch (data.revokeSession.__typename) {
      case 'ReauthenticationRequiredError':
        return 'password-needed';
      // It is gone, which is what was asked for.
      default:
        return { revoked: 1 };
    }
  }

  async function revokeAll(keepCurrent: boolean): Promise<Outcome> {
    const { data, fault } = await ask(SignOutEverywhere, { keepCurrent });
    if (fault !== null) return { fault };
    if (data.signOutEverywhere.__typename === 'ReauthenticationRequiredError') return 'password-needed';
    return { revoked: data.signOutEverywhere.revokedCount };
  }

  const listOthers = () =>
    (feeds.devices.getState().items ?? []).filter(({ isCurrent }) => !isCurrent).map(({ id }) => id);

  const endings: Endings = {
    of: (id) => byId.get(id),
    fault: faultOfAll,
    async end({ id, device }) {
      mark([id], { status: 'under-way' });
      const outcome = await insist(() => revoke(id));
      if (!outcome) return mark([id], null);
      if ('fault' in outcome) return mark([id], { status: 'failed', fault: outcome.fault });
      mark([id], { status: 'ended' });
      announce(({ translate }) => translate('devices.ended', { device: device.name }));
      await feeds.refresh();
    },
    async endOthers() {
      const ids = listOthers();
      setFaultOfAll(null);
      mark(ids, { status: 'under-way' });
      const outcome = await insist(() => revokeAll(true));
      if (!outcome) return mark(ids, null);
      if ('fault' in outcome) {
        mark(ids, null);
        setFaultOfAll(outcome.fault);
        return;
      }
      mark(ids, { status: 'ended' });
      announce(({ translate }) => translate('devices.othersEnded', { count: outcome.revoked }));
      await feeds.refresh();
    },
    async endAll() {
      setFaultOfAll(null);
      const outcome = await insist(() => revokeAll(false));
      if (!outcome) return;
      if ('fault' in outcome) setFaultOfAll(outcome.fault);
      else store.leave({ reason: 'SIGNED_OUT_EVERYWHERE', at: new Date() });
    },
  };

  return <EndingsContext value={endings}>{children}</EndingsContext>;
}
