/** The session of this device, for components. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { Holdings, SessionState, SessionStore } from './store.ts';

const StoreContext = createContext<SessionStore | null>(null);
const HoldingsContext = createContext<Holdings | null>(null);

export const SessionStoreProvider = StoreContext.Provider;
export const HoldingsProvider = HoldingsContext.Provider;

export function useSessionStore(): SessionStore {
  const store = use(StoreContext);
  if (!store) throw new Error('Wrap the page in a SessionStoreProvider');
  return store;
}

export function useSessionState(): SessionState {
  const store = useSessionStore();
  return useSyncExternalStore(store.subscribe, store.getState);
}

/** What is held for whoever is signed in; for components that are shown to them alone. */
export function useHoldings(): Holdings {
  const holdings = use(HoldingsContext);
  if (!holdings) throw new Error('Show this to somebody who is signed in');
  return holdings;
}
