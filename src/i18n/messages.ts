/** What the texts of the languages have in common: their keys, and what is filled into them. */
import type english from '../locales/en.ts';
import type { MessageValues } from './message-values.ts';

export type MessageKey = keyof typeof english;

/** All texts of one language. */
export type Messages = Record<MessageKey, string>;

/** A text that no language is chosen for yet. */
export type Message = {
  [K in MessageKey]: ValuesOf<K> extends []
    ? { key: K; values?: never }
    : { key: K; values: MessageValues[K] };
}[MessageKey];

/** Left out for a text that nothing is filled into. */
export type ValuesOf<K extends MessageKey> = [MessageValues[K]] extends [Record<string, never>]
  ? []
  : [values: MessageValues[K]];
