/** Counts what goes to the database, while it goes there. */
import pg from 'pg';
import { vi } from 'vitest';
import { onCleanup } from './cleanup.ts';

/** @returns how many queries this process has sent since, but for the heartbeats of its bus. */
export function countQueries(): () => number {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  onCleanup(() => spy.mockRestore());
  return () => spy.mock.contexts.filter((client) => nameOf(client) === 'curfew').length;
}

function nameOf(client: unknown): unknown {
  return (client as { connectionParameters: { application_name: unknown } }).connectionParameters
    .application_name;
}
