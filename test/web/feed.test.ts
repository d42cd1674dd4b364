import { beforeEach, describe, expect, it } from 'vitest';
import { createFeed, type Feed, type FeedPage } from '../../web/feeds/feed.ts';
import type { Answer } from '../../web/session/ask.ts';

const SIZE = 3;

/** What the server has; a cursor is the item that it stands after. */
let items: string[];
/** The next readings fail. */
let isDown: boolean;
/** How many items each reading asked for. */
let asked: number[];
/** Set: readings wait for it. */
let gate: Promise<void> | null;
let feed: Feed<string>;

async function read(first: number, after: string | null): Promise<Answer<FeedPage<string>>> {
  asked.push(first);
  await gate;
  if (isDown) return { data: null, fault: 'network' };
  const start = after === null ? 0 : items.indexOf(after) + 1;
  const page = items.slice(start, start + first);
  const hasMore = start + first < items.length;
  return { data: { items: page, endCursor: page.at(-1) ?? null, hasMore }, fault: null };
}

/** Resolves once nothing is under way. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => feed.getState().busy === null && resolve();
    feed.subscribe(look);
    look();
  });
}

beforeEach(async () => {
  items = ['a', 'b', 'c', 'd', 'e'];
  isDown = false;
  asked = [];
  gate = null;
  feed = createFeed(read, SIZE);
  feed.open();
  await settle();
});

describe('a list', () => {
  it('is read a page at a time', async () => {
    expect(feed.getState().items).toEqual(['a', 'b', 'c']);
    await feed.more();
    expect(feed.getState()).toMatchObject({ items: ['a', 'b', 'c', 'd', 'e'], page: { hasMore: false } });
    await feed.more();
    expect(asked).toEqual([SIZE, SIZE]);
  });

  it('is opened once, however often it is shown', async () => {
    feed.open();
    feed.open();
    await settle();
    expect(asked).toEqual([SIZE]);
  });

  it('is read again whole: what is new comes first, and nothing is missing or doubled', async () => {
    await feed.more();
    items = ['new', 'a', 'c', 'd', 'e'];
    await feed.refresh();
    expect(feed.getState().items).toEqual(items);
  });

  it('keeps what it shows while it can’t be read, and says so', async () => {
    isDown = true;
    await feed.refresh();
    expect(feed.getState()).toMatchObject({ items: ['a', 'b', 'c'], fault: 'network' });
    isDown = false;
    await feed.refresh();
    expect(feed.getState().fault).toBeNull();
  });

  it('a refresh that is asked for while one is under way sees what came meanwhile', async () => {
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = feed.refresh();
    // The first one is under way, and may have been answered before this.
    while (asked.length < 2) await Promise.resolve();
    items = ['new', ...items];
    const second = feed.refresh();
    expect(feed.refresh()).toBe(second);
    open();
    await Promise.all([first, second]);
    expect(feed.getState().items).toEqual(['new', 'a', 'b']);
    expect(asked).toHaveLength(3);
  });

  it('holds nothing once it is dropped, not even what still comes', async () => {
    const late = feed.refresh();
    feed.drop();
    await late;
    expect(feed.getState()).toEqual({ items: null, page: null, busy: null, fault: null });
  });

  it('of more items than the server gives at once is read again by pages', async () => {
    items = Array.from({ length: 130 }, (_, index) => `item ${index}`);
    await feed.refresh();
    while (feed.getState().page?.hasMore) await feed.more();
    asked = [];
    await feed.refresh();
    expect(asked).toEqual([100, 30]);
    expect(feed.getState().items).toEqual(items);
  });
});
