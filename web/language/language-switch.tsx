/** Chooses the language of the page; each is written in itself. */
import { useId } from 'react';
import { Icon } from '../ui/icon.tsx';
import { LANGUAGES } from './load.ts';
import { useLanguage, useSpeech } from './use-language.ts';

interface LanguageSwitchProps {
  /** Called with what was chosen, once the page speaks it. */
  onChoose?(language: string): void;
}

export function LanguageSwitch({ onChoose }: LanguageSwitchProps) {
  const { language, translate } = useLanguage();
  const speech = useSpeech();
  const id = useId();

  async function choose(wanted: string): Promise<void> {
    try {
      await speech.choose(wanted);
    } catch {
      // The page goes on in the language that it has; the switch shows that one.
      return;
    }
    onChoose?.(wanted);
  }

  return (
    <span className="language">
      <Icon name="globe" size={18} />
      <label className="unseen" htmlFor={id}>
        {translate('page.language')}
      </label>
      <select id={id} value={language} onChange={(event) => void choose(event.target.value)}>
        {LANGUAGES.map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {nameLanguage(tag)}
          </option>
        ))}
      </select>
      <Icon name="down" size={16} />
    </span>
  );
}

/** In itself, with a capital, as it stands in lists: “English”, “Français”. */
function nameLanguage(tag: string): string {
  const name = new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
