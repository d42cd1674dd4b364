/** A way to a test's database over TCP that can fail, and that knows PostgreSQL’s statements. */
import { type Held, type Link, startTcpProxy, type TcpProxy } from '../proxy.ts';
import { createDatabase } from '../server.ts';

export interface Statement {
  sql: string;
  /** Its place in its transaction, of which BEGIN has 0; -1 outside of any. */
  place: number;
}

export interface PostgresProxy extends TcpProxy {
  databaseUrl: string;
  /** All that it has seen, oldest first. */
  statements: Statement[];
  /** Holds the next connection with such a statement, before PostgreSQL gets it. */
  holdBeforeStatement(matches: (statement: Statement) => boolean): Promise<Held>;
  /** Holds the next connection with such a statement once PostgreSQL has carried it out, before its client is told. */
  holdAnswerOfStatement(matches: (statement: Statement) => boolean): Promise<Held>;
  /** The next COMMIT reaches PostgreSQL. Its answer is lost: with the connection, or while that stays open. */
  loseNextCommit(how: 'with the connection' | 'in silence'): void;
}

/** @param direct the URL of a database behind a Unix socket; a new one when left out. */
export async function startProxy(direct?: string): Promise<PostgresProxy> {
  const url = new URL(direct ?? (await createDatabase()));
  const statements: Statement[] = [];
  const latest = new WeakMap<Link, Statement>();
  const proxy = await startTcpProxy(
    { path: `${url.searchParams.get('host')}/.s.PGSQL.5432` },
    (data, link) => {
      const sql = readStatement(data);
      if (sql === null) return;
      const statement = { sql, place: findPlace(sql, latest.get(link)) };
      latest.set(link, statement);
      statements.push(statement);
    },
  );
  // A chunk without a statement goes on with the one before, and is not held for it once more.
  const onStatement = (matches: (statement: Statement) => boolean) => (data: Buffer, link: Link) => {
    const statement = latest.get(link);
    return readStatement(data) !== null && statement !== undefined && matches(statement);
  };
  const holdAnswerOfStatement = (matches: (statement: Statement) => boolean) =>
    proxy.holdAnswer(onStatement(matches));
  return {
    ...proxy,
    databaseUrl: `postgresql://${url.searchParams.get('user')}@127.0.0.1:${proxy.port}${url.pathname}`,
    statements,
    holdBeforeStatement: (matches) => proxy.holdBefore(onStatement(matches)),
    holdAnswerOfStatement,
    loseNextCommit(how) {
      const lost = holdAnswerOfStatement(({ sql }) => sql === 'COMMIT');
      if (how === 'with the connection') void lost.then((held) => held.cut());
    },
  };
}

/**
 * The SQL text at the start of what a client sent: in a simple query, or in the
 * Parse that begins an extended one. Prisma's adapter names no statement, so
 * each is sent with its text, and `pg` sends the next when it has the answer.
 */
function readStatement(data: Buffer): string | null {
  const type = String.fromCharCode(data[0] ?? 0);
  const start = type === 'Q' ? 5 : type === 'P' ? data.indexOf(0, 5) + 1 : null;
  if (start === null) return null;
  const end = data.indexOf(0, start);
  return data.toString('utf8', start, end === -1 ? undefined : end);
}

function findPlace(sql: string, before: Statement | undefined): number {
  if (sql === 'BEGIN') return 0;
  const isInTransaction = before && before.place >= 0 && !/^(COMMIT|ROLLBACK)$/.test(before.sql);
  return isInTransaction ? before.place + 1 : -1;
}
