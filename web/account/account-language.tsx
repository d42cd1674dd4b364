/** The language switch of whoever is signed in: their mails are to speak the language of the page. */
import { useEffect, useRef } from 'react';
import { LanguageSwitch } from '../language/language-switch.tsx';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { ChangeLanguage } from './operations.ts';

export function AccountLanguage() {
  const { ask, feeds } = useHoldings();
  const { language } = useLanguage();
  const shown = useRef(language);

  // Names of devices come from the server, in the language that was asked for.
  useEffect(() => {
    if (shown.current !== language) void feeds.refresh();
    shown.current = language;
  }, [feeds, language]);

  return <LanguageSwitch onChoose={(chosen) => void ask(ChangeLanguage, { language: chosen })} />;
}
