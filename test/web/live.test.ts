/** What the page is for: a session that is ended elsewhere is gone from every tab of its device at once, and leaves nothing behind. */
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { decodeGlobalId } from '../../src/schema/global-id.ts';
import { type Device, newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { MySessions, RevokeSession, SignOutEverywhere } from '../operations.ts';
import { createDatabase, HOUR, type TestServer } from '../server.ts';
import { BROWSER_TIMEOUT_MS, hasChromium, launchChromium } from './chromium.ts';
import {
  BROKEN_CONNECTION,
  openBrowser,
  PHONE,
  readAll,
  signInOn,
  startPageServer,
  untilLive,
  type VisitOptions,
} from './visit.ts';

vi.setConfig({ testTimeout: BROWSER_TIMEOUT_MS });

/** From the press of the button to what the other screen shows. */
const AT_ONCE_MS = 1000;
/** A machine that runs other tests beside is slower, and no less right. */
const ROOM_FOR_OTHERS = 5;

const PHONE_BROWSER = { ...PHONE, userAgent: USER_AGENTS.mobile };

const REVOKED = 'This device was signed out from another one of your devices.';
const EVERYWHERE = 'You signed out everywhere at once, this device included.';

function untilSignedOut(page: Page, why: string): Promise<void> {
  return Promise.all([
    page.getByRole('heading', { name: 'You are signed out' }).waitFor(),
    page.getByText(why).waitFor(),
  ]).then(() => {});
}

describe.runIf(hasChromium())('a session that is ended', async () => {
  const browser = await launchChromium();
  const server = await startPageServer();

  /** An account with a terminal, from which its other sessions are ended without a page. */
  async function createAccount(on: TestServer = server): Promise<{ email: string; terminal: Device }> {
    const email = newEmail();
    return { email, terminal: await signUp(on, email) };
  }

  async function enter(email: string, options: VisitOptions = {}, on: TestServer = server) {
    const context = await openBrowser(browser, on, options);
    const page = await context.newPage();
    await signInOn(page, email);
    return { context, page };
  }

  async function findOther({ ask }: Pick<Device, 'ask'>, device: string): Promise<string> {
    const { mySessions } = await ask(MySessions, { status: 'ACTIVE' });
    const [found] = mySessions.nodes.filter((each) => !each.isCurrent && each.device.name.includes(device));
    if (!found) throw new Error(`There is no ${device}`);
    return found.id;
  }

  async function revokeFrom(terminal: Device, device: string): Promise<void> {
    const id = await findOther({ ask: (...args) => terminal.ask(...args) }, device);
    expect(await terminal.ask(RevokeSession, { id })).toMatchObject({
      revokeSession: { __typename: 'RevokeSessionSuccess' },
    });
  }

  async function openTab(context: BrowserContext, route: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`/#${route}`);
    await page.getByRole('navigation').waitFor();
    return page;
  }

  test('says so on its own screen at once, and leaves the other’s list', async ({ annotate }) => {
    const { email } = await createAccount();
    const laptop = await enter(email);
    const phone = await enter(email, PHONE_BROWSER);
    const button = laptop.page.getByRole('button', { name: 'Sign out Safari on iOS' });
    // It came without a reload.
    await button.waitFor();
    const startedAt = performance.now();
    await button.click();
    await untilSignedOut(phone.page, REVOKED);
    const tookMs = performance.now() - startedAt;
    await annotate(`told after ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(AT_ONCE_MS * ROOM_FOR_OTHERS);
    await button.waitFor({ state: 'detached' });
    expect(await laptop.page.getByText('Safari on iOS', { exact: true }).count()).toBe(0);
    await phone.page.getByLabel('Email').waitFor();
  });

  test('gives nothing away afterwards: in no tab, by no back button, after no reload', async () => {
    const { email, terminal } = await createAccount();
    const { context, page } = await enter(email, PHONE_BROWSER);
    const stale = await openTab(context, 'activity');
    await stale.getByText('The account was created').waitFor();
    for (const name of ['History', 'Account']) await page.getByRole('link', { name }).click();
    // Away from the page: what the back button brings back is from before.
    const away = await openTab(context, 'devices');
    await away.getByRole('heading', { name: 'Your devices' }).waitFor();
    await away.goto('/health/live');

    await revokeFrom(terminal, 'Safari on iOS');
    for (const tab of [page, stale]) await untilSignedOut(tab, REVOKED);
    await away.goBack();
    await untilSignedOut(away, REVOKED);
    for (const tab of [page, stale, away]) {
      expect(await readAll(tab)).not.toMatch(new RegExp(`${email}|127\\.0\\.0\\.1(?!:)|curl`));
    }
    await page.goBack();
    await page.goBack();
    await page.getByLabel('Email').waitFor();
    expect(await readAll(page)).not.toContain(email);
    await stale.reload();
    await untilSignedOut(stale, REVOKED);
    expect(await readAll(stale)).not.toContain(email);
  });

  test('is not shown for a moment when the back button brings the page back from memory', async () => {
    const { email, terminal } = await createAccount();
    const { page } = await enter(email, PHONE_BROWSER);
    // Chromium keeps no page in memory that may not be stored; it is told here as browsers tell it that do.
    const tell = (type: 'pagehide' | 'pageshow') =>
      page.evaluate((event) => {
        dispatchEvent(new PageTransitionEvent(event, { persisted: true }));
        return document.documentElement.outerHTML;
      }, type);
    const secret = new RegExp(`${email}|curl`);
    expect(await page.content()).toMatch(secret);
    expect(await tell('pagehide')).not.toMatch(secret);
    await revokeFrom(terminal, 'Safari on iOS');
    expect(await tell('pageshow')).not.toMatch(secret);
    await untilSignedOut(page, REVOKED);
    expect(await readAll(page)).not.toMatch(secret);
  });

  test('is one of all, signed out everywhere: each device says so', async () => {
    const { email } = await createAccount();
    const laptop = await enter(email);
    const phone = await enter(email, PHONE_BROWSER);
    await laptop.page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await laptop.page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    for (const { page } of [laptop, phone]) await untilSignedOut(page, EVERYWHERE);
  });

  test('leaves the device that ended all others where it is', async () => {
    const { email } = await createAccount();
    const laptop = await enter(email);
    const phone = await enter(email, PHONE_BROWSER);
    await laptop.page.getByRole('button', { name: 'Sign out Safari on iOS' }).waitFor();
    await laptop.page.getByRole('button', { name: 'Sign out all others' }).click();
    await laptop.page.getByRole('dialog').getByRole('button', { name: 'Sign out 2 devices' }).click();
    await untilSignedOut(phone.page, EVERYWHERE);
    await laptop.page.getByText('You are signed in on no other device.').waitFor();
  });

  test('ends in all three tabs of its device together, and each says so once', async () => {
    const { email, terminal } = await createAccount();
    const { context, page } = await enter(email, PHONE_BROWSER);
    const tabs = [page, await openTab(context, 'history'), await openTab(context, 'account')];
    for (const tab of tabs) {
      await tab.evaluate(() => {
        const told = { times: 0 };
        Object.assign(window, { told });
        let was = '';
        new MutationObserver(() => {
          const is = document.querySelector('h1')?.textContent ?? '';
          if (is !== was && is === 'You are signed out') told.times += 1;
          was = is;
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      });
    }
    await revokeFrom(terminal, 'Safari on iOS');
    for (const tab of tabs) {
      await untilSignedOut(tab, REVOKED);
      expect(await tab.evaluate(() => (window as unknown as { told: { times: number } }).told.times)).toBe(1);
    }
  });

  test('ends in every tab when one of them signs out', async () => {
    const { email } = await createAccount();
    const { context, page } = await enter(email);
    const other = await openTab(context, 'account');
    await page.getByRole('button', { name: 'Sign out this device' }).click();
    for (const tab of [page, other]) await untilSignedOut(tab, 'You signed out on this device.');
  });

  test('is told of when its device wakes', async () => {
    const { email, terminal } = await createAccount();
    const { context, page } = await enter(email, { ...PHONE_BROWSER, mayComplain: BROKEN_CONNECTION });
    const devtools = await context.newCDPSession(page);
    await devtools.send('Page.enable');
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await revokeFrom(terminal, 'Safari on iOS');
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await untilSignedOut(page, REVOKED);
    expect(await readAll(page)).not.toContain(email);
  });

  test('is told of when its device is online again', async () => {
    const { email, terminal } = await createAccount();
    const { context, page } = await enter(email, { ...PHONE_BROWSER, mayComplain: BROKEN_CONNECTION });
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await revokeFrom(terminal, 'Safari on iOS');
    await context.setOffline(false);
    await untilSignedOut(page, REVOKED);
  });

  test('is heard of after the server was restarted', async () => {
    const DATABASE_URL = await createDatabase();
    const before = await startPageServer({ DATABASE_URL });
    const { email, terminal } = await createAccount(before);
    const { page } = await enter(email, { ...PHONE_BROWSER, mayComplain: BROKEN_CONNECTION }, before);
    await before.close();
    await page.getByText('Reconnecting…').waitFor();
    await startPageServer({ DATABASE_URL, PORT: new URL(before.url).port });
    await untilLive(page);
    await revokeFrom(terminal, 'Safari on iOS');
    await untilSignedOut(page, REVOKED);
  });

  test('is shown again, with what went wrong, where it could not be ended', async () => {
    const { email } = await createAccount();
    const { page } = await enter(email, { mayComplain: BROKEN_CONNECTION });
    const button = page.getByRole('button', { name: 'Sign out curl' });
    await button.waitFor();
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('revokeSession') ? route.abort() : route.continue(),
    );
    await button.click();
    await page.getByRole('alert').filter({ hasText: 'still signed in' }).waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Sign out curl' }).click();
    await page.getByText('You are signed in on no other device.').waitFor();
  });

  test('doesn’t come back when all others are ended before the list was read again', async () => {
    const { email } = await createAccount();
    await signIn(server, email, { userAgent: USER_AGENTS.tablet });
    const { page } = await enter(email);
    await page.getByRole('button', { name: 'Sign out Safari on iPadOS' }).waitFor();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/graphql', async (route) => {
      if (/MyDevices|SignOutEverywhere/.test(route.request().postData() ?? '')) await released;
      await route.continue();
    });
    const curl = page.getByRole('article', { name: 'curl' });
    await page.getByRole('button', { name: 'Sign out curl' }).click();
    await curl.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Sign out all others' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Sign out \d/ })
      .click();
    await page.getByRole('button', { name: 'Signing out Safari on iPadOS…' }).waitFor();
    expect(await curl.count()).toBe(0);
    release();
    await page.getByText('You are signed in on no other device.').waitFor();
  });

  test('is said to have been over already where it was not this press that ended it', async () => {
    const { email, terminal } = await createAccount();
    const { page } = await enter(email);
    const button = page.getByRole('button', { name: 'Sign out curl' });
    await button.waitFor();
    // As the retention does with what ended long ago, such as while this page slept.
    await server.core.db.session.delete({ where: { id: decodeGlobalId(terminal.sessionId).id } });
    await button.click();
    await page.getByText('curl was signed out already.').waitFor();
    await page.getByText('You are signed in on no other device.').waitFor();
  });

  test('is not said to have failed any longer once the server answers again', async () => {
    const { email } = await createAccount();
    const { context, page } = await enter(email, { mayComplain: BROKEN_CONNECTION });
    const button = page.getByRole('button', { name: 'Sign out curl' });
    const failure = page.getByRole('alert').filter({ hasText: 'still signed in' });
    await button.waitFor();
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await button.click();
    await failure.waitFor();
    await context.setOffline(false);
    await untilLive(page);
    await failure.waitFor({ state: 'detached' });

    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('revokeSession') ? route.abort() : route.continue(),
    );
    await button.click();
    await failure.waitFor();
    // Another device has the list read anew.
    await signIn(server, email, { userAgent: USER_AGENTS.tablet });
    await page.getByRole('button', { name: 'Sign out Safari on iPadOS' }).waitFor();
    await failure.waitFor({ state: 'detached' });
  });

  test('is not ended by a password that was given long ago: it is asked for, and then goes on by itself', async () => {
    const patient = await startPageServer();
    const { email } = await createAccount(patient);
    const { page } = await enter(email, {}, patient);
    patient.clock.advance(2 * HOUR);
    await page.getByRole('button', { name: 'Sign out curl' }).click();
    const dialog = page.getByRole('dialog', { name: 'Confirm that it’s you' });
    await dialog.getByLabel('Password', { exact: true }).fill('not the password');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByText(/wrong/).waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('You are signed in on no other device.').waitFor();
    // With its new token, it goes on hearing.
    await untilLive(page);
    const other = await signIn(patient, email, { userAgent: USER_AGENTS.tablet });
    await page.getByRole('button', { name: 'Sign out Safari on iPadOS' }).waitFor();
    await other.ask(SignOutEverywhere, { keepCurrent: true });
    await untilSignedOut(page, EVERYWHERE);
  });
});
