/** Where an account has no room for another session, somebody chooses which one makes room; the password waits for that alone. */
import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { newEmail, PASSWORD, signUp } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { BROWSER_TIMEOUT_MS, hasChromium, launchChromium } from './chromium.ts';
import { fillSignIn, openBrowser, readAll, startPageServer, untilLive } from './visit.ts';

vi.setConfig({ testTimeout: BROWSER_TIMEOUT_MS });

describe.runIf(hasChromium())('a sign-in that there is no room for', async () => {
  const browser = await launchChromium();
  const server = await startPageServer({
    CURFEW_SESSION_LIMIT: '1',
    CURFEW_SESSION_LIMIT_POLICY: 'reject',
  });

  async function openChoice(): Promise<Page> {
    const email = newEmail();
    await signUp(server, email, { delivery: 'COOKIE', userAgent: USER_AGENTS.mobile });
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await page.clock.install();
    await page.goto('/');
    await fillSignIn(page, email);
    await page.getByRole('heading', { name: 'Choose a device to sign out' }).waitFor();
    return page;
  }

  test('goes on with the one that is chosen, without the password being given again', async () => {
    const page = await openChoice();
    await page.getByRole('button', { name: 'Sign it out and sign in here' }).click();
    await untilLive(page);
    await page.getByText('You are signed in on no other device.').waitFor();
  });

  test('asks for the password again once somebody goes back', async () => {
    const page = await openChoice();
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    expect(await readAll(page)).not.toContain(PASSWORD);
  });

  test('is given up, with the password, when nobody chooses in five minutes', async () => {
    const page = await openChoice();
    await page.clock.fastForward('05:00');
    await page.getByLabel('Password', { exact: true }).waitFor();
  });
});
