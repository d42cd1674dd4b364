/** Waiting that can be cut short, and that leaves no timer when it is over. */

export interface Pauses {
  wait(ms: number): Promise<void>;
  /** Ends all waiting. */
  hurry(): void;
  /** The same, and nothing waits any more. */
  stop(): void;
}

export function createPauses(): Pauses {
  const waiting = new Set<() => void>();
  let stopped = false;
  const hurry = () => {
    for (const end of [...waiting]) end();
  };
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        if (stopped) return resolve();
        const end = () => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        waiting.add(end);
      }),
    hurry,
    stop() {
      stopped = true;
      hurry();
    },
  };
}

const FIRST_MS = 2000;
const MOST_MS = 30_000;
const CROWDED_FIRST_MS = 60_000;

/** Doubles with each failure, to half a minute; a random half of it keeps many clients apart. At least a second. */
export function backOffMs(failures: number): number {
  return spread(Math.min(MOST_MS, FIRST_MS * 2 ** failures));
}

/** Where the server says that there are too many: between half a minute and five. */
export function backOffLongMs(failures: number): number {
  return spread(Math.min(10 * MOST_MS, CROWDED_FIRST_MS * 2 ** failures));
}

function spread(ms: number): number {
  return ms * (1 - Math.random() / 2);
}
