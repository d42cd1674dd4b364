/** Counts what goes to the database, while it goes there. */
import pg from 'pg';
import { vi } from 'vitest';
import { onCleanup } from './cleanup.ts';

/** @returns how many queries this process has sent since. */
export function countQueries(): () => number {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  onCleanup(() => spy.mockRestore());
  return () => spy.mock.calls.length;
}
