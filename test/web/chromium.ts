/**
 * A real Chromium, as the system has it: without one, tests that need it are
 * skipped, with a line that says how to get it; in CI they fail.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { onCleanup } from '../cleanup.ts';

/** A browser takes its time where others run beside it. */
export const BROWSER_TIMEOUT_MS = 120_000;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Chromium's sandbox refuses to run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

function findOnPath(): string | null {
  const places = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => places.map((place) => join(place, name))).find(canRun) ?? null;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const executablePath = findOnPath();

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
    args: ARGS,
    // People have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  onCleanup(() => browser.close());
  return browser;
}
