/** Texts in one language, for the server and the page alike. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Message, MessageKey, Messages, ValuesOf } from './messages.ts';

export interface Translator {
  /** Its BCP 47 tag, such as `fr`. */
  readonly language: string;
  translate<K extends MessageKey>(key: K, ...values: ValuesOf<K>): string;
  /** The same, for a text that was chosen elsewhere. */
  write(message: Message): string;
}

/** Each text is parsed once, when it is first asked for. */
export function createTranslator(language: string, messages: Messages): Translator {
  const formats = new Map<MessageKey, IntlMessageFormat>();

  function write({ key, values }: { key: MessageKey; values?: Record<string, unknown> | undefined }): string {
    let format = formats.get(key);
    if (!format) {
      // A text is no markup: “<” means itself.
      format = new IntlMessageFormat(messages[key], language, undefined, { ignoreTag: true });
      formats.set(key, format);
    }
    return String(format.format(values as Record<string, string | number | Date>));
  }

  return { language, translate: (key, ...[values]) => write({ key, values }), write };
}
