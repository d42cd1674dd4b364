/** Tells of sessions that began and ended elsewhere, while somebody looks on. */
import { useEffect } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { useAnnounce } from '../ui/announcer.tsx';

export function News() {
  const { translate } = useLanguage();
  const { onNews } = useHoldings();
  const announce = useAnnounce();
  useEffect(
    () =>
      onNews((event) => {
        const device = event.session.device.name;
        announce(
          event.type === 'started'
            ? translate('devices.newsStarted', { device })
            : translate('devices.newsEnded', { device }),
        );
      }),
    [onNews, announce, translate],
  );
  return null;
}
