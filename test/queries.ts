/** Counts what goes to the database, while it goes there. */
import pg from 'pg';
import { vi } from 'vitest';
import { onCleanup } from './cleanup.ts';

/** What goes on by the clock, whoever asks: comparing takes lists, heartbeats have connections of their own, and what is due is looked for. */
const BY_THE_CLOCK =
  /unnest\((?!.* AS asked)|pg_notify|mass_endings|UPDATE mails SET|FROM mails WHERE sent_at|SET ended_at = due\.at|DELETE FROM/;

/** @returns the texts of all queries that this process has sent since. */
export function watchQueries(): () => string[] {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  onCleanup(() => spy.mockRestore());
  const before = spy.mock.calls.length;
  return () => spy.mock.calls.slice(before).map(([query]) => textOf(query));
}

/** @returns how many queries requests have sent from this process since. */
export function countQueries(): () => number {
  const sent = watchQueries();
  return () => sent().filter((text) => !BY_THE_CLOCK.test(text)).length;
}

function textOf(query: unknown): string {
  const text = typeof query === 'string' ? query : (query as { text?: unknown } | undefined)?.text;
  return String(text).replaceAll(/\s+/g, ' ');
}
