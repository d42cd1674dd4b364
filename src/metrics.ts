/**
 * What is counted and measured, for Prometheus. Labels come from short fixed
 * lists: no user, session, address or token is ever one.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From below a millisecond to half a minute: pushes, lags and comparisons alike. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The process's own: memory, CPU, event loop. There is one of these, however many servers run in it. */
const processRegistry = new Registry();

/** From now on. To be called once. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: processRegistry });
}

/** What is counted with each request: a counter of Prometheus looks at its labels each time, and is told when it is read. */
class Tally {
  #count = 0;

  inc(): void {
    this.#count += 1;
  }

  /** @returns how many there were since it was last asked. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Histogram({ name, help, labelNames, registers, buckets: SECONDS });

  const resumes = { warm: new Tally(), cold: new Tally(), refused: new Tally() };
  new Counter({
    name: 'curfew_resumes_total',
    help: 'Tokens checked: found in memory (warm), looked up in the database (cold), or refused.',
    labelNames: ['result'],
    registers,
    collect() {
      for (const [result, tally] of Object.entries(resumes)) this.inc({ result }, tally.take());
    },
  });
  const knownOperations = new Tally();
  new Counter({
    name: 'curfew_known_operations_total',
    help: 'Operations over HTTP that were known already, and went the short way.',
    registers,
    collect() {
      this.inc(knownOperations.take());
    },
  });

  return {
    /** Read when it is asked for. */
    gauge<Label extends string>(
      name: string,
      help: string,
      read: () => number | Iterable<readonly [Record<Label, string>, number]>,
      labelNames: Label[] = [],
    ): void {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          const value = read();
          if (typeof value === 'number') this.set(value);
          else for (const [labels, part] of value) this.set(labels, part);
        },
      });
    },

    resumes,
    knownOperations,
    sessionsStarted: counter('curfew_sessions_started_total', 'Sessions started by this process.'),
    sessionsEnded: counter('curfew_sessions_ended_total', 'Sessions ended by this process, by reason.', [
      'reason',
    ]),
    push: histogram(
      'curfew_push_seconds',
      'From the instant a session ended, on any process, until this one told its devices.',
    ),
    socketsClosed: counter('curfew_sockets_closed_total', 'WebSockets closed, by close code.', ['code']),
    socketsRefused: counter(
      'curfew_sockets_refused_total',
      'WebSockets and streams refused, by the limit reached.',
      ['limit'],
    ),
    busLag: histogram(
      'curfew_bus_lag_seconds',
      'How long this process’s own heartbeats were on their way over the bus.',
      ['bus'],
    ),
    busGaps: counter('curfew_bus_gaps_total', 'How often the connection to a bus was lost.', ['bus']),
    busMessages: counter('curfew_bus_messages_total', 'News on a bus: heard, or skipped as unreadable.', [
      'bus',
      'result',
    ]),
    comparison: histogram(
      'curfew_comparison_seconds',
      'How long comparing what this process holds with the database took.',
    ),
    comparisonFailures: counter(
      'curfew_comparison_failures_total',
      'Comparisons that could not be finished.',
    ),
    comparisonFound: counter(
      'curfew_comparison_found_total',
      'Endings and starts that no bus had told of, found by comparing.',
    ),

    mails: counter(
      'curfew_mails_total',
      'Tries to send mail: sent, failed (and tried again later), or given up.',
      ['result'],
    ),

    /** In the text format of Prometheus, with the process's own. */
    async write(): Promise<{ contentType: string; text: string }> {
      const all = Registry.merge([registry, processRegistry]);
      return { contentType: all.contentType, text: await all.metrics() };
    },
  };
}
