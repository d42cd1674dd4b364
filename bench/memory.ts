/** What an idle subscriber costs a server's process, as the system counts its memory. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Loader, startLoader } from './loader.ts';
import type { RunningServer } from './server.ts';

/** Opened and closed before, so that what only a first crowd costs is not counted. */
const WARM_UP = 1000;

const SAMPLE_INTERVAL_MS = 1000;
/** Settled: no further from the last sample than this… */
const STILL_KB = 512;
/** …so many times in a row. V8 tidies up some seconds after the work is done. */
const STILL_SAMPLES = 5;

export interface MemoryCost {
  beforeKb: number;
  afterKb: number;
  perSubscriberKb: number;
}

export async function measureMemory(
  { url, pid }: RunningServer,
  authorizations: string[],
  settleMs: number,
): Promise<MemoryCost> {
  const loader = startLoader();
  try {
    await visit(loader, url, authorizations.slice(0, WARM_UP));
    await visit(loader, url, authorizations.slice(0, WARM_UP));
    const beforeKb = await settle(pid, settleMs);
    await loader.run('join', { url, authorizations });
    const afterKb = await settle(pid, settleMs);
    return { beforeKb, afterKb, perSubscriberKb: (afterKb - beforeKb) / authorizations.length };
  } finally {
    await loader.stop();
  }
}

async function visit(loader: Loader, url: string, authorizations: string[]): Promise<void> {
  await loader.run('join', { url, authorizations });
  await loader.run('leave', undefined);
}

async function settle(pid: number, settleMs: number): Promise<number> {
  const deadline = performance.now() + settleMs;
  let last = await readRssKb(pid);
  let still = 0;
  while (still < STILL_SAMPLES && performance.now() < deadline) {
    await sleep(SAMPLE_INTERVAL_MS);
    const rss = await readRssKb(pid);
    still = Math.abs(rss - last) <= STILL_KB ? still + 1 : 0;
    last = rss;
  }
  return last;
}

async function readRssKb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}
