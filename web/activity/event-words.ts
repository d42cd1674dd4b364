/** Events of the audit trail in words. */
import type { ActivityEventFragment } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';

/** What tries are counted by; one that is not known here is left out. */
const LIMITS = ['address', 'account', 'device', 'network', 'session'] as const;

interface EventWords {
  describe(event: ActivityEventFragment): string;
  /** Null where the event’s own words say it already. */
  describeActor(event: ActivityEventFragment): string | null;
}

export function useEventWords(): EventWords {
  const { translate } = useLanguage();
  return {
    describe({ type, session, limit, previousIpAddress, ipAddress, device }) {
      const name = session?.device.name ?? device?.name ?? translate('event.someDevice');
      switch (type) {
        case 'SESSION_STARTED':
          return translate('event.SESSION_STARTED', { device: name });
        case 'SESSION_ENDED':
          return translate('event.SESSION_ENDED', { device: name });
        case 'IP_CHANGED':
          return translate('event.IP_CHANGED', {
            device: name,
            before: previousIpAddress ?? '?',
            after: ipAddress ?? '?',
          });
        case 'LIMIT_EXCEEDED': {
          const known = LIMITS.find((each) => each === limit);
          return known ? translate(`limit.${known}`) : translate('event.LIMIT_EXCEEDED');
        }
        default:
          return translate(`event.${type}`);
      }
    },
    describeActor({ type, actor: { kind, name }, device, session }) {
      if (kind === 'SERVICE') return translate('actor.SERVICE', { name: name ?? '' });
      if (kind === 'USER') {
        if (!device) return translate('actor.USER');
        const isNamed = type === 'SESSION_STARTED' || type === 'SESSION_ENDED' || type === 'IP_CHANGED';
        return isNamed && device.name === session?.device.name ? null : device.name;
      }
      return translate(`actor.${kind}`);
    },
  };
}
