/**
 * A real Chromium for tests: without one, tests that need it are
 * skipped, with a line that says how to get it; in CI they fail.
 */
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../../scripts/chromium.ts';
import { onCleanup } from '../cleanup.ts';

/** A browser takes its time where others run beside it. */
export const BROWSER_TIMEOUT_MS = 120_000;

const executablePath = findChromium();

/** Whether there is one. To be asked by `describe.runIf`. */
export function hasChromium(): boolean {
  if (executablePath) return true;
  const advice =
    'There is no Chromium on the PATH, and no page is tested. Get one with: apt-get install chromium (or brew install chromium)';
  if (process.env['CI']) throw new Error(advice);
  process.stderr.write(`${advice}\n`);
  return false;
}

/** One for the file that asks; each test opens contexts of its own in it. */
export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: CHROMIUM_ARGS,
    // People have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  onCleanup(() => browser.close());
  return browser;
}
