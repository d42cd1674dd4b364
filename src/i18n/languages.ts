/**
 * The languages that the server has texts in, and which of them somebody gets.
 *
 * There is one for each file of src/locales, so that to add a language is to add
 * its file. Who asks for it may send anything of any length: an Accept-Language
 * header is cut before it is parsed, and what is remembered of headers is little.
 */
import { readdir } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import englishMessages from '../locales/en.ts';
import { english } from './english.ts';
import type { Messages } from './messages.ts';
import { createTranslator, type Translator } from './translator.ts';

/** Of source and of what is built from it. What is named by no tag is none: not `fr.d.ts`, and not `fr.js.map`. */
const LOCALE_FILE = /^(.+)\.[jt]s$/;

/** The form of a BCP 47 tag. */
const TAG = /^[A-Za-z]{2,8}(?:-[A-Za-z\d]{1,8})*$/;

/** Real headers are below 200 characters; what a longer one names last is hardly wanted most. */
const MAX_HEADER_LENGTH = 512;
/** Most people send one of a few. */
const REMEMBERED_HEADERS = 500;

export class Languages {
  /** BCP 47 tags: English, then the others by the alphabet. */
  readonly tags: readonly string[];
  readonly #translators: ReadonlyMap<string, Translator>;
  readonly #negotiated = new LRUCache<string, { tag: string | null }>({ max: REMEMBERED_HEADERS });

  constructor(translators: readonly Translator[]) {
    this.#translators = new Map(
      [english, ...translators].map((translator) => [translator.language, translator]),
    );
    this.tags = [...this.#translators.keys()];
  }

  /** English for a language that there is none of, and for none. */
  translatorOf(tag: string | null): Translator {
    return this.#translators.get(tag ?? english.language) ?? english;
  }

  /**
   * The one of an Accept-Language header (RFC 9110, section 12.5.4) that is wanted most.
   *
   * @returns null when it names none of them.
   */
  negotiate(header: string | undefined): string | null {
    if (!header) return null;
    if (header.length > MAX_HEADER_LENGTH) return this.#negotiate(cut(header));
    const known = this.#negotiated.get(header);
    if (known) return known.tag;
    const tag = this.#negotiate(header);
    this.#negotiated.set(header, { tag });
    return tag;
  }

  #negotiate(header: string): string | null {
    return new Negotiator({ headers: { 'accept-language': header } }).language([...this.tags]) ?? null;
  }

  /**
   * The one that a tag stands for, such as `fr` for `fr-CA` (RFC 4647, section 3.4).
   *
   * @returns null when there is none.
   */
  find(tag: string): string | null {
    if (!isTag(tag)) return null;
    const parts = tag.toLowerCase().split('-');
    for (; parts.length > 0; parts.pop()) {
      const found = this.tags.find((known) => known.toLowerCase() === parts.join('-'));
      if (found !== undefined) return found;
    }
    return null;
  }
}

/** Whether it has the form of a BCP 47 tag, of whatever language. */
export function isTag(text: string): boolean {
  // Nobody's is longer (RFC 5646, section 4.4.1).
  return text.length <= 35 && TAG.test(text);
}

/** Between two languages: half of a weight would be another one. */
function cut(header: string): string {
  const start = header.slice(0, MAX_HEADER_LENGTH);
  return start.slice(0, Math.max(0, start.lastIndexOf(',')));
}

/** @param folder of the locale files, with a slash at its end. */
export async function loadLanguages(folder = new URL('../locales/', import.meta.url)): Promise<Languages> {
  const names = (await readdir(folder)).sort();
  const translators = names.map(async (name) => {
    const tag = LOCALE_FILE.exec(name)?.[1];
    return tag === undefined || !isTag(tag) || tag === english.language
      ? []
      : [await loadTranslator(new URL(name, folder), tag)];
  });
  return new Languages((await Promise.all(translators)).flat());
}

async function loadTranslator(file: URL, tag: string): Promise<Translator> {
  const { default: messages } = (await import(file.href)) as { default: Messages };
  // `npm run check` lets no text be missing; one of a file that was added since is better English than none.
  return createTranslator(tag, { ...englishMessages, ...messages });
}
