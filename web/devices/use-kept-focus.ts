/**
 * Keeps the keyboard’s place in a list that changes by itself: when the device
 * whose button had the focus leaves, the next one’s has it, or else the heading.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** @param ids of what is listed, in order. Buttons carry theirs as `data-session`. @returns for the list’s element. */
export function useKeptFocus(ids: readonly string[]): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null);
  const focused = useRef<string | null>(null);
  const before = useRef<readonly string[]>(ids);

  useEffect(() => {
    const element = list.current;
    const note = ({ target }: FocusEvent) => {
      focused.current = target instanceof HTMLElement ? (target.dataset['session'] ?? null) : null;
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
    const id = focused.current;
    const place = id === null ? -1 : before.current.indexOf(id);
    before.current = ids;
    if (id === null || place === -1 || ids.includes(id)) return;
    const next = ids[Math.min(place, ids.length - 1)];
    const button = [...(list.current?.querySelectorAll<HTMLElement>('[data-session]') ?? [])].find(
      ({ dataset }) => dataset['session'] === next,
    );
    (button ?? list.current?.querySelector<HTMLElement>('h2:not(.unseen)'))?.focus();
  }, [key]);

  return list;
}
