/**
 * The language switch of whoever is signed in: their mails are to speak the language of the page. Where
 * none was chosen in this browser yet, the page speaks that of their account.
 */
import { useEffect, useRef } from 'react';
import { LanguageSwitch } from '../language/language-switch.tsx';
import { useLanguage, useSpeech } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { useAnnounce } from '../ui/use-announce.ts';
import { ChangeLanguage } from './operations.ts';

export function AccountLanguage() {
  const { ask, feeds, user } = useHoldings();
  const { language } = useLanguage();
  const speech = useSpeech();
  const announce = useAnnounce();
  const shown = useRef(language);

  useEffect(() => {
    if (user.language) void speech.follow(user.language);
  }, [speech, user]);

  // Names of devices come from the server, in the language that was asked for.
  useEffect(() => {
    if (shown.current !== language) void feeds.refresh();
    shown.current = language;
  }, [feeds, language]);

  async function changeMails(chosen: string): Promise<void> {
    const { data } = await ask(ChangeLanguage, { language: chosen });
    const result = data?.changeLanguage;
    if (!result || result.__typename === 'ChangeLanguageSuccess') return;
    const { message } = result;
    announce(({ translate }) => translate('account.mailsKeepLanguage', { reason: message }));
  }

  return <LanguageSwitch onChoose={(chosen) => void changeMails(chosen)} />;
}
