/** The devices that are signed in, as it is right now. */
import { useState } from 'react';
import type { LiveStatus } from '../../src/client/watch.ts';
import { useSignOut } from '../account/sign-out-button.tsx';
import { PageHeading } from '../app/page-heading.tsx';
import { ListEnd } from '../feeds/list-end.tsx';
import { useFeed } from '../feeds/use-feed.ts';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { EndAllDialog } from './end-all-dialog.tsx';
import { useEndings } from './endings.tsx';
import { Quota } from './quota.tsx';
import { SessionCard } from './session-card.tsx';
import { SkeletonCards } from './skeleton-card.tsx';
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
  const [asked, setAsked] = useState<'others' | 'all' | null>(null);
  const list = useKeptFocus((state.items ?? []).map(({ id }) => id));

  const current = state.items?.find(({ isCurrent }) => isCurrent);
  const others = state.items?.filter(({ isCurrent }) => !isCurrent) ?? [];
  return (
    <>
      <PageHeading title={translate('devices.title')} takesFocus={takesFocus}>
        <p className="lede">{translate('devices.lede')}</p>
        <div className="page-facts">
          <Quota quota={state.page?.quota ?? null} />
          {live === 'live' && <p className="pulse">{translate('live.live')}</p>}
        </div>
      </PageHeading>
      {endings.message && (
        <Notice tone="error">
          <p>{endings.message}</p>
        </Notice>
      )}
      <div ref={list}>
        <section className="block" aria-labelledby="this-device">
          <h2 id="this-device" tabIndex={-1} className="unseen">
            {translate('devices.thisDevice')}
          </h2>
          {state.busy === 'first' && <SkeletonCards count={1} />}
          {current && (
            <SessionCard session={current}>
              <Button isBusy={isSigningOut} data-session={current.id} onClick={() => void signOut()}>
                {translate('devices.endThis')}
              </Button>
            </SessionCard>
          )}
        </section>
        <section className="block" aria-labelledby="other-devices">
          <div className="block-top">
            <h2 id="other-devices" tabIndex={-1}>
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
                  <SessionCard session={session} ending={endings.of(session.id)}>
                    <Button
                      isBusy={endings.of(session.id)?.isUnderWay === true}
                      data-session={session.id}
                      aria-label={translate(
                        endings.of(session.id)?.isUnderWay ? 'devices.endingOf' : 'devices.endOf',
                        { device: session.device.name },
                      )}
                      onClick={() => void endings.end(session)}
                    >
                      {translate(endings.of(session.id)?.isUnderWay ? 'devices.ending' : 'devices.end')}
                    </Button>
                  </SessionCard>
                </li>
              ))}
            </ul>
          )}
          <ListEnd feed={feeds.devices} state={state} />
        </section>
      </div>
      {others.length > 0 && (
        <section className="block block-last" aria-labelledby="everywhere">
          <div>
            <h2 id="everywhere">{translate('devices.endAllTitle')}</h2>
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
          count={(state.page?.totalCount ?? 1) - 1}
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
