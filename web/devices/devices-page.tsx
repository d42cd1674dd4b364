/** The devices that are signed in, as it is right now. */
import { useId, useState } from 'react';
import type { LiveStatus } from '../../src/client/watch.ts';
import { useSignOut } from '../account/use-sign-out.ts';
import { PageHeading } from '../app/page-heading.tsx';
import { ListEnd } from '../feeds/list-end.tsx';
import { useFeed } from '../feeds/use-feed.ts';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { EndAllDialog } from './end-all-dialog.tsx';
import { Quota } from './quota.tsx';
import { SessionCard } from './session-card.tsx';
import { SkeletonCards } from './skeleton-card.tsx';
import { useEndings } from './use-endings.ts';
import { useKeptFocus } from './use-kept-focus.ts';

interface DevicesPageProps {
  takesFocus: boolean;
  live: LiveStatus;
}

export function DevicesPage({ takesFocus, live }: DevicesPageProps) {
  const { translate } = useLanguage();
  const { feeds } = useHoldings();
  const state = useFeed(feeds.devices);
  const endings = useEndings();
  const { signOut, isBusy: isSigningOut } = useSignOut();
  const thisId = useId();
  const othersId = useId();
  const everywhereId = useId();
  const [asked, setAsked] = useState<'others' | 'all' | null>(null);

  const sessions = state.items?.filter(({ id }) => endings.of(id)?.status !== 'ended') ?? [];
  const current = sessions.find(({ isCurrent }) => isCurrent);
  const others = sessions.filter(({ isCurrent }) => !isCurrent);
  const list = useKeptFocus(others.map(({ id }) => id));
  return (
    <>
      <PageHeading title={translate('devices.title')} takesFocus={takesFocus}>
        <p className="lede">{translate('devices.lede')}</p>
        <div className="page-facts">
          <Quota quota={state.page?.quota ?? null} />
          <p className={live === 'live' ? 'pulse' : 'pulse pulse-off'}>{translate('live.live')}</p>
        </div>
      </PageHeading>
      {endings.fault && (
        <Notice tone="error">
          <p>{translate('devices.endAllFailed', { fault: translate(`fault.${endings.fault}`) })}</p>
        </Notice>
      )}
      <section className="block" aria-labelledby={thisId}>
        <h2 id={thisId} className="unseen">
          {translate('devices.thisDevice')}
        </h2>
        {state.busy === 'first' && <SkeletonCards count={1} hasBadge />}
        {current && (
          <SessionCard session={current}>
            <Button isBusy={isSigningOut} onClick={() => void signOut()}>
              {translate('devices.endThis')}
            </Button>
          </SessionCard>
        )}
      </section>
      <section ref={list} className="block" aria-labelledby={othersId}>
        <div className="block-top">
          <h2 id={othersId} tabIndex={-1}>
            {translate('devices.others')}
          </h2>
          {others.length > 0 && (
            <Button look="danger" onClick={() => setAsked('others')}>
              {translate('devices.endOthers')}
            </Button>
          )}
        </div>
        {state.busy === 'first' && <SkeletonCards count={2} />}
        {state.items && others.length === 0 && <p className="empty">{translate('devices.noOthers')}</p>}
        {others.length > 0 && (
          <ul className="cards">
            {others.map((session) => (
              <li key={session.id}>
                <OtherDevice session={session} />
              </li>
            ))}
          </ul>
        )}
        <ListEnd feed={feeds.devices} state={state} />
      </section>
      {others.length > 0 && (
        <section className="block block-last" aria-labelledby={everywhereId}>
          <div>
            <h2 id={everywhereId}>{translate('devices.endAllTitle')}</h2>
            <p className="quiet">{translate('devices.endAllText')}</p>
          </div>
          <Button look="danger" onClick={() => setAsked('all')}>
            {translate('devices.endAll')}
          </Button>
        </section>
      )}
      {asked && (
        <EndAllDialog
          which={asked}
          count={Math.max(others.length, (state.page?.totalCount ?? 1) - 1)}
          onDismiss={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null);
            void (asked === 'others' ? endings.endOthers() : endings.endAll());
          }}
        />
      )}
    </>
  );
}

function OtherDevice({ session }: { session: SessionCardFragment }) {
  const { translate } = useLanguage();
  const endings = useEndings();
  const ending = endings.of(session.id);
  const isUnderWay = ending?.status === 'under-way';
  const device = session.device.name;
  return (
    <SessionCard session={session} ending={ending}>
      <Button
        isBusy={isUnderWay}
        aria-label={translate(isUnderWay ? 'devices.endingOf' : 'devices.endOf', { device })}
        onClick={() => void endings.end(session)}
      >
        {translate(isUnderWay ? 'devices.ending' : 'devices.end')}
      </Button>
    </SessionCard>
  );
}
