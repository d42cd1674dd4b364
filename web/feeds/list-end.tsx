/** Below a list: more of it, or why it couldn’t be read. */
import { useLanguage } from '../language/use-language.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import type { Feed, FeedPage, FeedState } from './feed.ts';

interface ListEndProps<Item, Page extends FeedPage<Item>> {
  feed: Feed<Item, Page>;
  state: FeedState<Item, Page>;
}

export function ListEnd<Item, Page extends FeedPage<Item>>({ feed, state }: ListEndProps<Item, Page>) {
  const { translate } = useLanguage();
  const { items, page, busy, fault } = state;
  return (
    <div className="list-end">
      {fault && fault !== 'signed-out' && (
        <Notice tone="error">
          <p>{translate(items ? 'list.old' : 'list.failed', { fault: translate(`fault.${fault}`) })}</p>
          <Button
            isBusy={busy !== null}
            onClick={() => {
              if (items) void feed.refresh();
              else feed.open();
            }}
          >
            {translate('list.again')}
          </Button>
        </Notice>
      )}
      {!fault && page?.hasMore && (
        <Button isBusy={busy === 'more'} onClick={() => void feed.more()}>
          {translate('list.more')}
        </Button>
      )}
    </div>
  );
}
