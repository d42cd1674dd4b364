/** Asks PostgreSQL how it would run the queries that the server really makes. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { expect } from 'vitest';
import { PrismaClient } from '../src/db/generated/prisma/client.ts';
import { createPreparedQuery, type QueryPrepared } from '../src/db/prepared.ts';
import { onCleanup } from './cleanup.ts';

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
  const db = new PrismaClient({
    adapter: new PrismaPg({ connectionString }),
    log: [{ emit: 'event', level: 'query' }],
  });
  onCleanup(() => db.$disconnect());
  let queries: string[] = [];
  db.$on('query', ({ query }) => queries.push(query));
  const pool = new pg.Pool({ connectionString });
  onCleanup(() => pool.end());
  const prepared = createPreparedQuery(pool);
  const query: QueryPrepared = (sql) => {
    queries.push(sql.text);
    return prepared(sql);
  };
  return {
    client,
    query,
    /** Its queries can be explained; so can those of `query`. */
    db,
    /** How PostgreSQL would run the one query among those that `work` makes. */
    async explain(work: () => Promise<unknown>, isMeant: (query: string) => boolean): Promise<Explained> {
      queries = [];
      await work();
      const meant = queries.filter(isMeant);
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
