/** Asks PostgreSQL how it would run the queries that the server really makes. */
import pg from 'pg';
import { expect } from 'vitest';
import { connectDatabase } from '../src/db/client.ts';
import { onCleanup } from './cleanup.ts';
import { watchQueries } from './queries.ts';

export interface Explained {
  indexes: string[];
  /** The kinds of the plan's nodes, from the top. */
  nodes: string[];
}

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  Plans?: Plan[];
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)];
}

/** After a test's rows are there, and `ANALYZE` was run. */
export async function connectExplainer(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onCleanup(() => client.end());
  // Tables of a test are so small that reading all of them would be the fastest.
  await client.query('SET enable_seqscan = off');
  const connected = connectDatabase({ connectionString }, () => {});
  onCleanup(() => connected.db.$disconnect());
  return {
    client,
    ...connected,
    /** How PostgreSQL would run the one query among those that `work` makes. */
    async explain(work: () => Promise<unknown>, isMeant: (query: string) => boolean): Promise<Explained> {
      const sent = watchQueries();
      await work();
      // The server of the test may ask the same by the clock.
      const meant = [...new Set(sent().filter(isMeant))];
      expect(meant).toHaveLength(1);
      const { rows } = await client.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${meant[0]}`);
      const nodes = flatten(rows[0]['QUERY PLAN'][0].Plan);
      return {
        indexes: nodes.flatMap((node) => node['Index Name'] ?? []).sort(),
        nodes: nodes.map((node) => node['Node Type']),
      };
    },
  };
}
