/**
 * Every text that people read, in English, as ICU messages
 * (https://unicode-org.github.io/icu/userguide/format_parse/messages/).
 * The other languages have the same keys; to add one, add a file beside this one
 * named by its BCP 47 tag, such as `pt-BR.ts`.
 */
export default {
  'devices.title': 'Your devices',
} as const;
