/** Tells what happened by itself, in a corner and to screen readers, without taking the focus. */
import { type ReactNode, useCallback, useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { Icon } from './icon.tsx';
import { AnnounceContext, type Say } from './use-announce.ts';

export function Announcer({ children }: { children: ReactNode }) {
  const translator = useLanguage();
  const [news, setNews] = useState<{ say: Say; id: number } | null>(null);
  const announce = useCallback((say: Say) => setNews((before) => ({ say, id: (before?.id ?? 0) + 1 })), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {news && (
          // How long it stays is the style’s: it fades, and waits while it is pointed at. A press puts it away,
          // so that it is in nobody’s way; what lies under it, unseen, must not be pressed through it.
          // biome-ignore lint/a11y/useKeyWithClickEvents: it is in the way of nobody who uses the keyboard.
          <p
            key={news.id}
            className="toast"
            onClick={() => setNews(null)}
            onAnimationEnd={({ animationName }) => {
              if (animationName === 'toast-fade') setNews(null);
            }}
          >
            <Icon name="info" size={18} />
            {news.say(translator)}
          </p>
        )}
      </div>
    </AnnounceContext>
  );
}
