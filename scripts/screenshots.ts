/**
 * `npm run screenshots`: starts the product on a database of its own, makes the
 * demo account, signs in with a real Chromium, and writes what README shows.
 * Run it after `npm run build`.
 */
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { complain, say } from '../src/commands/output.ts';
import { loadConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { makeDemoAccount } from './demo/account.ts';

const ACCOUNT = { email: 'ada@example.com', password: 'devices of a demo' };
const MAX_BYTES = 300 * 1024;

const DESKTOP = { viewport: { width: 1120, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const PICTURES = [
  { file: 'docs/page-light.png', colorScheme: 'light', ...DESKTOP },
  { file: 'docs/page-dark.png', colorScheme: 'dark', ...DESKTOP },
  { file: 'docs/page-phone.png', colorScheme: 'light', ...PHONE },
] as const;

const USER_AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

async function untilSettled(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  await page.evaluate('document.fonts.ready.then(() => undefined)');
}

const dataDir = await mkdtemp(join(tmpdir(), 'curfew-screenshots-'));
// As root, PostgreSQL runs as another user, who must get in.
await chmod(dataDir, 0o711);
const server = await startServer(
  loadConfig({
    PORT: '0',
    LOG_LEVEL: 'error',
    CURFEW_DATA_DIR: dataDir,
    CURFEW_TRUSTED_PROXIES: '127.0.0.1',
  }),
);
try {
  if (!server.hasPage) throw new Error('The page is not built: npm run build');
  const executablePath = process.env['CHROMIUM'] ?? findChromium();
  if (!executablePath) throw new Error('There is no Chromium on the PATH: name one in CHROMIUM');
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  for (const { file, ...look } of PICTURES) {
    // Anew for each: the sign-in for the one before is not among the devices.
    await makeDemoAccount(server.core, ACCOUNT);
    const options = {
      baseURL: server.url,
      locale: 'en-US',
      timezoneId: 'Europe/London',
      userAgent: USER_AGENT,
      // Where the person of the demo is at home.
      extraHTTPHeaders: { 'x-forwarded-for': '198.51.100.23' },
    };
    const context = await browser.newContext({ ...options, ...look, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto('/');
    await page.getByLabel('Email').fill(ACCOUNT.email);
    await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await untilSettled(page);
    await page.screenshot({ path: file, scale: 'css', animations: 'disabled', caret: 'hide' });
    await context.close();
    const { size } = await stat(file);
    say(`${file}  ${Math.round(size / 1024)} KB`);
    if (size > MAX_BYTES) {
      complain(`${file} is larger than ${MAX_BYTES / 1024} KB: too much for a README.`);
      process.exitCode = 1;
    }
  }
  await browser.close();
} finally {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
}
