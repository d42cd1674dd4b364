/**
 * One line to the other processes: connected, checked by heartbeats, and
 * connected anew when it breaks or falls silent, after a pause that grows and is
 * never quite the same, so that a fleet doesn't come back all at once.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { News } from '../sessions/news.ts';
import { type Heartbeat, readMessage, writeHeartbeat } from './message.ts';
import { Peers } from './peers.ts';
import { HEARTBEAT_INTERVAL_MS, Pulse, SILENCE_MS } from './pulse.ts';

/** What a line is made of; PostgreSQL and Redis have one each. */
export interface Wire {
  /** Sends a message to every process, this one included. Rejects unless it was taken. */
  send(messages: string[]): Promise<void>;
  /** Lets go at once, however the other side is. Nothing is heard or reported lost after it. */
  close(): void;
}

export interface WireEvents {
  hear(message: string): void;
  /** At most once, and the wire is closed by then. */
  lost(error: Error): void;
}

/** Rejects within seconds when there is no connection to be had. */
export type ConnectWire = (events: WireEvents) => Promise<Wire>;

export interface LineOptions {
  name: 'PostgreSQL' | 'Redis';
  connect: ConnectWire;
  log: Logger;
  metrics: Metrics;
  /** News of any process, this one included. */
  onNews(news: News): void;
  /** Heard again after a gap, or for the first time; what was said meanwhile is lost. Called before `isHeard` says so. */
  onHeard(): void;
  /** Another process fell silent: it may have died with news that it had not told. */
  onSilentPeer(): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

const FAREWELL_TIMEOUT_MS = 500;

const LOOK_INTERVAL_MS = 250;

/** Somebody who writes nonsense to the channel fills no log. */
const FAULT_LOG_INTERVAL_MS = 10_000;

export class Line {
  readonly #options: LineOptions;
  readonly #log: Logger;
  /** This process's name on the line. */
  readonly #self = randomUUID();
  readonly #pulse = new Pulse(this.#self);
  readonly #peers = new Peers();
  #wire: Wire | null = null;
  #timers: NodeJS.Timeout[] = [];
  #reconnect: NodeJS.Timeout | undefined;
  #isSending = false;
  /** Attempts to connect since it was last heard. */
  #attempts = 0;
  /** Whether anything was heard over this connection. */
  #isNew = true;
  #isClosed = false;
  #faults = 0;
  #faultsLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#log = options.log.child({ bus: options.name });
  }

  /**
   * Connects for the first time, and waits for its own heartbeat.
   *
   * @returns whether it came in time.
   * @throws what the first attempt fails with.
   */
  async open(withinMs: number): Promise<boolean> {
    await this.#connect();
    this.#timers = [
      setInterval(() => this.#beat(), HEARTBEAT_INTERVAL_MS),
      setInterval(() => this.#look(), LOOK_INTERVAL_MS),
    ];
    this.#beat();
    const deadline = performance.now() + withinMs;
    while (!this.isHeard() && performance.now() < deadline) await sleep(5);
    return this.isHeard();
  }

  get name(): string {
    return this.#options.name;
  }

  isHeard(): boolean {
    return this.#pulse.isHeard();
  }

  /** Rejects unless the messages are on their way to every process that hears this line. */
  async send(messages: string[]): Promise<void> {
    if (!this.#wire) throw new Error(`There is no connection to ${this.name}`);
    await this.#wire.send(messages);
  }

  /** @param isAllTold says farewell; else the others notice that it fell silent, and look for what it had to tell. */
  async close(isAllTold: boolean): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#reconnect);
    const wire = this.#wire;
    this.#wire = null;
    if (!wire || !isAllTold) return wire?.close();
    const farewell = wire.send([writeHeartbeat({ ...this.#pulse.beat(), isLast: true })]);
    const tooLong = new Promise((resolve) => setTimeout(resolve, FAREWELL_TIMEOUT_MS).unref());
    await Promise.race([farewell, tooLong]).catch(() => {});
    wire.close();
  }

  async #connect(): Promise<void> {
    this.#pulse.reset();
    this.#peers.reset();
    this.#isNew = true;
    const wire = await this.#options.connect({
      hear: (text) => this.#hear(text),
      lost: (error) => this.#lose(error),
    });
    if (this.#isClosed) wire.close();
    else this.#wire = wire;
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.#wire?.close();
    this.#wire = null;
    this.#pulse.reset();
    this.#options.metrics.busGaps.inc({ bus: this.name });
    this.#log.warn(
      { err: error },
      'the bus is lost; sessions are looked up in the database until it is back',
    );
    this.#retry();
  }

  #retry(): void {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#attempts++);
    const pause = longest * (0.5 + Math.random() / 2);
    this.#reconnect = setTimeout(() => {
      this.#connect().then(
        () => this.#beat(),
        (error: unknown) => {
          if (this.#isClosed) return;
          this.#log.warn({ err: error }, 'the bus can’t be had');
          this.#retry();
        },
      );
    }, pause);
  }

  /** Whether anybody has gone without a word: the other side, or another process. */
  #look(): void {
    if (this.#wire && this.#pulse.isSilent()) this.#lose(new Error(this.#describeSilence()));
    else if (this.#pulse.isHeard() && this.#peers.takeSilent()) this.#options.onSilentPeer();
  }

  #describeSilence(): string {
    const silence = `Nothing was heard for ${SILENCE_MS / 1000} s`;
    return this.#isNew && this.name === 'PostgreSQL'
      ? `${silence}. If a pooler stands in front of PostgreSQL, set CURFEW_LISTEN_URL to lead past it`
      : silence;
  }

  #beat(): void {
    const wire = this.#wire;
    // A heartbeat that is not taken shows by itself: nothing is heard.
    if (!wire || this.#isSending) return;
    this.#isSending = true;
    wire
      .send([writeHeartbeat(this.#pulse.beat())])
      .catch((error: Error) => {
        if (this.#wire === wire) this.#lose(error);
      })
      .finally(() => {
        this.#isSending = false;
      });
  }

  #hear(text: string): void {
    const message = readMessage(text);
    if ('fault' in message) this.#skip(message.fault);
    else if (message.type === 'heartbeat') this.#hearHeartbeat(message);
    else {
      this.#options.metrics.busMessages.inc({ bus: this.name, result: 'heard' });
      this.#options.onNews(message);
    }
  }

  #hearHeartbeat(heartbeat: Heartbeat): void {
    if (heartbeat.isLast) this.#peers.leave(heartbeat.from);
    else if (heartbeat.from !== this.#self) this.#peers.hear(heartbeat.from);
    const lagMs = this.#pulse.hear(heartbeat);
    if (lagMs === null) return;
    this.#options.metrics.busLag.observe({ bus: this.name }, lagMs / 1000);
    if (!this.#isNew) return;
    this.#isNew = false;
    this.#attempts = 0;
    this.#log.info('the bus is heard');
    this.#options.onHeard();
  }

  #skip(fault: string): void {
    this.#options.metrics.busMessages.inc({ bus: this.name, result: 'skipped' });
    this.#faults++;
    if (performance.now() - this.#faultsLoggedAt < FAULT_LOG_INTERVAL_MS) return;
    this.#faultsLoggedAt = performance.now();
    this.#log.warn({ fault, messages: this.#faults }, 'a message on the bus can’t be read, and is skipped');
    this.#faults = 0;
  }
}
