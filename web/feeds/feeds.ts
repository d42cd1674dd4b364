/** The lists of whoever is signed in: made at the sign-in, dropped with the session. */

import { MyActivity } from '../activity/operations.ts';
import { MyDevices } from '../devices/operations.ts';
import type { ActivityEventFragment, MyDevicesQuery, SessionCardFragment } from '../gql/graphql.ts';
import { MyPastSessions } from '../history/operations.ts';
import type { Answer, Ask } from '../session/ask.ts';
import { createFeed, type Feed, type FeedPage } from './feed.ts';

export type Quota = NonNullable<MyDevicesQuery['viewer']>['sessionQuota'];

export interface DevicesPage extends FeedPage<SessionCardFragment> {
  quota: Quota | null;
  totalCount: number;
}

export interface Feeds {
  readonly devices: Feed<SessionCardFragment, DevicesPage>;
  readonly history: Feed<SessionCardFragment>;
  readonly activity: Feed<ActivityEventFragment>;
  /** Reads again what of them is shown or was. */
  refresh(): Promise<void>;
  drop(): void;
}

/** More than almost anybody has: the devices are there without “show more”. */
const DEVICES_PAGE_SIZE = 50;

export function createFeeds(ask: Ask): Feeds {
  const devices = createFeed<SessionCardFragment, DevicesPage>(
    async (first, after) =>
      mapAnswer(await ask(MyDevices, { first, after }), ({ mySessions, viewer }) => ({
        ...readPage(mySessions),
        totalCount: mySessions.totalCount,
        quota: viewer?.sessionQuota ?? null,
      })),
    DEVICES_PAGE_SIZE,
  );
  const history = createFeed<SessionCardFragment, FeedPage<SessionCardFragment>>(async (first, after) =>
    mapAnswer(await ask(MyPastSessions, { first, after }), ({ mySessions }) => readPage(mySessions)),
  );
  const activity = createFeed<ActivityEventFragment, FeedPage<ActivityEventFragment>>(async (first, after) =>
    mapAnswer(await ask(MyActivity, { first, after }), ({ myAuditEvents }) => readPage(myAuditEvents)),
  );
  const all = [devices, history, activity];
  return {
    devices,
    history,
    activity,
    async refresh() {
      await Promise.all(all.map((feed) => feed.refresh()));
    },
    drop() {
      for (const feed of all) feed.drop();
    },
  };
}

function mapAnswer<From, To>(answer: Answer<From>, map: (data: From) => To): Answer<To> {
  return answer.fault === null ? { data: map(answer.data), fault: null } : answer;
}

interface Connection<Item> {
  nodes: Item[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

function readPage<Item>({ nodes, pageInfo }: Connection<Item>): FeedPage<Item> {
  return { items: nodes, endCursor: pageInfo.endCursor, hasMore: pageInfo.hasNextPage };
}
