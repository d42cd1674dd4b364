import { describe, expect, it } from 'vitest';
import { describeDistance, findNearness } from '../../web/language/dates.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function describeAgo(ms: number, language = 'en'): string | null {
  return describeDistance(language, new Date(NOW.getTime() - ms), NOW);
}

describe('how long ago something was', () => {
  it.each([
    [0, null],
    [MINUTE - 1, null],
    [MINUTE, '1 minute ago'],
    [5 * MINUTE + 59 * SECOND, '5 minutes ago'],
    [HOUR - 1, '59 minutes ago'],
    [HOUR, '1 hour ago'],
    [DAY - 1, '23 hours ago'],
    [DAY, '1 day ago'],
    [29 * DAY, '29 days ago'],
    [30 * DAY, '1 month ago'],
    [364 * DAY, '12 months ago'],
    [365 * DAY, '1 year ago'],
    [800 * DAY, '2 years ago'],
  ])('%d ms: %s', (ms, words) => {
    expect(describeAgo(ms)).toBe(words);
  });

  it('a clock that is a little behind the server’s makes it now, not the future', () => {
    expect(describeAgo(-20 * SECOND)).toBeNull();
  });

  it('is told in the language', () => {
    expect(describeAgo(5 * MINUTE, 'fr')).toBe('il y a 5 minutes');
  });
});

describe('how near a day is', () => {
  const noon = new Date(2026, 10, 24, 12);

  it.each([
    ['a moment that is still to come, by a clock that is behind', new Date(2026, 10, 24, 12, 1), 'today'],
    ['the first moment of the day', new Date(2026, 10, 24), 'today'],
    ['the last moment before it', new Date(2026, 10, 23, 23, 59, 59, 999), 'yesterday'],
    ['the evening two days before', new Date(2026, 10, 22, 23, 59), 'this-week'],
    ['six days before, at its beginning', new Date(2026, 10, 18), 'this-week'],
    ['the same day of the week before', new Date(2026, 10, 17, 23, 59), 'earlier'],
  ])('%s', (_which, at, nearness) => {
    expect(findNearness(at, noon)).toBe(nearness);
  });
});
