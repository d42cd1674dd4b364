/** A way to a test's database over TCP that can fail, and that knows PostgreSQL’s statements. */
import { type Held, type Link, type Pacer, startTcpProxy, type TcpProxy } from '../proxy.ts';
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
  const prepared = new WeakMap<Link, Map<string, string>>();
  const proxy = await startTcpProxy(
    { path: `${url.searchParams.get('host')}/.s.PGSQL.5432` },
    (data, link) => {
      const known = prepared.get(link) ?? new Map();
      prepared.set(link, known);
      const sql = readStatement(data, known);
      if (sql === null) return;
      const statement = { sql, place: findPlace(sql, latest.get(link)) };
      latest.set(link, statement);
      statements.push(statement);
    },
    paceStatements,
  );
  // A request without a statement goes on with the one before, and is not held for it once more.
  const onStatement = (matches: (statement: Statement) => boolean) => (data: Buffer, link: Link) => {
    const statement = latest.get(link);
    const isStatement = readStatement(data, prepared.get(link) ?? new Map()) !== null;
    return isStatement && statement !== undefined && matches(statement);
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

/** What an extended request begins or goes on with: Parse, Bind, Describe, Close, Flush; then Execute. */
const PARTS = new Set(['P', 'B', 'D', 'C', 'H']);
const EXECUTE = 'E';
/** What is answered with ReadyForQuery: a simple query, and the Sync after extended ones. */
const ENDS = new Set(['Q', 'S']);
const READY = 'Z';
/** What ends the answer to one Execute: CommandComplete, EmptyQueryResponse, ErrorResponse. */
const ERROR = 'E';
const DONE = new Set(['C', 'I', ERROR]);

/** Has PostgreSQL answer before there is a Sync. */
const FLUSH = Buffer.from(['H'.charCodeAt(0), 0, 0, 0, 4]);

/** Each statement goes alone, so that it can be held although its client sends several at once. */
function paceStatements(): Pacer {
  const sent = new Messages({ hasStartup: true });
  const answered = new Messages({ hasStartup: false });
  let parts: Buffer[] = [];
  let isAwaited = (_type: string) => false;
  /** After an error PostgreSQL answers nothing until the Sync. */
  let isSkipping = false;
  return {
    split(data) {
      const requests: Buffer[] = [];
      for (const message of sent.read(data)) {
        parts.push(message);
        if (PARTS.has(typeOf(message))) continue;
        if (typeOf(message) === EXECUTE) parts.push(FLUSH);
        requests.push(Buffer.concat(parts));
        parts = [];
      }
      return requests;
    },
    isAnswered(request) {
      const types = [...splitMessages(request)].map(typeOf);
      const isEnd = types.some((type) => ENDS.has(type));
      isAwaited = isEnd ? (type) => type === READY : (type) => DONE.has(type);
      return isEnd || (types.includes(EXECUTE) && !isSkipping);
    },
    isAnswer(data) {
      const types = answered.read(data).map(typeOf);
      if (types.includes(ERROR)) isSkipping = true;
      if (types.includes(READY)) isSkipping = false;
      return types.some((type) => isAwaited(type));
    },
  };
}

/** The messages in what comes in pieces: each a type, its length, and what it says. */
class Messages {
  #rest = Buffer.alloc(0);
  /** The first of a client has no type. */
  #hasStartup: boolean;

  constructor({ hasStartup }: { hasStartup: boolean }) {
    this.#hasStartup = hasStartup;
  }

  /** @returns those that are whole by now. */
  read(data: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    this.#rest = Buffer.concat([this.#rest, data]);
    for (;;) {
      const before = this.#hasStartup ? 0 : 1;
      if (this.#rest.length < before + 4) return messages;
      const length = before + this.#rest.readInt32BE(before);
      if (this.#rest.length < length) return messages;
      messages.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
      this.#hasStartup = false;
    }
  }
}

function splitMessages(request: Buffer): Buffer[] {
  return new Messages({ hasStartup: false }).read(request);
}

function typeOf(message: Buffer): string {
  return String.fromCharCode(message[0] ?? 0);
}

/**
 * The SQL text of a request: of a simple query, or of the statement that an
 * extended one binds.
 *
 * @param prepared the texts of named statements, which come with the first use alone.
 */
function readStatement(request: Buffer, prepared: Map<string, string>): string | null {
  for (const message of splitMessages(request)) {
    const [first, second = ''] = message.toString('utf8', 5).split('\0');
    switch (typeOf(message)) {
      case 'Q':
        return first ?? null;
      case 'P':
        prepared.set(first ?? '', second);
        break;
      case 'B':
        return prepared.get(second) ?? null;
    }
  }
  return null;
}

function findPlace(sql: string, before: Statement | undefined): number {
  if (sql.startsWith('BEGIN')) return 0;
  const isInTransaction = before && before.place >= 0 && !/^(COMMIT|ROLLBACK)$/.test(before.sql);
  return isInTransaction ? before.place + 1 : -1;
}
