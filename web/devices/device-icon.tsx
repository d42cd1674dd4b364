/** What kind of device it is, at a glance; its name stands beside it. */
import type { DeviceType, SessionKind } from '../gql/graphql.ts';
import { Icon, type IconName } from '../ui/icon.tsx';

const ICONS = {
  DESKTOP: 'desktop',
  MOBILE: 'phone',
  TABLET: 'tablet',
  OTHER: 'program',
  UNKNOWN: 'unknown',
} as const satisfies Record<DeviceType, IconName>;

export function DeviceIcon({ type, kind }: { type: DeviceType; kind: SessionKind }) {
  return (
    <span className="device-icon">
      <Icon name={kind === 'API' && type === 'UNKNOWN' ? 'key' : ICONS[type]} size={24} />
    </span>
  );
}
