/** Counts what goes to the database, and stops it, while it goes there. */
import pg from 'pg';
import { vi } from 'vitest';
import { Flight } from '../src/db/flight.ts';
import { Preparation, type Statement } from '../src/db/prepared.ts';
import { onCleanup } from './cleanup.ts';

/** What goes on by the clock, whoever asks: comparing takes lists, heartbeats have connections of their own, and what is due is looked for. */
const BY_THE_CLOCK =
  /unnest\((?!.* AS asked)|pg_notify|mass_endings|UPDATE mails SET|FROM mails WHERE sent_at|SET ended_at = due\.at|DELETE FROM/;

/** @returns the texts of all queries that this process has sent since. */
export function watchQueries(): () => string[] {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  onCleanup(() => spy.mockRestore());
  const before = spy.mock.calls.length;
  return () => spy.mock.calls.slice(before).flatMap(([query]) => textsOf(query));
}

/** @returns how many queries requests have sent from this process since. */
export function countQueries(): () => number {
  const sent = watchQueries();
  return () => sent().filter((text) => !BY_THE_CLOCK.test(text)).length;
}

/** Has PostgreSQL refuse to begin any transaction of this process, Prisma’s too. @returns what ends that. */
export function failBegins(): () => void {
  const { query } = pg.Client.prototype;
  const { prepare } = Preparation.prototype;
  const prismas = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [asked] = args;
    const isBegin = !(asked instanceof Flight) && textsOf(asked)[0]?.startsWith('BEGIN');
    return Reflect.apply(query, this, isBegin ? ['SELECT 1 / 0'] : args);
  } as never);
  const ours = vi.spyOn(Preparation.prototype, 'prepare').mockImplementation(function (
    this: Preparation,
    statement: Statement,
  ) {
    const isBegin = statement.text.startsWith('BEGIN');
    return Reflect.apply(prepare, this, [isBegin ? { text: 'SELECT 1 / 0', values: [] } : statement]);
  });
  const end = () => {
    prismas.mockRestore();
    ours.mockRestore();
  };
  onCleanup(end);
  return end;
}

function textsOf(query: unknown): string[] {
  if (query instanceof Flight) return query.statements.flatMap((statement) => textsOf(statement));
  const text = typeof query === 'string' ? query : (query as { text?: unknown } | undefined)?.text;
  return [String(text).replaceAll(/\s+/g, ' ')];
}
