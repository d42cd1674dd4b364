/** Whatever becomes of a connection, a watch is live with all of its subscriptions or not at all, and the host hears no fault of it. */
import { afterEach, beforeEach, expect, type Mock, test, vi } from 'vitest';
import { type Conversation, identify, SESSION_ID, startPeer, watchPeer } from './peer.ts';
import { subscribe, until } from './watching.ts';

const OWN = 'subscription Own { sessionStarted { session { id } } }';
const ALL = ['IdentifySocket', 'Own', 'WatchRevoked', 'WatchStarted'];

let reported: Mock;
beforeEach(() => {
  reported = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  expect(reported).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

const namesOf = (conversation: Conversation | undefined) => [...(conversation?.ids.keys() ?? [])].sort();

test.each([
  [
    'completes, and the socket stays open',
    ({ say }: Conversation, id: string) => say({ type: 'complete', id }),
  ],
  [
    'completes, and the socket is closed',
    ({ say, socket }: Conversation, id: string) => {
      say({ type: 'complete', id });
      socket.close(1001, 'The server is going away');
    },
  ],
  [
    'fails',
    ({ say }: Conversation, id: string) => say({ type: 'error', id, payload: [{ message: 'at fault' }] }),
  ],
  [
    'answers with errors',
    ({ say }: Conversation, id: string) =>
      say({ type: 'next', id, payload: { data: null, errors: [{ message: 'at fault' }] } }),
  ],
])('one subscription %s: all are had again, and those of the host come along', async (_what, act) => {
  const peer = await startPeer((conversation, heard, nth) => {
    if (nth === 1 && heard === 'subscribe Own') act(conversation, conversation.ids.get('WatchStarted') ?? '');
    return false;
  });
  const tab = watchPeer(peer);
  const own = subscribe(tab.watch, OWN);
  await until(() => tab.statuses.length >= 3, 15_000);
  expect(tab).toMatchObject({ statuses: ['live', 'reconnecting', 'live'], signedOut: [] });
  await expect.poll(() => namesOf(peer.conversations[1])).toEqual(ALL);
  expect(peer.conversations).toHaveLength(2);
  expect(own.told).toEqual([]);
});

test('what completes before it is known whose the socket is does not leave half of a watch live', async () => {
  const peer = await startPeer((conversation, heard, nth) => {
    if (nth > 1 || heard !== 'subscribe IdentifySocket') return false;
    conversation.say({ type: 'complete', id: conversation.ids.get('WatchRevoked') });
    identify(conversation, SESSION_ID);
    return true;
  });
  const tab = watchPeer(peer);
  await until(() => tab.statuses.length >= 2, 15_000);
  expect(tab.statuses).toEqual(['reconnecting', 'live']);
});

const BAD_FRAMES = [
  ['nothing', ''],
  ['no JSON', '{"type":'],
  ['null', 'null'],
  ['a number', '42'],
  ['a list', '[]'],
  ['no type', '{}'],
  ['a type that is none', { type: 'constructor' }],
  ['a type of something else', { type: { toString: 'ping' } }],
  ['a message of the other direction', { type: 'subscribe', id: '1', payload: { query: '{ __typename }' } }],
  ['bytes', Buffer.from('{"type":"ping"}')],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
  ['10 MB of nonsense', 'x'.repeat(10_000_000)],
  ['another acknowledgement', { type: 'connection_ack' }],
  ['a result that is none', { type: 'next', id: 'Own', payload: null }],
  ['a result that is text', { type: 'next', id: 'Own', payload: 'x' }],
  ['errors that are none', { type: 'error', id: 'Own', payload: { message: 'x' } }],
  ['no data', { type: 'next', id: 'WatchRevoked', payload: {} }],
  [
    'an end without a session',
    { type: 'next', id: 'WatchRevoked', payload: { data: { sessionRevoked: { isCurrent: true } } } },
  ],
] as const;

test('what is no message of the protocol is hung up on, and all begins anew', async () => {
  await Promise.all(
    BAD_FRAMES.map(async ([what, frame]) => {
      const peer = await startPeer((conversation, heard, nth) => {
        if (nth > 1 || heard !== 'subscribe Own') return false;
        const { id } = Object(frame) as { id?: string };
        const named = id !== undefined && conversation.ids.get(id);
        conversation.say(named ? { ...Object(frame), id: named } : frame);
        return true;
      });
      const tab = watchPeer(peer);
      const own = subscribe(tab.watch, OWN);
      await until(() => tab.statuses.length >= 3, 20_000);
      expect(tab.statuses, what).toEqual(['live', 'reconnecting', 'live']);
      expect([...tab.signedOut, ...tab.events, ...own.told], what).toEqual([]);
      await expect.poll(() => namesOf(peer.conversations[1]), { message: what }).toEqual(ALL);
    }),
  );
});

test('what is for nobody, or of no use, is passed over', async () => {
  const peer = await startPeer();
  const tab = watchPeer(peer);
  await tab.live();
  const own = subscribe(tab.watch, OWN);
  await until(() => namesOf(peer.conversations[0]).includes('Own'));
  const { say, ids } = peer.conversations[0] as Conversation;
  const id = ids.get('Own');
  for (const unknown of ['99', '', '__proto__', undefined, null, 7, {}]) {
    say({ type: 'next', id: unknown, payload: { data: { sessionStarted: null } } });
    say({ type: 'error', id: unknown, payload: [{ message: 'x' }] });
    say({ type: 'complete', id: unknown });
  }
  say({ type: 'ping', payload: { any: 'thing' } });
  say({ type: 'pong' });
  const large = { type: 'next', id, payload: { data: { text: 'x'.repeat(10_000_000) } } };
  say(large);
  await until(() => own.told.length > 0);
  expect(own.told).toEqual([large.payload]);
  expect(peer.conversations[0]?.heard).toContain('pong');
  expect(tab).toMatchObject({ statuses: ['live'], signedOut: [], events: [] });
});

test.each([
  ['not known', 'MADE_UP'],
  ['JSON', '{"reason":"REVOKED"}'],
  ['nothing', ''],
])(
  'a socket that is closed for an end whose reason is %s signs out, and says that it is not known',
  async (_what, reason) => {
    const peer = await startPeer();
    const tab = watchPeer(peer);
    await tab.live();
    peer.conversations[0]?.socket.close(4403, reason);
    expect(await tab.end()).toEqual({ reason: null, at: expect.any(Date) });
  },
);

test('a close for anything else signs nobody out', async () => {
  const codes = [1001, 1011, 1013, 4205, 4400, 4401, 4408, 4409, 4500, 4999];
  await Promise.all(
    codes.map(async (code) => {
      const peer = await startPeer();
      const tab = watchPeer(peer);
      await tab.live();
      peer.conversations[0]?.socket.close(code, '{"reason":');
      await until(() => tab.statuses.length >= 3, 20_000);
      expect(tab.statuses, String(code)).toEqual(['live', 'reconnecting', 'live']);
      expect(tab.signedOut, String(code)).toEqual([]);
    }),
  );
});

test.each([
  ['refuses the upgrade', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'],
  ['answers the upgrade with a page', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['answers the upgrade with nonsense', 'nonsense\r\n\r\n'],
  ['hangs up', ''],
])('a server that %s is tried again, and the host is left alone', async (_what, refusal) => {
  const peer = await startPeer(undefined, refusal);
  const tab = watchPeer(peer);
  await until(() => peer.upgrades >= 2);
  expect(tab).toMatchObject({ statuses: ['reconnecting'], signedOut: [] });
});

test.each([
  [
    'there is no server',
    () => watchPeer({ endpoint: 'http://127.0.0.1:1/graphql', conversations: [], upgrades: 0 }),
  ],
  [
    'the page may open no socket',
    async () =>
      watchPeer(await startPeer(), {
        webSocketImpl: function refuse() {
          throw new Error('SecurityError');
        },
      }),
  ],
  [
    'the headers can’t be had',
    async () => watchPeer(await startPeer(), { headers: () => Promise.reject(new Error('locked')) }),
  ],
  [
    'the headers are no text',
    async () => watchPeer(await startPeer(), { headers: () => ({ authorization: 1n as unknown as string }) }),
  ],
])('where %s, it is a connection that is lost', async (_what, begin) => {
  const tab = await begin();
  await until(() => tab.statuses.length > 0);
  expect(tab).toMatchObject({ statuses: ['reconnecting'], signedOut: [] });
});

test('a watch that is closed at any moment of its connection says nothing more', async () => {
  for (const moment of [
    'connection_init',
    'subscribe WatchRevoked',
    'subscribe IdentifySocket',
    'subscribe Own',
  ]) {
    const peer = await startPeer((conversation, heard) => {
      if (heard === moment) tab.watch.close();
      if (heard === 'complete Own') conversation.say('nonsense');
      return false;
    });
    const tab = watchPeer(peer);
    const own = subscribe(tab.watch, OWN);
    await until(() => peer.conversations[0]?.socket.readyState === 3);
    expect(own.told).toEqual(['complete']);
    expect(tab.statuses).toEqual(moment === 'subscribe Own' ? ['live'] : []);
    expect(peer.conversations).toHaveLength(1);
  }
  const closed = watchPeer(await startPeer());
  closed.watch.close();
  expect(closed.statuses).toEqual([]);
});
