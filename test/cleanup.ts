/** Runs what tests registered with `onCleanup`, last first, after the test or the file that registered it. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

type Cleanup = () => unknown;

const ofFile: Cleanup[] = [];
let ofTest: Cleanup[] | null = null;

/** In a test, or outside of one for the whole file. */
export function onCleanup(cleanup: Cleanup): void {
  (ofTest ?? ofFile).push(cleanup);
}

async function runAll(cleanups: Cleanup[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

beforeAll(() => {
  ofTest = null;
});
beforeEach(() => {
  ofTest = [];
});
afterEach(async () => {
  await runAll(ofTest ?? []);
  ofTest = null;
});
afterAll(() => runAll(ofFile));
