/** Tells of sessions that began and ended elsewhere, while somebody looks on. */
import { useEffect } from 'react';
import { useHoldings } from '../session/use-session.ts';
import { useAnnounce } from '../ui/use-announce.ts';
import { useEndings } from './use-endings.ts';

export function News() {
  const { onNews } = useHoldings();
  const announce = useAnnounce();
  const endings = useEndings();
  useEffect(
    () =>
      onNews((event) => {
        // Whoever ended it from here is told already.
        if (endings.of(event.session.id)) return;
        const device = event.session.device.name;
        announce(({ translate }) =>
          event.type === 'started'
            ? translate('devices.newsStarted', { device })
            : translate('devices.newsEnded', { device }),
        );
      }),
    [onNews, announce, endings],
  );
  return null;
}
