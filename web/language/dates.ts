/** Instants in words of a language. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const STEPS: readonly { unit: Intl.RelativeTimeFormatUnit; ms: number; belowMs: number }[] = [
  { unit: 'minute', ms: MINUTE_MS, belowMs: HOUR_MS },
  { unit: 'hour', ms: HOUR_MS, belowMs: DAY_MS },
  { unit: 'day', ms: DAY_MS, belowMs: 30 * DAY_MS },
  { unit: 'month', ms: 30 * DAY_MS, belowMs: 365 * DAY_MS },
  { unit: 'year', ms: 365 * DAY_MS, belowMs: Number.POSITIVE_INFINITY },
];

/**
 * Such as “5 minutes ago” or “in 2 days”; whole units that have passed, none rounded up.
 * @returns null for less than a minute, either way: that is now.
 */
export function describeDistance(language: string, at: Date, now: Date): string | null {
  const ms = at.getTime() - now.getTime();
  const distanceMs = Math.abs(ms);
  if (distanceMs < MINUTE_MS) return null;
  const step = STEPS.find(({ belowMs }) => distanceMs < belowMs);
  if (!step) return null;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  return format.format(Math.sign(ms) * Math.floor(distanceMs / step.ms), step.unit);
}

/** How far back a day is. A week is the last seven days, today included. */
export type Nearness = 'today' | 'yesterday' | 'this-week' | 'earlier';

/** By the calendar of the device. What is still to come by its clock, which may be behind, is today. */
export function findNearness(at: Date, now: Date): Nearness {
  if (at >= startOfDay(now, 0)) return 'today';
  if (at >= startOfDay(now, 1)) return 'yesterday';
  return at >= startOfDay(now, 6) ? 'this-week' : 'earlier';
}

/** Not 24 hours apart each: some days have 23 or 25. */
function startOfDay(now: Date, daysBefore: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBefore);
}

/** Day and time, such as “Nov 24, 2026, 7:05 AM”. */
export function formatInstant(language: string, at: Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** To the second and with its time zone, for whoever wants to know exactly. */
export function formatExactly(language: string, at: Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' }).format(at);
}

export function formatDay(language: string, at: Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(at);
}

export function formatTime(language: string, at: Date): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(at);
}
