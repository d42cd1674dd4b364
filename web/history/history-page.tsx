/** The sessions that ended: when, and why; in the order in which they were last active. */
import { PageHeading } from '../app/page-heading.tsx';
import { DeviceIcon } from '../devices/device-icon.tsx';
import { ListEnd } from '../feeds/list-end.tsx';
import { useFeed } from '../feeds/use-feed.ts';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Instant } from '../ui/instant.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';

export function HistoryPage({ takesFocus }: { takesFocus: boolean }) {
  const { translate } = useLanguage();
  const { feeds } = useHoldings();
  const state = useFeed(feeds.history);
  return (
    <>
      <PageHeading title={translate('history.title')} takesFocus={takesFocus}>
        <p className="lede">{translate('history.lede')}</p>
      </PageHeading>
      {state.busy === 'first' && <SkeletonRows count={6} of="session" />}
      {state.items?.length === 0 && <p className="empty">{translate('history.empty')}</p>}
      {state.items && state.items.length > 0 && (
        <ul className="rows">
          {state.items.map((session) => (
            <PastSession key={session.id} session={session} />
          ))}
        </ul>
      )}
      <ListEnd feed={feeds.history} state={state} />
    </>
  );
}

function PastSession({ session }: { session: SessionCardFragment }) {
  const { translate } = useLanguage();
  const { device, kind, endReason, endedAt, createdAt, lastActiveAt, lastIpAddress, ipAddress } = session;
  return (
    <li className="row">
      <DeviceIcon type={device.type} kind={kind} />
      <div className="row-body">
        <h2 className="row-name">{device.name}</h2>
        <p>
          <Instant at={lastActiveAt} say={(when) => translate('history.lastActive', { when })} />
        </p>
        <p className="quiet facts-line">
          {endedAt && <Instant at={endedAt} say={(when) => translate('history.ended', { when })} />}
          {endReason && <span>{translate(`reason.${endReason}`)}</span>}
          <Instant at={createdAt} say={(when) => translate('history.started', { when })} />
          <span>{lastIpAddress ?? ipAddress}</span>
        </p>
      </div>
    </li>
  );
}
