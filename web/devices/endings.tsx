/**
 * Sessions that are being ended from here. One is marked at once, leaves the list
 * when the server has ended it, and comes back with the reason when it hasn’t.
 */
import { type ReactNode, useState } from 'react';
import { useConfirmation } from '../account/use-confirmation.ts';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings, useSessionStore } from '../session/use-session.ts';
import { useAnnounce } from '../ui/use-announce.ts';
import { useFaultWords } from '../ui/use-submit.ts';
import { RevokeSession, SignOutEverywhere } from './operations.ts';
import { type Ending, type Endings, EndingsContext } from './use-endings.ts';

/** What one try came to. */
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
      mark([id], { status: 'under-way' });
      const failure = await insist(() => revoke(id));
      if (failure === undefined) return mark([id], null);
      if (failure !== null) return mark([id], { status: 'failed', message: failure });
      mark([id], { status: 'ended' });
      announce(translate('devices.ended', { device: device.name }));
      await feeds.refresh();
    },
    async endOthers() {
      const ids = listOthers();
      let revoked = 0;
      setMessage(null);
      mark(ids, { status: 'under-way' });
      const failure = await insist(() =>
        revokeAll(true, (count) => {
          revoked = count;
        }),
      );
      mark(ids, failure === null ? { status: 'ended' } : null);
      setMessage(failure ?? null);
      if (failure !== null) return;
      announce(translate('devices.othersEnded', { count: revoked }));
      await feeds.refresh();
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
