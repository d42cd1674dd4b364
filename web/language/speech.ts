/**
 * The language that the page speaks: what the person chose here, or else that of
 * the account, once somebody is signed in, or what the browser asks for. The choice
 * is the one thing that outlives a session.
 */
import type { Translator } from '../../src/i18n/translator.ts';
import { LANGUAGES, loadTranslator } from './load.ts';
import { matchLanguage } from './match.ts';

const KEPT_AS = 'language';

export interface Speech {
  subscribe(listener: () => void): () => void;
  /** What the page speaks now. */
  getTranslator(): Translator;
  /** Speaks another language once it is loaded, and remembers it. @throws when it can’t be fetched. */
  choose(language: string): Promise<void>;
  /** Speaks the language of an account, if there is such a one, and unless another was chosen here. Never rejects. */
  follow(language: string): Promise<void>;
  /** Writes the choice down again: signing out has the browser forget what the page kept. */
  remember(): void;
}

export async function createSpeech(): Promise<Speech> {
  const listeners = new Set<() => void>();
  let chosen = readChoice();
  let translator = await loadTranslator(matchLanguage([chosen ?? '', ...navigator.languages], LANGUAGES));
  /** The one that was asked for last: a slow file must not undo a later choice. */
  let wanted = translator.language;
  tellDocument();

  function tellDocument(): void {
    document.documentElement.lang = translator.language;
    document.documentElement.dir = directionOf(translator.language);
  }

  async function speak(language: string): Promise<void> {
    wanted = language;
    const loaded = await loadTranslator(language);
    if (wanted !== language) return;
    translator = loaded;
    tellDocument();
    for (const listener of listeners) listener();
  }

  function remember(): void {
    if (chosen !== null) writeChoice(chosen);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getTranslator: () => translator,
    async choose(language) {
      const before = chosen;
      chosen = language;
      try {
        await speak(language);
      } catch (error) {
        chosen = before;
        throw error;
      }
      remember();
    },
    async follow(language) {
      if (chosen !== null || !LANGUAGES.includes(language)) return;
      // Where it can’t be fetched, the page goes on in the language that it has.
      await speak(language).catch(() => {});
    },
    remember,
  };
}

/** Storage may be forbidden; then the choice lasts as long as the page. */
function readChoice(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

function writeChoice(language: string): void {
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // It is remembered in memory.
  }
}

/** Not every browser tells the direction of a language: where it doesn’t, the text’s own characters do. */
function directionOf(language: string): string {
  const locale: Intl.Locale & { getTextInfo?(): { direction: string }; textInfo?: { direction: string } } =
    new Intl.Locale(language);
  return (locale.getTextInfo?.() ?? locale.textInfo)?.direction ?? 'ltr';
}
