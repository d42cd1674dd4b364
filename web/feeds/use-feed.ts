/** A list for a component to show: read when it is first shown, and followed from then on. */
import { useEffect, useSyncExternalStore } from 'react';
import type { Feed, FeedPage, FeedState } from './feed.ts';

export function useFeed<Item, Page extends FeedPage<Item>>(feed: Feed<Item, Page>): FeedState<Item, Page> {
  useEffect(() => {
    // One that was read before may have become old where no news tells of it.
    if (feed.getState().items) void feed.refresh();
    else feed.open();
  }, [feed]);
  return useSyncExternalStore(feed.subscribe, feed.getState);
}
