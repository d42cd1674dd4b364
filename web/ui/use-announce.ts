/** Telling what happened, from anywhere in the page. */
import { createContext, use } from 'react';

export const AnnounceContext = createContext<(text: string) => void>(() => {});

export function useAnnounce(): (text: string) => void {
  return use(AnnounceContext);
}
