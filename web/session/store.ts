/**
 * Whether this device is signed in, and all that it holds while it is. What is
 * held hangs on one object that is dropped whole when the session ends, is
 * replaced, or can’t be trusted: nothing of it is kept anywhere else.
 */
import {
  type LiveStatus,
  type SessionEvent,
  type SessionWatch,
  type SignedOut,
  watchSession,
} from '../../src/client/watch.ts';
import { createFeeds, type Feeds } from '../feeds/feeds.ts';
import type { AccountFragment, StartQuery } from '../gql/graphql.ts';
import { type Answer, type Ask, createAsk, type Fault } from './ask.ts';
import { watchSiblings } from './siblings.ts';
import { Start } from './start.ts';

/** All that a signed-in device holds. */
export interface Holdings {
  readonly user: AccountFragment;
  readonly ask: Ask;
  readonly feeds: Feeds;
  /** Another for each sign-in and each start. */
  readonly id: number;
  /** To be told when this device signs itself out: it speaks of this session, and of no other that is held by then. */
  readonly watch: SessionWatch;
  /** @returns what stops listening. */
  onNews(listener: (event: SessionEvent) => void): () => void;
}

export type SessionState =
  | { status: 'starting' }
  | { status: 'unreachable'; fault: Fault }
  /** Null: nobody was signed in that it could tell of. */
  | { status: 'signed-out'; how: SignedOut | null }
  | { status: 'signed-in'; holdings: Holdings; live: LiveStatus };

export interface SessionStore {
  subscribe(listener: () => void): () => void;
  getState(): SessionState;
  /**
   * Drops everything, and asks the server who is signed in. Called while that is being
   * asked, it is asked once more, however often it was called.
   */
  start(): Promise<void>;
  /** Somebody signed in here. */
  enter(user: AccountFragment, sessionId: string): void;
  /** Drops everything, such as before the page is put to sleep. */
  suspend(): void;
  /** Asks again, quietly, while nobody is signed in: another tab may have signed in unseen. */
  lookAgain(): Promise<void>;
}

/** @param speak the language of answers, as in Accept-Language. */
export function createSessionStore(speak: () => string): SessionStore {
  const listeners = new Set<() => void>();
  let state: SessionState = { status: 'starting' };
  /** Counts what began: an answer that comes after something else began is late, and ignored. */
  let epoch = 0;
  let held = 0;
  let asking: Promise<void> | null = null;
  /** What is to be asked next, with what is to be said where nobody is signed in; null for nothing. */
  let wanted: { how: SignedOut | null } | null = null;
  // However many messages a tab sends, the server isn’t asked for each of them.
  const siblings = watchSiblings(() => void start());

  function begin(next: SessionState): void {
    epoch += 1;
    wanted = null;
    become(next);
  }

  function become(next: SessionState): void {
    if (state.status === 'signed-in' && (next.status !== 'signed-in' || next.holdings !== state.holdings)) {
      state.holdings.watch.close();
      state.holdings.feeds.drop();
    }
    state = next;
    for (const listener of listeners) listener();
  }

  const askWho = () => createAsk({ speak })(Start, {});

  function read({ data, fault }: Answer<StartQuery>, how: SignedOut | null): SessionState {
    if (fault !== null) return { status: 'unreachable', fault };
    const { viewer, currentSession, currentSessionEnd: end } = data;
    if (viewer && currentSession) {
      return { status: 'signed-in', holdings: hold(viewer, currentSession.id), live: 'connecting' };
    }
    return { status: 'signed-out', how: end ? { reason: end.reason, at: new Date(end.endedAt) } : how };
  }

  function start(how: SignedOut | null = null): Promise<void> {
    begin({ status: 'starting' });
    wanted = { how };
    asking ??= askWhatIsWanted();
    return asking;
  }

  async function askWhatIsWanted(): Promise<void> {
    try {
      while (wanted) {
        const { how } = wanted;
        wanted = null;
        const began = epoch;
        const answer = await askWho();
        if (began === epoch) begin(read(answer, how));
      }
    } finally {
      asking = null;
    }
  }

  async function lookAgain(): Promise<void> {
    if (state.status !== 'signed-out' && state.status !== 'unreachable') return;
    const began = epoch;
    const answer = await askWho();
    if (began !== epoch) return;
    const next = read(answer, null);
    if (next.status !== 'unreachable' && next.status !== state.status) begin(next);
  }

  function hold(user: AccountFragment, sessionId: string): Holdings {
    const news = new Set<(event: SessionEvent) => void>();
    const isHeld = () => state.status === 'signed-in' && state.holdings === holdings;
    const watch = watchSession({
      url: '/graphql',
      sessionId,
      headers: () => ({ 'accept-language': speak() }),
      onSignedOut(how) {
        // Nobody knows how it ended: the cookie has gone, or is another session’s by now, which is shown then.
        if (how.reason === null) void start(how);
        else begin({ status: 'signed-out', how });
      },
      onStatus: (live) => {
        if (state.status !== 'signed-in' || !isHeld() || live === 'signed-out') return;
        // What happened while it was cut off was told to nobody here.
        if (live === 'live' && state.live !== 'connecting') void holdings.feeds.refresh();
        become({ ...state, live });
      },
      onEvent: (event) => {
        void holdings.feeds.refresh();
        for (const listener of news) listener(event);
      },
    });
    const ask = createAsk({ speak, session: { id: sessionId, check: () => watch.check(), isHeld } });
    const holdings: Holdings = {
      id: ++held,
      user,
      ask,
      watch,
      feeds: createFeeds(ask),
      onNews(listener) {
        news.add(listener);
        return () => news.delete(listener);
      },
    };
    return holdings;
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getState: () => state,
    start: () => start(),
    enter(user, sessionId) {
      begin({ status: 'signed-in', holdings: hold(user, sessionId), live: 'connecting' });
      siblings.tellSignedIn();
    },
    suspend: () => begin({ status: 'starting' }),
    lookAgain,
  };
}
