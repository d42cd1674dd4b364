/**
 * Keeps the keyboard’s place in a list that changes by itself. When the card that
 * had the focus leaves, the next one has it, or else the heading: never a button,
 * which a second press of Enter would press for another device.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/**
 * @param ids of what is listed, in order. Cards carry theirs as `data-session`, and can take the focus.
 * @returns for the list’s element.
 */
export function useKeptFocus(ids: readonly string[]): RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const focused = useRef<HTMLElement | null>(null);
  const before = useRef<readonly string[]>(ids);

  useEffect(() => {
    const element = list.current;
    const note = ({ target }: FocusEvent) => {
      focused.current = target instanceof HTMLElement ? target : null;
    };
    // Some browsers tell of it when an element is taken away, too: that is looked at below, before this is.
    const forget = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        const isElsewhere = !list.current?.contains(document.activeElement);
        if (isElsewhere && target instanceof Node && target.isConnected) focused.current = null;
      });
    element?.addEventListener('focusin', note);
    element?.addEventListener('focusout', forget);
    return () => {
      element?.removeEventListener('focusin', note);
      element?.removeEventListener('focusout', forget);
    };
  }, []);

  const key = ids.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is all of the ids.
  useLayoutEffect(() => {
    const gone = focused.current;
    const place = before.current.indexOf(
      gone?.closest<HTMLElement>('[data-session]')?.dataset['session'] ?? '',
    );
    before.current = ids;
    // What stands beside the cards goes with the last of them.
    if (!gone || gone.isConnected || (place === -1 && ids.length > 0)) return;
    focused.current = null;
    const next = ids[Math.min(place, ids.length - 1)];
    const card = [...(list.current?.querySelectorAll<HTMLElement>('[data-session]') ?? [])].find(
      ({ dataset }) => dataset['session'] === next,
    );
    (card ?? list.current?.querySelector<HTMLElement>('h2'))?.focus();
  }, [key]);

  return list;
}
