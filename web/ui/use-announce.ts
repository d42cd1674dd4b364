/** Telling what happened, from anywhere in the page. */
import { createContext, use } from 'react';
import type { Translator } from '../../src/i18n/translator.ts';

/** What happened, in whichever language the page speaks while it is told. */
export type Say = (translator: Translator) => string;

export const AnnounceContext = createContext<(say: Say) => void>(() => {});

export function useAnnounce(): (say: Say) => void {
  return use(AnnounceContext);
}
