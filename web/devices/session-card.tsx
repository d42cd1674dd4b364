/** One device that is signed in. */
import type { ReactNode } from 'react';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Icon } from '../ui/icon.tsx';
import { Ago, SignedIn } from '../ui/instant.tsx';
import { Notice } from '../ui/notice.tsx';
import { DeviceIcon } from './device-icon.tsx';
import type { Ending } from './use-endings.ts';

interface SessionCardProps {
  session: SessionCardFragment;
  ending?: Ending | undefined;
  /** What may be done about it. */
  children?: ReactNode;
}

export function SessionCard({ session, ending, children }: SessionCardProps) {
  const { translate } = useLanguage();
  const { device, kind, isCurrent, createdAt, lastActiveAt } = session;
  const isEnding = ending?.status === 'under-way';
  return (
    <article
      className={`card${isCurrent ? ' card-current' : ''}${isEnding ? ' card-ending' : ''}`}
      data-session={session.id}
      tabIndex={-1}
      aria-labelledby={`name-${session.id}`}
      aria-busy={isEnding || undefined}
    >
      <DeviceIcon type={device.type} kind={kind} />
      <div className="card-body">
        <h3 className="card-name" id={`name-${session.id}`}>
          {device.name}
        </h3>
        <Badges session={session} />
        <dl className="facts">
          <Addresses session={session} />
          <div>
            <dt className="unseen">{translate('devices.lastActive')}</dt>
            <dd>
              {isCurrent ? (
                translate('devices.activeNow')
              ) : (
                <Ago
                  at={lastActiveAt}
                  justNow={translate('devices.activeNow')}
                  say={(ago) => translate('devices.active', { ago })}
                />
              )}
            </dd>
          </div>
          <div>
            <dt className="unseen">{translate('devices.signedIn')}</dt>
            <dd>
              <SignedIn at={createdAt} />
            </dd>
          </div>
        </dl>
        {session.isSuspicious && !isCurrent && (
          <p className="card-advice">{translate('devices.suspiciousText')}</p>
        )}
      </div>
      <div className="card-actions">{children}</div>
      {ending?.status === 'failed' && (
        <div className="card-fault">
          <Notice tone="error">
            <p>{translate('devices.endFailed', { fault: translate(`fault.${ending.fault}`) })}</p>
          </Notice>
        </div>
      )}
    </article>
  );
}

function Badges({
  session: { isCurrent, isNewDevice, isSuspicious, kind },
}: {
  session: SessionCardFragment;
}) {
  const { translate } = useLanguage();
  return (
    <p className="badges">
      {isCurrent && <span className="badge badge-current">{translate('devices.thisDevice')}</span>}
      {isSuspicious && !isCurrent && (
        <span className="badge badge-warning">
          <Icon name="warning" size={14} />
          {translate('devices.suspicious')}
        </span>
      )}
      {isNewDevice && !isCurrent && <span className="badge badge-new">{translate('devices.new')}</span>}
      {kind === 'API' && (
        <span className="badge">
          <Icon name="key" size={14} />
          {translate('devices.api')}
        </span>
      )}
    </p>
  );
}

function Addresses({ session: { ipAddress, lastIpAddress } }: { session: SessionCardFragment }) {
  const { translate } = useLanguage();
  const last = lastIpAddress ?? ipAddress;
  return (
    <div>
      <dt className="unseen">{translate('devices.address')}</dt>
      <dd>
        {last ?? translate('devices.noAddress')}
        {ipAddress && last !== ipAddress && (
          <span> {translate('devices.startedFrom', { address: ipAddress })}</span>
        )}
      </dd>
    </div>
  );
}
