/** The other end of `load.ts`: starts a process that makes load, and hands it jobs. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Jobs, Reply, Request } from './load.ts';

type Input<J extends keyof Jobs> = Parameters<Jobs[J]>[0];
type Output<J extends keyof Jobs> = Awaited<ReturnType<Jobs[J]>>;

export interface Loader {
  pid: number;
  run<J extends keyof Jobs>(job: J, input: Input<J>): Promise<Output<J>>;
  stop(): Promise<void>;
}

export function startLoader(): Loader {
  const child = fork(new URL('./load.ts', import.meta.url));
  const waiting = new Map<number, { resolve(output: unknown): void; reject(error: Error): void }>();
  let last = 0;
  child.on('message', ({ number, output, error }: Reply) => {
    const asked = waiting.get(number);
    waiting.delete(number);
    if (error === undefined) asked?.resolve(output);
    else asked?.reject(new Error(error));
  });
  const ended = once(child, 'exit').then(() => {
    for (const { reject } of waiting.values()) reject(new Error('The process that makes load has ended'));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    run<J extends keyof Jobs>(job: J, input: Input<J>) {
      last++;
      const number = last;
      return new Promise<Output<J>>((resolve, reject) => {
        waiting.set(number, { resolve: (output) => resolve(output as Output<J>), reject });
        child.send({ number, job, input } satisfies Request);
      });
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
