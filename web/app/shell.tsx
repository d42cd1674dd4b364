/** The frame around the pages of whoever is signed in. */
import { useEffect, useRef } from 'react';
import type { LiveStatus } from '../../src/client/watch.ts';
import { AccountLanguage } from '../account/account-language.tsx';
import { AccountPage } from '../account/account-page.tsx';
import { ConfirmationProvider } from '../account/confirmation.tsx';
import { SignOutButton } from '../account/sign-out-button.tsx';
import { ActivityPage } from '../activity/activity-page.tsx';
import { DevicesPage } from '../devices/devices-page.tsx';
import { EndingsProvider } from '../devices/endings.tsx';
import { News } from '../devices/news.tsx';
import { HistoryPage } from '../history/history-page.tsx';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import { parseRoute, type Route } from './route.ts';
import { useHash } from './use-hash.ts';
import { Wordmark } from './wordmark.tsx';

const PAGES = {
  devices: DevicesPage,
  history: HistoryPage,
  activity: ActivityPage,
  account: AccountPage,
} as const satisfies Record<Route, unknown>;

export function Shell({ live }: { live: LiveStatus }) {
  const { translate } = useLanguage();
  const { user } = useHoldings();
  const route = parseRoute(useHash());
  const first = useRef(route);
  const hasMoved = useRef(false);
  if (route !== first.current) hasMoved.current = true;
  const Page = PAGES[route];
  const main = useRef<HTMLElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each page begins at its top.
  useEffect(() => {
    scrollTo(0, 0);
  }, [route]);

  return (
    <ConfirmationProvider>
      <EndingsProvider live={live}>
        <button type="button" className="skip" onClick={() => main.current?.focus()}>
          {translate('page.skip')}
        </button>
        <div className="shell">
          <header className="top">
            <Wordmark />
            <div className="top-end">
              <span className="top-email">{user.email}</span>
              <AccountLanguage />
              <SignOutButton />
            </div>
          </header>
          <Navigation route={route} />
          <main ref={main} tabIndex={-1} className="page">
            <ConnectionBanner live={live} />
            <Page takesFocus={hasMoved.current} live={live} />
          </main>
        </div>
        <News />
      </EndingsProvider>
    </ConfirmationProvider>
  );
}
