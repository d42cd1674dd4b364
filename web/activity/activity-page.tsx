/** The audit trail: what happened to the account, by whom, and from where. */
import { PageHeading } from '../app/page-heading.tsx';
import { ListEnd } from '../feeds/list-end.tsx';
import { useFeed } from '../feeds/use-feed.ts';
import type { ActivityEventFragment, AuditEventType } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Instant } from '../ui/instant.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { useEventWords } from './event-words.ts';

export function ActivityPage({ takesFocus }: { takesFocus: boolean }) {
  const { translate } = useLanguage();
  const { feeds } = useHoldings();
  const state = useFeed(feeds.activity);
  return (
    <>
      <PageHeading title={translate('activity.title')} takesFocus={takesFocus}>
        <p className="lede">{translate('activity.lede')}</p>
      </PageHeading>
      {state.busy === 'first' && <SkeletonRows count={8} of="event" />}
      {state.items && (
        <ol className="rows">
          {state.items.map((event) => (
            <ActivityRow key={event.id} event={event} />
          ))}
        </ol>
      )}
      <ListEnd feed={feeds.activity} state={state} />
    </>
  );
}

/** Those that somebody should look at are marked. */
const ICONS: Partial<Record<AuditEventType, IconName>> = {
  SIGNED_UP: 'account',
  SESSION_STARTED: 'devices',
  SESSION_ENDED: 'leave',
  IP_CHANGED: 'globe',
  PASSWORD_CHANGED: 'key',
  PASSWORD_CONFIRMED: 'check',
  SESSION_CONFIRMED: 'check',
  LANGUAGE_CHANGED: 'globe',
  ROLE_CHANGED: 'shield',
  USER_DISABLED: 'shield',
  USER_ENABLED: 'shield',
  ALL_SESSIONS_ENDED: 'shield',
};

function ActivityRow({ event }: { event: ActivityEventFragment }) {
  const { translate } = useLanguage();
  const { describe, describeActor } = useEventWords();
  const actor = describeActor(event);
  const icon = ICONS[event.type];
  return (
    <li className="row">
      <span className={icon ? 'row-icon' : 'row-icon row-icon-warning'}>
        <Icon name={icon ?? 'warning'} />
      </span>
      <div className="row-body">
        <p className="row-name">{describe(event)}</p>
        <p className="quiet facts-line">
          {event.endReason && <span>{translate(`reason.${event.endReason}`)}</span>}
          <Instant at={event.occurredAt} />
          {actor && <span>{actor}</span>}
          {event.ipAddress && <span>{event.ipAddress}</span>}
        </p>
      </div>
    </li>
  );
}
