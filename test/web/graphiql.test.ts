/** GraphiQL in a real browser, under its policy: it runs operations with headers that are typed in, and shows events as they come. */
import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { newEmail, signIn, signUp } from '../device.ts';
import { SignOut } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { BROWSER_TIMEOUT_MS, hasChromium, launchChromium } from './chromium.ts';
import { openBrowser } from './visit.ts';

vi.setConfig({ testTimeout: BROWSER_TIMEOUT_MS });

describe.runIf(hasChromium())('GraphiQL', async () => {
  const browser = await launchChromium();
  const server = await startTestServer();

  /** @param query left out: the operations that it opens with. */
  async function openGraphiql(query?: string): Promise<Page> {
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await page.goto(query ? `/graphql?query=${encodeURIComponent(query)}` : '/graphql');
    await page.locator('.graphiql-query-editor .view-lines').waitFor();
    return page;
  }

  async function writeHeaders(page: Page, headers: object): Promise<void> {
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(JSON.stringify(headers));
  }

  const answer = (page: Page) => page.locator('.graphiql-response');

  test('runs an operation with the headers that are typed in', async () => {
    const email = newEmail();
    const device = await signUp(server, email);
    const page = await openGraphiql('{ viewer { email } }');
    await writeHeaders(page, { authorization: device.headers['authorization'] });
    await page.locator('.graphiql-execute-button').click();
    await answer(page).getByText(email).waitFor();
  });

  test('shows an event of a subscription when it comes', async () => {
    const email = newEmail();
    const device = await signUp(server, email);
    const other = await signIn(server, email);
    const page = await openGraphiql('subscription { sessionRevoked { reason isCurrent } }');
    await writeHeaders(page, { authorization: device.headers['authorization'] });
    const begun = page.waitForResponse((response) =>
      (response.headers()['content-type'] ?? '').startsWith('text/event-stream'),
    );
    await page.locator('.graphiql-execute-button').click();
    await begun;
    await other.send(SignOut);
    await answer(page).getByText('SIGNED_OUT').waitFor();
  });

  test('begins with operations that are good for this schema', async () => {
    const page = await openGraphiql();
    for (const name of ['SignUp', 'MySessions', 'SessionRevoked', 'RevokeSession', 'ConfirmPassword']) {
      await page.locator('.graphiql-execute-button').click();
      await page.getByRole('menuitem', { name }).waitFor();
      await page.keyboard.press('Escape');
    }
    expect(await page.locator('.squiggly-error').count()).toBe(0);
  });
});
