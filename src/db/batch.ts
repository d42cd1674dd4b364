/**
 * Reads of the same kind that are asked for at about the same time, as one
 * statement: while one is under way, the next wait and go together. Nobody waits
 * while none is.
 *
 * None joins a statement that was sent already: whatever was committed before it
 * was asked for is seen.
 */

/** A statement that takes longer, for whatever reason, holds nobody up any more. */
const PATIENCE_MS = 20;

interface Ask<Key, Found> {
  key: Key;
  resolve(found: Found): void;
  reject(error: unknown): void;
}

/**
 * @param maxSize of one statement.
 * @param readAll what is found for each of these, in their order. Whatever it throws is told to all of them.
 * @returns what reads one of them.
 */
export function batchReads<Key, Found>(
  maxSize: number,
  readAll: (keys: Key[]) => Promise<Found[]>,
): (key: Key) => Promise<Found> {
  let waiting: Ask<Key, Found>[] = [];
  let isHeldUp = false;

  function send(): void {
    const batch = waiting.slice(0, maxSize);
    waiting = waiting.slice(maxSize);
    isHeldUp = true;
    let isOver = false;
    const goOn = () => {
      if (isOver) return;
      isOver = true;
      isHeldUp = false;
      if (waiting.length > 0) send();
    };
    const timer = setTimeout(goOn, PATIENCE_MS);
    readAll(batch.map(({ key }) => key))
      .then(
        (found) => {
          for (const [index, { resolve }] of batch.entries()) resolve(found[index] as Found);
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error);
        },
      )
      .finally(() => {
        clearTimeout(timer);
        goOn();
      });
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!isHeldUp) send();
    });
}
