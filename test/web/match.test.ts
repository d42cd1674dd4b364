import { expect, it } from 'vitest';
import { matchLanguage } from '../../web/language/match.ts';

const AVAILABLE = ['en', 'fr', 'pt-BR'];

it.each([
  [['fr'], 'fr'],
  [['fr-CA', 'en'], 'fr'],
  [['FR-fr'], 'fr'],
  [['de', 'fr'], 'fr'],
  [['pt-PT'], 'pt-BR'],
  [['pt-BR'], 'pt-BR'],
  [['', 'de'], 'en'],
  [['../fr', 'fr/..'], 'en'],
  [[], 'en'],
])('who wants %j is spoken to in %s', (wanted, language) => {
  expect(matchLanguage(wanted, AVAILABLE)).toBe(language);
});
