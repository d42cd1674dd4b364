/**
 * Sessions that are being ended from here. One is marked at once, leaves the list
 * when the server has ended it, and comes back with the reason when it hasn’t: until
 * that is tried again, or the server answers again.
 */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { LiveStatus } from '../../src/client/watch.ts';
import { useConfirmation } from '../account/use-confirmation.ts';
import type { Fault } from '../session/ask.ts';
import { useHoldings } from '../session/use-session.ts';
import { useAnnounce } from '../ui/use-announce.ts';
import { RevokeSession, SignOutEverywhere } from './operations.ts';
import { type Ending, type Endings, EndingsContext } from './use-endings.ts';

/** What one try came to. */
type Outcome<Done> = Done | { fault: Fault } | 'password-needed';

interface EndingsProviderProps {
  live: LiveStatus;
  children: ReactNode;
}

export function EndingsProvider({ live, children }: EndingsProviderProps) {
  const { ask, feeds, watch } = useHoldings();
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
  async function insist<Done>(
    attempt: () => Promise<Outcome<Done>>,
  ): Promise<Done | { fault: Fault } | null> {
    for (;;) {
      const outcome = await attempt();
      if (outcome !== 'password-needed') return outcome;
      if (!(await askPassword())) return null;
    }
  }

  async function revoke(id: string): Promise<Outcome<{ wasThere: boolean }>> {
    const { data, fault } = await ask(RevokeSession, { id });
    if (fault !== null) return { fault };
    switch (data.revokeSession.__typename) {
      case 'ReauthenticationRequiredError':
        return 'password-needed';
      // It is gone, which is what was asked for, but not by this.
      case 'SessionNotFoundError':
        return { wasThere: false };
      case 'RevokeSessionSuccess':
        return { wasThere: true };
    }
  }

  async function revokeAll(keepCurrent: boolean): Promise<Outcome<{ revoked: number }>> {
    const { data, fault } = await ask(SignOutEverywhere, { keepCurrent });
    if (fault !== null) return { fault };
    if (data.signOutEverywhere.__typename === 'ReauthenticationRequiredError') return 'password-needed';
    return { revoked: data.signOutEverywhere.revokedCount };
  }

  /** Not those that were ended before the list was read again: marked anew, they would come back. */
  const listOthers = () =>
    (feeds.devices.getState().items ?? [])
      .filter(({ id, isCurrent }) => !isCurrent && byId.get(id)?.status !== 'ended')
      .map(({ id }) => id);

  const endings: Endings = {
    of: (id) => byId.get(id),
    fault: faultOfAll,
    async end({ id, device }) {
      mark([id], { status: 'under-way' });
      const outcome = await insist(() => revoke(id));
      if (!outcome) return mark([id], null);
      if ('fault' in outcome) return mark([id], { status: 'failed', fault: outcome.fault });
      mark([id], { status: 'ended' });
      const told = outcome.wasThere ? 'devices.ended' : 'devices.endedBefore';
      announce(({ translate }) => translate(told, { device: device.name }));
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
      else watch.signOut({ reason: 'SIGNED_OUT_EVERYWHERE', at: new Date() });
    },
  };

  return <EndingsContext value={endings}>{children}</EndingsContext>;
}
