/** Work that is done again and again by the clock, and stopped with the server. */
import type { Logger } from 'pino';

export interface Task {
  /** Joins a run that is under way. Never rejects: a run that fails is logged. */
  run(): Promise<void>;
  /** Once what is under way is done. */
  settled(): Promise<void>;
}

/** Work that never runs twice at once. */
export function createTask(log: Logger, work: () => Promise<void>): Task {
  let underWay: Promise<void> | null = null;
  return {
    run() {
      underWay ??= work()
        .catch((error: unknown) => log.warn({ err: error }, 'a periodic check failed'))
        .finally(() => {
          underWay = null;
        });
      return underWay;
    },
    settled: async () => void (await underWay),
  };
}

/**
 * Again and again, with pauses of about so long: processes that started at once don't go on in step.
 *
 * @param firstPauseMs before the first time; as long as the others when left out.
 * @returns what stops it, once what is under way is done.
 */
export function every(
  log: Logger,
  intervalMs: number,
  work: () => Promise<void>,
  firstPauseMs = intervalMs,
): () => Promise<void> {
  const task = createTask(log, work);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const wait = (pauseMs: number) => {
    timer = setTimeout(
      async () => {
        await task.run();
        if (!stopped) wait(intervalMs);
      },
      pauseMs * (0.8 + Math.random() * 0.2),
    ).unref();
  };
  wait(firstPauseMs);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await task.settled();
  };
}
