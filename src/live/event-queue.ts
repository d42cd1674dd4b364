/**
 * One subscriber's events, between the hub that pushes and the transport that
 * pulls. It takes events from the moment it is made, so nothing published
 * before the first pull is lost, and holds only so many.
 */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #limit: number;
  readonly #onClose: () => void;
  #events: T[] = [];
  #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #state: 'open' | 'ending' | 'closed' = 'open';

  /** @param onClose called once, when nothing more will be delivered. */
  constructor(limit: number, onClose: () => void) {
    this.#limit = limit;
    this.#onClose = onClose;
  }

  /** @returns false when the queue is full: the subscriber doesn't keep up. */
  push(event: T): boolean {
    if (this.#state !== 'open') return true;
    const pull = this.#waiting.shift();
    if (pull) {
      pull({ done: false, value: event });
      return true;
    }
    if (this.#events.length >= this.#limit) return false;
    this.#events.push(event);
    return true;
  }

  /** Whether it ends with the events that it still holds. */
  get isEnding(): boolean {
    return this.#state === 'ending';
  }

  /** Completes once the events already taken are delivered. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#events.length === 0) this.#close();
  }

  /** Completes now; what is not delivered is dropped. */
  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#events = [];
    for (const pull of this.#waiting.splice(0)) pull({ done: true, value: undefined });
    this.#onClose();
  }

  next(): Promise<IteratorResult<T>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#state === 'ending') this.#close();
    if (this.#state === 'closed') return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async return(): Promise<IteratorResult<T>> {
    this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
