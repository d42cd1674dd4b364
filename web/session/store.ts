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
import type { AccountFragment } from '../gql/graphql.ts';
import { type Ask, createAsk, type Fault } from './ask.ts';
import { watchSiblings } from './siblings.ts';
import { Start } from './start.ts';

/** All that a signed-in device holds. */
export interface Holdings {
  readonly user: AccountFragment;
  readonly ask: Ask;
  readonly feeds: Feeds;
  /** Another for each sign-in and each start. */
  readonly id: number;
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
  /** Drops everything, and asks the server who is signed in. */
  start(): Promise<void>;
  /** Somebody signed in here. */
  enter(user: AccountFragment, sessionId: string): void;
  /** This device signed itself out. */
  leave(how: SignedOut): void;
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
  const siblings = watchSiblings(() => void start());

  function become(next: SessionState): void {
    if (state.status === 'signed-in' && (next.status !== 'signed-in' || next.holdings !== state.holdings)) {
      state.holdings.watch.close();
      state.holdings.feeds.drop();
    }
    state = next;
    for (const listener of listeners) listener();
  }

  async function askWho(): Promise<SessionState> {
    const { data, fault } = await createAsk({ speak })(Start, {});
    if (fault !== null) return { status: 'unreachable', fault };
    const { viewer, currentSession, currentSessionEnd: end } = data;
    if (viewer && currentSession) {
      return { status: 'signed-in', holdings: hold(viewer, currentSession.id), live: 'connecting' };
    }
    return { status: 'signed-out', how: end && { reason: end.reason, at: new Date(end.endedAt) } };
  }

  async function start(): Promise<void> {
    epoch += 1;
    const began = epoch;
    become({ status: 'starting' });
    const next = await askWho();
    if (began === epoch) become(next);
    else discard(next);
  }

  async function lookAgain(): Promise<void> {
    if (state.status !== 'signed-out' && state.status !== 'unreachable') return;
    const began = epoch;
    const next = await askWho();
    if (began === epoch && next.status !== 'unreachable' && next.status !== state.status) become(next);
    else discard(next);
  }

  function discard(next: SessionState): void {
    if (next.status === 'signed-in') next.holdings.watch.close();
  }

  function hold(user: AccountFragment, sessionId: string): Holdings {
    const news = new Set<(event: SessionEvent) => void>();
    const isHeld = () => state.status === 'signed-in' && state.holdings === holdings;
    const watch = watchSession({
      url: '/graphql',
      sessionId,
      headers: () => ({ 'accept-language': speak() }),
      onSignedOut: (how) => {
        epoch += 1;
        become({ status: 'signed-out', how });
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
    const ask = createAsk({ speak, check: () => watch.check() });
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
    start,
    enter(user, sessionId) {
      epoch += 1;
      become({ status: 'signed-in', holdings: hold(user, sessionId), live: 'connecting' });
      siblings.tellSignedIn();
    },
    leave(how) {
      if (state.status === 'signed-in') state.holdings.watch.signOut(how);
    },
    suspend() {
      epoch += 1;
      become({ status: 'starting' });
    },
    lookAgain,
  };
}
