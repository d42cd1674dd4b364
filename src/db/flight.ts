/**
 * Statements that are sent in one go and answered in one go. `pg` alone has
 * PostgreSQL answer after each, which costs both sides a system call for each, and
 * run those behind one that failed; of a flight it skips the rest.
 *
 * To the client it is one query, which hands on to each statement in its turn what
 * comes for it. What that takes is inside of `pg`, and is here alone.
 */
import pg from 'pg';

/** What there is of a connection of `pg` that its types don't name. */
interface Wire extends pg.Connection {
  /** By their names, the texts of those that PostgreSQL has, and of those that were sent to it. */
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
}

/** A query of `pg`, as its client deals with it. */
interface Handler {
  text: string;
  name: string | undefined;
  submit(wire: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
  handleError(error: Error, wire: Wire): void;
}

type Query = pg.Query & Handler;

export interface PendingStatement {
  /** Of `Preparation.prepare`. */
  config: pg.QueryConfig;
  /** Told as soon as it is done, or has failed, be it for another that failed before it. */
  callback(error: Error | undefined, result: pg.QueryResult): void;
}

export class Flight extends pg.Query {
  readonly statements: readonly pg.QueryConfig[];
  /** Those that are not done, in their order. */
  readonly #waiting: Query[];
  /** What PostgreSQL answers now is about the statement of this name, which has this text. */
  declare name: string | undefined;
  declare text: string;

  constructor(pending: readonly PendingStatement[]) {
    super({ text: '' });
    this.statements = pending.map(({ config }) => config);
    this.#waiting = pending.map(({ config, callback }) => new pg.Query(config, callback) as Query);
    this.#turn();
  }

  #turn(): void {
    const [current] = this.#waiting;
    this.name = current?.name;
    this.text = current?.text ?? '';
  }

  override submit = (wire: pg.Connection): null => {
    let fault: unknown = null;
    const bind = (...config: Parameters<typeof wire.bind>) => {
      try {
        wire.bind(...config);
      } catch (error) {
        fault = error;
        throw error;
      }
    };
    const withoutSync: Wire = Object.create(wire, { sync: { value() {} }, bind: { value: bind } });
    wire.stream.cork();
    for (const query of this.#waiting) {
      fault = query.submit(withoutSync) ?? fault;
      // A value that can't be written: PostgreSQL gets nothing of it all, and the client is told by the end of the connection.
      if (!fault) continue;
      wire.stream.destroy(fault as Error);
      break;
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  };

  handleRowDescription(message: unknown): void {
    this.#waiting[0]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#waiting[0]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    const done = this.#waiting.shift();
    this.#turn();
    done?.handleCommandComplete(message, wire);
    done?.handleReadyForQuery(wire);
  }

  /** Of a statement without text. */
  handleEmptyQuery(wire: Wire): void {
    this.handleCommandComplete({ text: '' }, wire);
  }

  handleError(error: Error, wire: Wire): void {
    const failed = this.#waiting.splice(0);
    for (const query of failed) {
      // Those behind the one that failed were not even looked at.
      if (query.name !== undefined) delete wire.submittedNamedStatements[query.name];
      query.handleError(error, wire);
    }
  }
}
