/** Counts what goes to the database, and stops it, while it goes there. */
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

/** Has PostgreSQL refuse to begin any transaction of this process. @returns what ends that. */
export function failBegins(): () => void {
  const original = pg.Client.prototype.query;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const asked = textOf(args[0]).startsWith('BEGIN') ? ['SELECT 1 / 0'] : args;
    return Reflect.apply(original, this, asked);
  } as never);
  onCleanup(() => spy.mockRestore());
  return () => spy.mockRestore();
}

function textOf(query: unknown): string {
  const text = typeof query === 'string' ? query : (query as { text?: unknown } | undefined)?.text;
  return String(text).replaceAll(/\s+/g, ' ');
}
