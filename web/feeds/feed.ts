/**
 * A list that the server gives by pages, grown by “show more” and read again when
 * something happened. Reading again replaces all that is shown at once, so that
 * nothing is missing or doubled at the border of two pages.
 */
import type { Answer, Fault } from '../session/ask.ts';

/** The most that the server gives at once. */
const MAX_PAGE_SIZE = 100;

export interface FeedPage<Item> {
  items: Item[];
  endCursor: string | null;
  hasMore: boolean;
}

export interface FeedState<Item, Page extends FeedPage<Item>> {
  /** Null until the first page has come. */
  items: readonly Item[] | null;
  /** The last page that came, for what it tells besides its items. */
  page: Page | null;
  /** What is under way; reading again shows nothing of itself. */
  busy: 'first' | 'more' | null;
  /** Of the last reading. What is shown may be out of date. */
  fault: Fault | null;
}

export interface Feed<Item, Page extends FeedPage<Item> = FeedPage<Item>> {
  subscribe(listener: () => void): () => void;
  getState(): FeedState<Item, Page>;
  /** Reads the first page, unless it was read or is being read. */
  open(): void;
  more(): Promise<void>;
  /** Reads again what is shown, if anything is. Resolves once what is shown is at least as new as the call. */
  refresh(): Promise<void>;
  /** Forgets everything; whatever still comes is ignored. */
  drop(): void;
}

/** @param size how many items a page has. */
export function createFeed<Item, Page extends FeedPage<Item>>(
  read: (first: number, after: string | null) => Promise<Answer<Page>>,
  size = 20,
): Feed<Item, Page> {
  const nothing: FeedState<Item, Page> = { items: null, page: null, busy: null, fault: null };
  const listeners = new Set<() => void>();
  let state = nothing;
  let isDropped = false;
  /** One reading after the other: each begins with what the one before it left. */
  let last: Promise<void> = Promise.resolve();
  /** A refresh that has not begun yet serves all who ask for one meanwhile. */
  let coming: Promise<void> | null = null;

  function become(next: Partial<FeedState<Item, Page>>): void {
    if (isDropped) return;
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  function queue(task: () => Promise<void>): Promise<void> {
    last = last.then(() => (isDropped ? undefined : task()));
    return last;
  }

  async function append(busy: 'first' | 'more'): Promise<void> {
    become({ busy, fault: null });
    const { data, fault } = await read(size, state.page?.endCursor ?? null);
    if (fault !== null) return become({ busy: null, fault });
    become({ busy: null, items: [...(state.items ?? []), ...data.items], page: data });
  }

  async function reread(): Promise<void> {
    coming = null;
    const count = Math.max(state.items?.length ?? 0, size);
    const items: Item[] = [];
    let page: Page | null = null;
    do {
      const { data, fault }: Answer<Page> = await read(
        Math.min(count - items.length, MAX_PAGE_SIZE),
        page?.endCursor ?? null,
      );
      if (fault !== null) return become({ fault });
      items.push(...data.items);
      page = data;
    } while (page.hasMore && items.length < count);
    become({ items, page, fault: null });
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getState: () => state,
    open() {
      if (state.items || state.busy) return;
      become({ busy: 'first' });
      void queue(() => append('first'));
    },
    more() {
      if (state.busy || !state.page?.hasMore) return Promise.resolve();
      become({ busy: 'more' });
      return queue(() => append('more'));
    },
    refresh() {
      if (!state.items && !state.busy) return Promise.resolve();
      coming ??= queue(reread);
      return coming;
    },
    drop() {
      isDropped = true;
      state = nothing;
      listeners.clear();
    },
  };
}
