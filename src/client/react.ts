/**
 * For React: one watch for the tree below `SessionProvider`, and hooks that tell
 * what it knows. The watch begins and ends with the component, also where
 * StrictMode runs effects twice; on a server, nothing is begun.
 */
import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import {
  type Endpoint,
  type EndResult,
  listSessions,
  revokeSession,
  type SessionEntry,
  signOutEverywhere,
} from './sessions.ts';
import {
  type LiveStatus,
  type SessionEvent,
  type SessionWatch,
  type SignedOut,
  type WatchOptions,
  watchSession,
} from './watch.ts';

export type { EndResult, SessionEntry } from './sessions.ts';
export { RequestError } from './sessions.ts';

export interface SessionProviderProps
  extends Omit<WatchOptions, 'onSignedOut' | 'onStatus' | 'onEvent'>,
    Partial<Pick<WatchOptions, 'onSignedOut' | 'onStatus' | 'onEvent'>> {
  children?: ReactNode;
}

interface Watched {
  options: WatchOptions;
  /** Whose sessions are listed: the one that is watched, or else the one of the first list. Null until that is known. */
  listed: { sessionId: string | null };
  /** Null until it has begun. */
  watch: SessionWatch | null;
  status: LiveStatus;
  signedOut: SignedOut | null;
  /** Counts what may have changed the list of sessions. */
  changes: number;
}

const WatchedContext = createContext<Watched | null>(null);

/**
 * Watches while it is mounted. Another `url` or `sessionId` begins another watch;
 * to begin one for another session, give it another `key`. Callbacks may change at any time.
 */
export function SessionProvider({ children, ...props }: SessionProviderProps) {
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { url, sessionId } = props;
  const [watch, setWatch] = useState<SessionWatch | null>(null);
  const [status, setStatus] = useState<LiveStatus>('connecting');
  const [signedOut, setSignedOut] = useState<SignedOut | null>(null);
  const [changes, setChanges] = useState(0);

  const options = useMemo((): WatchOptions => {
    const { fetch: send, webSocketImpl } = latest.current;
    return {
      url,
      ...(sessionId !== undefined && { sessionId }),
      ...(send && { fetch: send }),
      ...(webSocketImpl !== undefined && { webSocketImpl }),
      headers: () => latest.current.headers?.() ?? {},
      onSignedOut(how) {
        setSignedOut(how);
        latest.current.onSignedOut?.(how);
      },
      onStatus(next) {
        setStatus(next);
        // Something may have happened while it was not.
        if (next === 'live') setChanges((count) => count + 1);
        latest.current.onStatus?.(next);
      },
      onEvent(event: SessionEvent) {
        setChanges((count) => count + 1);
        latest.current.onEvent?.(event);
      },
    };
  }, [url, sessionId]);

  const listed = useMemo(() => ({ sessionId: options.sessionId ?? null }), [options]);

  useEffect(() => {
    const begun = watchSession(options);
    setWatch(begun);
    setStatus(begun.status);
    setSignedOut(null);
    return () => begun.close();
  }, [options]);

  const value = useMemo(
    () => ({ options, listed, watch, status, signedOut, changes }),
    [options, listed, watch, status, signedOut, changes],
  );
  return createElement(WatchedContext.Provider, { value }, children);
}

/** The watch of the provider; null until it has begun, and while rendering on a server. */
export function useSessionWatch(): SessionWatch | null {
  return useWatched().watch;
}

export function useLiveStatus(): LiveStatus {
  return useWatched().status;
}

/** How this device was signed out; null while it is signed in. */
export function useSignedOut(): SignedOut | null {
  return useWatched().signedOut;
}

export interface Sessions {
  /** Null until they are known, and once this device is signed out. */
  sessions: SessionEntry[] | null;
  /** Why they could not be read the last time; those of before are kept. */
  error: unknown;
  /** Resolves once the list is as it was when this was called, or later; it never rejects. */
  refresh(): Promise<void>;
  /** Rejects when it is not known whether it was ended. The list changes when it was, and never before. */
  revoke(id: string): Promise<EndResult>;
  /** All others, unless this one is to end too. Rejects as `revoke` does. */
  signOutEverywhere(options?: { keepCurrent: boolean }): Promise<EndResult>;
}

/** The sessions of the one who is signed in, as they come and go. */
export function useSessions(): Sessions {
  const { options, listed, watch, signedOut, changes } = useWatched();
  const [sessions, setSessions] = useState<SessionEntry[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  /** The reading whose answer is shown; an answer to an earlier one is of no use. */
  const newest = useRef<Promise<void> | null>(null);

  /** Where to ask, and for which session: the cookie may be another's by now. */
  const findEndpoint = useCallback((): Endpoint => {
    const { sessionId } = listed;
    return sessionId === null ? options : { ...options, sessionId };
  }, [options, listed]);

  const refresh = useCallback((): Promise<void> => {
    const own = read();
    newest.current = own;
    return own;

    async function read(): Promise<void> {
      const [reading] = await Promise.allSettled([listSessions(findEndpoint())]);
      if (newest.current !== own) return newest.current ?? undefined;
      if (reading.status === 'rejected') {
        setError(reading.reason);
        return void watch?.check();
      }
      const current = reading.value.find(({ isCurrent }) => isCurrent)?.id ?? null;
      listed.sessionId ??= current;
      // Asked before it was known for whom, and answered for somebody else.
      if (current !== listed.sessionId) return void watch?.check();
      setSessions(reading.value);
      setError(null);
    }
  }, [findEndpoint, listed, watch]);

  // biome-ignore lint/correctness/useExhaustiveDependencies(changes): it is read again whenever something has changed.
  useEffect(() => {
    if (signedOut) setSessions(null);
    else void refresh();
    return () => {
      newest.current = null;
    };
  }, [refresh, signedOut, changes]);

  return useMemo(() => {
    const ended = async (ending: Promise<EndResult>) => {
      try {
        return await ending;
      } finally {
        await refresh();
      }
    };
    return {
      sessions: signedOut ? null : sessions,
      error,
      refresh,
      revoke: (id) => ended(revokeSession(findEndpoint(), id)),
      signOutEverywhere: ({ keepCurrent } = { keepCurrent: true }) =>
        ended(signOutEverywhere(findEndpoint(), keepCurrent)),
    };
  }, [sessions, error, signedOut, refresh, findEndpoint]);
}

function useWatched(): Watched {
  const watched = useContext(WatchedContext);
  if (!watched) throw new Error('This hook needs a SessionProvider of curfew/client/react above it.');
  return watched;
}
