/**
 * One browser has one cookie. When it becomes another session's while the page still shows the one
 * before, nothing that is pressed is done to the other, and nothing of it is shown under the wrong name.
 */
import type { BrowserContext, Page, Request, Route } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { type Device, newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { MySessions } from '../operations.ts';
import { BROWSER_TIMEOUT_MS, hasChromium, launchChromium } from './chromium.ts';
import { fillSignIn, openBrowser, readAll, signInOn, startPageServer, untilLive } from './visit.ts';

vi.setConfig({ testTimeout: BROWSER_TIMEOUT_MS });

const asksFor = (request: Request, operation: string) =>
  new RegExp(`(query|mutation) ${operation}\\b`).test(request.postData() ?? '');

describe.runIf(hasChromium())('a page whose cookie became another session’s', async () => {
  const browser = await launchChromium();
  const server = await startPageServer();

  /** Somebody on a phone, and on another device, whose cookie a browser may get. */
  async function createBob() {
    const email = newEmail();
    const phone = await signUp(server, email, { userAgent: USER_AGENTS.mobile });
    const device = await signIn(server, email, { delivery: 'COOKIE', userAgent: USER_AGENTS.tablet });
    const isUntouched = async () =>
      (await phone.ask(MySessions, { status: 'ACTIVE' })).mySessions.nodes.length === 2;
    return { email, device, isUntouched };
  }

  /** As a backend, or another page, would sign somebody in: no page of ours is told. */
  async function become(context: BrowserContext, { headers }: Device): Promise<void> {
    const value = /(?:^|; )session=([^;]+)/.exec(headers['cookie'] ?? '')?.[1] ?? '';
    await context.addCookies([{ name: 'session', value, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
  }

  async function enter() {
    const email = newEmail();
    const terminal = await signUp(server, email);
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await signInOn(page, email);
    await page.getByRole('button', { name: 'Sign out curl' }).waitFor();
    return { email, terminal, context, page };
  }

  /** The page shows who is signed in by now, and nothing of who was before. */
  async function untilShown(page: Page, email: string, before: string): Promise<void> {
    await page.getByText(email).waitFor();
    await untilLive(page);
    expect(await readAll(page)).not.toContain(before);
  }

  test.each([
    ['Sign out this device', 'SignOut', null],
    ['Sign out curl', 'RevokeSession', null],
    ['Sign out all others', 'SignOutEverywhere', 'Sign out 1 device'],
    ['Sign out everywhere', 'SignOutEverywhere', 'Sign out everywhere'],
  ])('does nothing for it when %s is pressed, and shows it then', async (name, mutation, confirm) => {
    const { email, terminal, context, page } = await enter();
    const bob = await createBob();
    const sent: Request[] = [];
    page.on('request', (request) => {
      if (asksFor(request, mutation)) sent.push(request);
    });
    await become(context, bob.device);
    await page.getByRole('button', { name, exact: true }).click();
    if (confirm) await page.getByRole('dialog').getByRole('button', { name: confirm }).click();
    await untilShown(page, bob.email, email);
    expect(sent).toHaveLength(1);
    expect(await bob.isUntouched()).toBe(true);
    // Nor was anything done for whoever pressed it: nobody knows whether they still want it.
    expect((await terminal.ask(MySessions, { status: 'ACTIVE' })).mySessions.nodes).toHaveLength(2);
  });

  test('changes no password of it, and asks for none twice', async () => {
    const { email, context, page } = await enter();
    await page.getByRole('link', { name: 'Account' }).click();
    // Whoever it is may well have the same password.
    const bob = await createBob();
    await become(context, bob.device);
    await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill('another password altogether');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText(bob.email).first().waitFor();
    expect(await readAll(page)).not.toContain(email);
    expect(await bob.isUntouched()).toBe(true);
    await signIn(server, bob.email);
  });

  test('shows nothing of it under the name of the one before', async () => {
    const { email, terminal, context, page } = await enter();
    const bob = await createBob();
    await page.evaluate((name) => {
      const seen = { mixed: false };
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const text = document.body.textContent ?? '';
        if (text.includes(name) && text.includes('Safari on iOS')) seen.mixed = true;
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    }, email);
    await become(context, bob.device);
    // News of the one before, for which the list is read again.
    await signIn(server, email, { userAgent: USER_AGENTS.desktop });
    await untilShown(page, bob.email, email);
    await page.getByRole('button', { name: 'Sign out Safari on iOS' }).waitFor();
    expect(await page.evaluate(() => (window as unknown as { seen: { mixed: boolean } }).seen.mixed)).toBe(
      false,
    );
    expect((await terminal.ask(MySessions, { status: 'ACTIVE' })).mySessions.nodes).toHaveLength(3);
  });

  test('leaves whoever signed in here meanwhile alone when the answer to a sign-out comes late', async () => {
    const { email, context, page } = await enter();
    const bob = await createBob();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/graphql', async (route) => {
      if (!asksFor(route.request(), 'SignOut')) return route.continue();
      const response = await route.fetch();
      await released;
      // Its cookie is cleared already: only the page hears of it late.
      await route.fulfill({ status: 200, contentType: 'application/json', body: await response.text() });
    });
    await page.getByRole('button', { name: 'Sign out this device' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await fillSignIn(page, bob.email);
    await untilLive(page);
    const other = await context.newPage();
    await other.goto('/');
    await untilLive(other);
    const late = page.waitForResponse((response) => asksFor(response.request(), 'SignOut'));
    release();
    await (await late).finished();
    for (const tab of [page, other]) {
      await tab.getByRole('link', { name: 'Activity' }).click();
      await tab.getByText('signed in').first().waitFor();
      await tab.getByRole('link', { name: 'Devices' }).click();
      await untilShown(tab, bob.email, email);
    }
  });

  test('is not asked for by every message of a tab that sends many', async () => {
    const { context, page } = await enter();
    const other = await context.newPage();
    const held: Route[] = [];
    await page.route('**/graphql', (route) =>
      asksFor(route.request(), 'Start') ? void held.push(route) : route.continue(),
    );
    await page.evaluate(() => {
      const heard = { count: 0 };
      Object.assign(window, { heard });
      new BroadcastChannel('curfew-page').addEventListener('message', () => {
        heard.count += 1;
      });
    });
    await other.goto('/');
    await untilLive(other);
    await other.evaluate(() => {
      const channel = new BroadcastChannel('curfew-page');
      for (let count = 0; count < 200; count += 1) channel.postMessage('signed-in');
    });
    await page.waitForFunction(() => (window as unknown as { heard: { count: number } }).heard.count === 200);
    expect(held).toHaveLength(1);
    await held[0]?.continue();
    await expect.poll(() => held.length, { timeout: BROWSER_TIMEOUT_MS / 2 }).toBe(2);
    await held[1]?.continue();
    await untilLive(page);
    expect(held).toHaveLength(2);
  });
});
