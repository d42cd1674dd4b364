/** What must not sign anybody out, what must do it once only, and what is left behind: nothing. */
import { BroadcastChannel } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { onCleanup } from '../cleanup.ts';
import { startProxy } from '../db/proxy.ts';
import { newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { ConfirmPassword, RevokeSession } from '../operations.ts';
import { createDatabase, startTestServer } from '../server.ts';
import { carry, collecting, until, watch } from './watching.ts';

const server = await startTestServer();
/** Behind a database that goes away when a test says so. */
const proxy = await startProxy();
const frail = await startTestServer({ DATABASE_URL: proxy.databaseUrl });

async function twoDevices(on: typeof server = server) {
  const email = newEmail();
  const laptop = await signUp(on, email);
  return { email, laptop, phone: await signIn(on, email) };
}

function openChannel(endpoint: string): BroadcastChannel {
  const channel = new BroadcastChannel(`curfew ${endpoint}`);
  onCleanup(() => channel.close());
  return channel;
}

/** Answers each check with this. */
function answering(...answers: (() => Promise<Response>)[]): typeof fetch {
  return () => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? Promise.reject(new Error('none'));
}

const json =
  (body: unknown, status = 200) =>
  async () =>
    Response.json(body, { status });

test('event, close, sibling, check and the app’s own word at once are one sign-out', async () => {
  const { laptop, phone } = await twoDevices();
  const tabs = [watch(server, phone), watch(server, phone), watch(server, phone)];
  await Promise.all(tabs.map((tab) => tab.live()));
  const revoked = laptop.ask(RevokeSession, { id: phone.sessionId });
  const checks = tabs.flatMap(({ watch: { check } }) => [check(), check(), check()]);
  await Promise.all([revoked, ...checks, ...tabs.map((tab) => tab.end())]);
  await Promise.all(tabs.map((tab) => tab.watch.check()));
  for (const tab of tabs) tab.watch.signOut();
  for (const { signedOut, statuses } of tabs) {
    expect(signedOut).toMatchObject([{ reason: 'REVOKED' }]);
    // A subscription that was still being made is refused, and its socket lost, before it is known why.
    expect(statuses.filter((status) => status !== 'reconnecting')).toEqual(['live', 'signed-out']);
    expect(statuses.at(-1)).toBe('signed-out');
  }
});

test('a tab that signs out takes its siblings along, and no tab of another session', async () => {
  const { laptop, phone } = await twoDevices();
  const [first, second, other] = [watch(server, phone), watch(server, phone), watch(server, laptop)];
  await Promise.all([first.live(), second.live(), other.live()]);
  first.watch.signOut();
  // The server has ended nothing: it was the sibling who told.
  expect(await second.end()).toMatchObject({ reason: 'SIGNED_OUT', at: expect.any(Date) });
  expect(first.signedOut).toHaveLength(1);
  await other.watch.check();
  expect(other).toMatchObject({ signedOut: [], watch: { status: 'live' } });
});

test('what else a page says on the channel of the tabs is passed over', async () => {
  const { phone } = await twoDevices();
  const onPhone = watch(server, phone);
  await onPhone.live();
  const channel = openChannel(server.endpoint);
  const type = 'curfew:session-ended';
  const session = phone.sessionId;
  for (const garbage of [
    null,
    'x',
    42,
    [],
    [type],
    {},
    { type },
    { type, session: {} },
    { type, session: [session] },
    { type, session: 1 },
    { type, session: `${session} ` },
    { type: { type }, session },
    { type: 'ended', session },
    { session },
    new Map([['type', type]]),
  ]) {
    channel.postMessage(garbage);
  }
  // Messages come in the order in which they were sent.
  channel.postMessage({ type, session, reason: 'MADE_UP', at: 'never' });
  expect(await onPhone.end()).toEqual({ reason: null, at: null });
  expect(onPhone.signedOut).toHaveLength(1);
});

test('a tab whose browser is signed in as somebody else by now is signed out, and hears nothing of theirs', async () => {
  const { phone } = await twoDevices();
  const stranger = await signUp(server);
  const browser = { headers: { ...phone.headers } };
  const sockets: WebSocket[] = [];
  const tab = watch(server, browser, { webSocketImpl: collecting(sockets) });
  await tab.live();
  browser.headers = stranger.headers;
  sockets[0]?.terminate();
  expect(await tab.end()).toEqual({ reason: null, at: null });
  expect(tab.events).toEqual([]);
});

test('a page that knows its session is not taken in by another', async () => {
  const { laptop, phone } = await twoDevices();
  const tab = watch(server, laptop, { sessionId: phone.sessionId });
  expect(await tab.end()).toEqual({ reason: null, at: null });
});

test.each([
  ['a network that is away', () => Promise.reject(new TypeError('fetch failed'))],
  ['a server at fault', json({ errors: [{ message: 'x' }] }, 500)],
  ['a server whose database is away', json({ errors: [{ message: 'x' }], data: null }, 503)],
  ['a session along with an error', json({ data: { currentSession: null }, errors: [{ message: 'x' }] })],
  ['a proxy’s page', async () => new Response('<h1>Sign in to the Wi-Fi</h1>')],
  ['a proxy’s refusal', json({ data: { currentSession: null, currentSessionEnd: null } }, 403)],
  ['JSON of something else', json({ currentSession: null })],
  ['a list', json([])],
  ['null', json(null)],
  ['an answer without the session', json({ data: {} })],
  ['a session of the wrong form', json({ data: { currentSession: 'x', currentSessionEnd: null } })],
] as const)('%s signs nobody out', async (_what, answer) => {
  const { phone } = await twoDevices();
  const tab = watch(server, phone, { fetch: answering(answer) });
  await tab.live();
  await tab.watch.check();
  await tab.watch.check();
  expect(tab).toMatchObject({ signedOut: [], statuses: ['live'] });
});

test('one answer of nobody is not believed: the request may have crossed a new token', async () => {
  const { phone } = await twoDevices();
  const nobody = json({ data: { currentSession: null, currentSessionEnd: null } });
  const { fetch: really = fetch } = carry(phone);
  let asked = 0;
  const tab = watch(server, phone, {
    fetch: (input, init) => (asked++ === 0 ? nobody() : really(input, init)),
  });
  await tab.live();
  await tab.watch.check();
  expect({ asked, signedOut: tab.signedOut }).toEqual({ asked: 2, signedOut: [] });
});

test('the database being away signs nobody out, and the end that it hid is told after', async () => {
  const { laptop, phone } = await twoDevices(frail);
  const tab = watch(frail, phone);
  await tab.live();
  proxy.refuse();
  proxy.cut();
  const ask = () => send(frail, '{ currentSession { id } }', undefined, phone.headers);
  await expect.poll(async () => (await ask()).status, { timeout: 15_000 }).toBe(503);
  await tab.watch.check();
  expect(tab.signedOut).toEqual([]);
  proxy.accept();
  await expect
    .poll(async () => (await send(frail, RevokeSession, { id: phone.sessionId }, laptop.headers)).errors, {
      timeout: 15_000,
    })
    .toBeUndefined();
  expect(await tab.end()).toMatchObject({ reason: 'REVOKED' });
});

test('a server that restarts is found again, and nobody is signed out', async () => {
  const settings = { DATABASE_URL: await createDatabase() };
  const first = await startTestServer(settings);
  const { laptop, phone } = await twoDevices(first);
  const tab = watch(first, phone);
  await tab.live();
  await first.close();
  await tab.watch.check();
  const second = await startTestServer({ ...settings, PORT: new URL(first.url).port });
  await until(() => tab.statuses.length >= 3);
  expect(tab).toMatchObject({ statuses: ['live', 'reconnecting', 'live'], signedOut: [] });
  await send(second, RevokeSession, { id: phone.sessionId }, laptop.headers);
  expect(await tab.end()).toMatchObject({ reason: 'REVOKED' });
});

test('callbacks that throw, or reject, break nothing', async () => {
  const { laptop, phone } = await twoDevices();
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  onCleanup(() => report.mockRestore());
  let calls = 0;
  const fail = () => {
    calls++;
    throw new Error('a fault of the host');
  };
  const tab = watch(server, phone, {
    onStatus: fail,
    onEvent: fail,
    onSignedOut: async () => fail(),
  });
  await tab.live();
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await until(() => tab.watch.status === 'signed-out');
  await expect.poll(() => report.mock.calls.length).toBe(calls);
  expect(calls).toBe(3);
});

test('a page may call the watch from each of its callbacks', async () => {
  const { email, laptop, phone } = await twoDevices();
  const inStatus: Promise<void>[] = [];
  const checking = watch(server, phone, {
    onStatus: () => {
      inStatus.push(checking.watch.check());
      checking.watch.signOut();
    },
  });
  await checking.end();
  await Promise.all(inStatus);
  expect(checking.signedOut).toMatchObject([{ reason: 'SIGNED_OUT' }]);
  expect(inStatus).toHaveLength(2);

  let events = 0;
  const closing = watch(server, laptop, {
    onEvent: () => {
      events++;
      closing.watch.close();
    },
  });
  await closing.live();
  await Promise.all([signIn(server, email), signIn(server, email)]);
  await until(() => events > 0);
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect({ events, signedOut: closing.signedOut }).toEqual({ events: 1, signedOut: [] });
});

test('after close nothing is called, and subscriptions of one’s own complete', async () => {
  const { laptop, phone } = await twoDevices();
  const tab = watch(server, phone);
  await tab.live();
  const completed = new Promise<void>((resolve, reject) => {
    tab.watch.socket.subscribe(
      { query: 'subscription { sessionRevoked { isCurrent } }' },
      { next: () => {}, error: reject, complete: resolve },
    );
  });
  const before = tab.statuses.length;
  tab.watch.close();
  tab.watch.close();
  await completed;
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await tab.watch.check();
  tab.watch.signOut();
  expect(tab.statuses).toHaveLength(before);
  expect(tab.signedOut).toEqual([]);
});

test('a closed watch leaves no socket, whether it was connected or not yet', async () => {
  const { phone } = await twoDevices();
  const opened: WebSocket[] = [];
  const webSocketImpl = collecting(opened);
  const [live, connecting] = [
    watch(server, phone, { webSocketImpl }),
    watch(server, phone, { webSocketImpl }),
  ];
  connecting.watch.close();
  await live.live();
  live.watch.close();
  await expect
    .poll(() => opened.map(({ readyState }) => readyState))
    .toEqual(opened.map(() => WebSocket.CLOSED));
  expect(opened.length).toBeGreaterThan(0);
});

test('a Bearer client’s headers are asked for each time, and one failure is not the end', async () => {
  const { laptop, phone } = await twoDevices();
  let asked = 0;
  const tab = watch(server, phone, {
    headers() {
      asked++;
      if (asked === 1) throw new Error('the keychain is locked');
      return { authorization: phone.headers['authorization'] ?? '' };
    },
  });
  await tab.live();
  await phone.ask(ConfirmPassword, { password: PASSWORD });
  await expect.poll(() => tab.statuses.at(-1), { timeout: 10_000 }).toBe('live');
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  expect(await tab.end()).toMatchObject({ reason: 'REVOKED' });
  expect(asked).toBeGreaterThan(2);
});

test.each(['', 'graphql', '/graphql', 'ftp://example.com/graphql'])(
  'the url “%s” is refused, with what would be right',
  (url) => {
    expect(() => watch({ endpoint: url }, { headers: {} })).toThrow(
      'such as "https://auth.example.com/graphql"',
    );
  },
);
