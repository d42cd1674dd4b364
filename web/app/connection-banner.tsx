/** Says that the page can’t hear the server, once it hasn’t for a moment: what it shows may be old. */
import type { LiveStatus } from '../../src/client/watch.ts';
import { useLanguage } from '../language/use-language.ts';
import { Icon } from '../ui/icon.tsx';

export function ConnectionBanner({ live }: { live: LiveStatus }) {
  const { translate } = useLanguage();
  return (
    <div className="connection" role="status">
      {(live === 'offline' || live === 'reconnecting') && (
        <p className="connection-text">
          <Icon name="offline" size={18} />
          {translate(`live.${live}`)}
        </p>
      )}
    </div>
  );
}
