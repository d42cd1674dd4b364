/** The time of a story that is told after it happened. It goes forward alone, and ends now. */
import type { Clock } from '../../src/core.ts';

export interface StoryClock extends Clock {
  /** It is so long before the end of the story. */
  moveTo(ago: { days?: number; hours?: number; minutes?: number }): void;
}

const MINUTE_MS = 60_000;

export function createStoryClock(end: Date): StoryClock {
  let now = new Date(0);
  return {
    now: () => now,
    moveTo({ days = 0, hours = 0, minutes = 0 }) {
      const next = new Date(end.getTime() - ((days * 24 + hours) * 60 + minutes) * MINUTE_MS);
      if (next <= now) throw new Error('A story goes forward alone');
      now = next;
    },
  };
}
