/**
 * The moments at which a page may have missed something: somebody comes back to
 * it, the network is back, or the computer slept. Where there is no window or
 * document (Node, workers, React Native), the clock alone tells.
 */

export interface Wake {
  /** Somebody looks at the page, or the computer slept. Often several times for one moment. */
  onWake(): void;
  /** The page comes out of the back/forward cache: whatever it shows may be of long ago. */
  onReturn(): void;
  onOnline(): void;
  onOffline(): void;
  /** Every 20 to 30 s; browsers make it a minute for a tab that nobody sees. */
  onBeat(): void;
}

const LEAST_BEAT_MS = 20_000;
/** More than browsers ever put a timer off in a hidden tab: it must not take each of its beats for a wake. */
const SLEPT_MS = 90_000;

/** @returns what stops it, and leaves no listener and no timer. */
export function watchWaking({ onWake, onReturn, onOnline, onOffline, onBeat }: Wake): () => void {
  const undo: (() => void)[] = [];
  const listen = (target: EventTarget | undefined, type: string, listener: (event: Event) => void) => {
    if (typeof target?.addEventListener !== 'function') return;
    target.addEventListener(type, listener);
    undo.push(() => target.removeEventListener(type, listener));
  };
  const page = typeof document === 'undefined' ? undefined : document;
  listen(page, 'visibilitychange', () => {
    if (page?.visibilityState === 'visible') onWake();
  });
  listen(globalThis, 'focus', onWake);
  listen(globalThis, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) onReturn();
  });
  listen(globalThis, 'online', onOnline);
  listen(globalThis, 'offline', onOffline);

  // Pages that began together are not to ask together.
  const beatMs = LEAST_BEAT_MS * (1 + Math.random() / 2);
  let beatAt = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const slept = now - beatAt >= SLEPT_MS;
    beatAt = now;
    if (slept) onWake();
    onBeat();
  }, beatMs);
  return () => {
    clearInterval(timer);
    for (const stop of undo) stop();
  };
}

/** False where nothing is known of the network. */
export function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false;
}
