/** The language of the page: what the person chose here, or else what the browser asks for. */

import type { Messages } from '../src/i18n/messages.ts';
import { createTranslator, type Translator } from '../src/i18n/translator.ts';

/** Each is loaded when it is needed. */
const LOCALES = import.meta.glob<{ default: Messages }>('../src/locales/*.ts');

export async function loadTranslator(language: string): Promise<Translator> {
  const load = LOCALES[`../src/locales/${language}.ts`];
  if (!load) throw new Error(`There is no language ${language}`);
  return createTranslator(language, (await load()).default);
}
