/** Tells what happened by itself, in a corner and to screen readers, without taking the focus. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { Icon } from './icon.tsx';
import { AnnounceContext } from './use-announce.ts';

/** Long enough to be read; what it tells stands in the page as well. */
const SHOWN_MS = 8000;

export function Announcer({ children }: { children: ReactNode }) {
  const [news, setNews] = useState<{ text: string } | null>(null);
  const announce = useCallback((text: string) => setNews({ text }), []);
  useEffect(() => {
    if (!news) return;
    const timer = setTimeout(() => setNews(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [news]);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {news && (
          <p className="toast">
            <Icon name="info" size={18} />
            {news.text}
          </p>
        )}
      </div>
    </AnnounceContext>
  );
}
