/** The language of the page, for components. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { Translator } from '../../src/i18n/translator.ts';
import type { Speech } from './speech.ts';

const SpeechContext = createContext<Speech | null>(null);

export const SpeechProvider = SpeechContext.Provider;

export function useSpeech(): Speech {
  const speech = use(SpeechContext);
  if (!speech) throw new Error('Wrap the page in a SpeechProvider');
  return speech;
}

/** Draws the component again when another language is chosen. */
export function useLanguage(): Translator {
  const speech = useSpeech();
  return useSyncExternalStore(speech.subscribe, speech.getTranslator);
}
