/** What is to be undone after the test, or after the file, that did it. */

type Cleanup = () => unknown;

const ofFile: Cleanup[] = [];
let ofTest: Cleanup[] | null = null;

/** In a test, or outside of one for the whole file. The last one registered runs first. */
export function onCleanup(cleanup: Cleanup): void {
  (ofTest ?? ofFile).push(cleanup);
}

export function beginTest(): void {
  ofTest = [];
}

export async function endTest(): Promise<void> {
  await runAll(ofTest ?? []);
  ofTest = null;
}

export function endFile(): Promise<void> {
  return runAll(ofFile);
}

async function runAll(cleanups: Cleanup[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}
