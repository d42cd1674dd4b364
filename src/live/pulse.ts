/**
 * Tells whether a bus is heard: by this process's own heartbeats, sent on the
 * way that news takes and heard on the way that news comes.
 *
 * A bus delivers in order. So a heartbeat that was heard shows that all news
 * sent before it was heard too; what counts is when it was *sent*.
 */
import type { Heartbeat } from './message.ts';

export const HEARTBEAT_INTERVAL_MS = 1000;

/** A process accepts no token for longer than 3 s after its revocation; what a request takes comes on top. */
const HEARD_WITHIN_MS = 2500;

/** A bus that is silent for so long is not slow, it is gone without a word. */
export const SILENCE_MS = 5000;

/** An instant on both clocks: one that nobody sets, and one that goes on while the machine sleeps. */
interface Mark {
  monotonicMs: number;
  wallMs: number;
}

function mark(): Mark {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** By whichever clock more time has passed. */
function elapsedMs(since: Mark): number {
  return Math.max(performance.now() - since.monotonicMs, Date.now() - since.wallMs);
}

export class Pulse {
  readonly #from: string;
  /** Sent and not heard yet, oldest first. */
  readonly #sent = new Map<number, Mark>();
  #count = 0;
  /** When the latest heartbeat that was heard was sent; null when none was since the connection was made. */
  #heard: Mark | null = null;
  #connected: Mark = mark();

  /** @param from a name of this process that no other has. */
  constructor(from: string) {
    this.#from = from;
  }

  /** A new connection: nothing was heard over it yet. Heartbeats sent before count no more. */
  reset(): void {
    this.#sent.clear();
    this.#heard = null;
    this.#connected = mark();
  }

  /** The next heartbeat, to be sent now. */
  beat(): Heartbeat {
    const beat = this.#count++;
    this.#sent.set(beat, mark());
    return { type: 'heartbeat', from: this.#from, beat };
  }

  /** @returns how long it was on its way, in milliseconds; null for one of another process, or of before. */
  hear({ from, beat }: Heartbeat): number | null {
    const sent = from === this.#from ? this.#sent.get(beat) : undefined;
    if (!sent) return null;
    for (const earlier of this.#sent.keys()) if (earlier <= beat) this.#sent.delete(earlier);
    this.#heard = sent;
    return elapsedMs(sent);
  }

  isHeard(): boolean {
    return this.#heard !== null && elapsedMs(this.#heard) < HEARD_WITHIN_MS;
  }

  /** Whether to give the connection up: nothing was heard over it for long. */
  isSilent(): boolean {
    return elapsedMs(this.#heard ?? this.#connected) > SILENCE_MS;
  }
}
