/** How many sessions there are, and how many there may be: windows, of which so many are lit. */
import type { Quota as QuotaValues } from '../feeds/feeds.ts';
import { useLanguage } from '../language/use-language.ts';

/** More than these would be too small to tell apart: then it is a bar. */
const MAX_WINDOWS = 20;

const PITCH = 14;

export function Quota({ quota }: { quota: QuotaValues | null }) {
  const { translate } = useLanguage();
  if (!quota) return <p className="quota quota-unknown">&nbsp;</p>;
  const { used, max } = quota;
  return (
    <p className="quota">
      <span>{translate('devices.quota', { used, max })}</span>
      {max <= MAX_WINDOWS ? <Windows used={used} max={max} /> : <Bar share={Math.min(1, used / max)} />}
    </p>
  );
}

function Windows({ used, max }: QuotaValues) {
  return (
    <svg className="quota-windows" width={max * PITCH - 4} height="14" aria-hidden="true" focusable="false">
      {Array.from({ length: max }, (_, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a window is nothing but its place.
          key={index}
          className={index < used ? 'window-lit' : 'window-dark'}
          x={index * PITCH + 0.5}
          y="0.5"
          width={PITCH - 5}
          height="13"
          rx="2"
        />
      ))}
    </svg>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg className="quota-windows" width="120" height="8" aria-hidden="true" focusable="false">
      <rect className="window-dark" width="120" height="8" rx="4" />
      <rect className="window-lit" width={120 * share} height="8" rx="4" />
    </svg>
  );
}
