/** Signs this device out. Whoever can’t be reached didn’t sign anybody out: then it says so. */
import { useState } from 'react';
import { useHoldings } from '../session/use-session.ts';
import { useAnnounce } from '../ui/use-announce.ts';
import { SignOut } from './operations.ts';

export function useSignOut(): { signOut(): Promise<void>; isBusy: boolean } {
  const { ask, watch } = useHoldings();
  const announce = useAnnounce();
  const [isBusy, setBusy] = useState(false);

  async function signOut(): Promise<void> {
    setBusy(true);
    const { fault } = await ask(SignOut, {});
    setBusy(false);
    if (fault === null) watch.signOut({ reason: 'SIGNED_OUT', at: new Date() });
    else if (fault !== 'signed-out')
      announce(({ translate }) => translate('account.signOutFailed', { fault: translate(`fault.${fault}`) }));
  }

  return { signOut, isBusy };
}
