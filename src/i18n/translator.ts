/** Texts in one language, for the server and the page alike. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { MessageKey, Messages, ValuesOf } from './messages.ts';

export interface Translator {
  /** Its BCP 47 tag, such as `fr`. */
  readonly language: string;
  translate<K extends MessageKey>(key: K, ...values: ValuesOf<K>): string;
}

/** Each text is parsed once, when it is first asked for. */
export function createTranslator(language: string, messages: Messages): Translator {
  const formats = new Map<MessageKey, IntlMessageFormat>();
  return {
    language,
    translate(key, ...values) {
      let format = formats.get(key);
      if (!format) {
        // A text is no markup: “<” means itself.
        format = new IntlMessageFormat(messages[key], language, undefined, { ignoreTag: true });
        formats.set(key, format);
      }
      return String(format.format(values[0]));
    },
  };
}
