/** The languages that there are, each loaded when it is chosen. */
import type { Messages } from '../../src/i18n/messages.ts';
import { createTranslator, type Translator } from '../../src/i18n/translator.ts';

const LOCALES = import.meta.glob<{ default: Messages }>('../../src/locales/*.ts');

/** BCP 47 tags: the names of the files. */
export const LANGUAGES: readonly string[] = Object.keys(LOCALES)
  .map((path) => path.replace(/^.*\/|\.ts$/g, ''))
  .sort();

/** @throws when the file can’t be fetched. */
export async function loadTranslator(language: string): Promise<Translator> {
  const load = LOCALES[`../../src/locales/${language}.ts`];
  if (!load) throw new Error(`There is no language ${language}`);
  return createTranslator(language, (await load()).default);
}
