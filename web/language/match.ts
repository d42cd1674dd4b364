/** Chooses a language among those that there are. */

/** What texts are written in first. */
export const SOURCE_LANGUAGE = 'en';

/**
 * @param wanted BCP 47 tags, the dearest first, as `navigator.languages` has them.
 * @returns the first that there is, be it without its region (`fr` for `fr-CA`) or with another.
 */
export function matchLanguage(wanted: readonly string[], available: readonly string[]): string {
  for (const tag of wanted) {
    const [primary] = tag.toLowerCase().split('-');
    const match =
      available.find((language) => language.toLowerCase() === tag.toLowerCase()) ??
      available.find((language) => language.toLowerCase() === primary) ??
      available.find((language) => language.toLowerCase().split('-')[0] === primary);
    if (match !== undefined) return match;
  }
  return SOURCE_LANGUAGE;
}
