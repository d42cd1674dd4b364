/** The page in a real browser: how it comes, how it reads, and how it is used. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { makeDemoAccount } from '../../scripts/demo/account.ts';
import { onCleanup } from '../cleanup.ts';
import { newEmail, PASSWORD, signIn, signUp } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { ChangeLanguage } from '../operations.ts';
import { BROWSER_TIMEOUT_MS, hasChromium, launchChromium } from './chromium.ts';
import {
  BROKEN_CONNECTION,
  fillSignIn,
  LAPTOP,
  openBrowser,
  PHONE,
  signInOn,
  startPageServer,
  untilLive,
} from './visit.ts';

vi.setConfig({ testTimeout: BROWSER_TIMEOUT_MS });

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const MAX_FIRST_LOAD_BYTES = 150 * 1024;

declare const axe: {
  run(
    options: object,
  ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
};

async function untilFocused(page: Page, wanted: Locator): Promise<void> {
  const element = await wanted.elementHandle();
  await page.waitForFunction((it) => it === document.activeElement, element);
}

describe.runIf(hasChromium())('the page', async () => {
  const browser = await launchChromium();
  const server = await startPageServer();
  const demo = newEmail();
  await makeDemoAccount(server.core, { email: demo, password: PASSWORD });

  test('is small, all of it, and compressed', async () => {
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const types = new Map<string, string>();
    let bytes = 0;
    session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto('/', { waitUntil: 'networkidle' });
    expect(new Set(types.values())).toContain('Script');
    expect(bytes).toBeLessThan(MAX_FIRST_LOAD_BYTES);
  });

  test('lets no text become markup, whoever wrote it', async () => {
    const context = await openBrowser(browser, server, { mayComplain: /TrustedHTML/ });
    const page = await context.newPage();
    await page.goto('/');
    const outcome = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<img src="x">';
        return 'markup';
      } catch (error) {
        return String(error);
      }
    });
    expect(outcome).toMatch(/^TypeError: .*TrustedHTML/);
  });

  test('moves nothing while it loads', async () => {
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await signInOn(page, demo);
    await page.addInitScript(() => {
      const shifts = { sum: 0 };
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, hadRecentInput } = entry as PerformanceEntry & {
            value: number;
            hadRecentInput: boolean;
          };
          if (!hadRecentInput) shifts.sum += value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const route of ['devices', 'history', 'activity', 'account']) {
      await page.goto(`/#${route}`);
      await page.reload({ waitUntil: 'networkidle' });
      await page.getByRole('heading', { level: 1 }).waitFor();
      const sum = await page.evaluate(() => (window as unknown as { shifts: { sum: number } }).shifts.sum);
      expect.soft(sum, route).toBeLessThan(0.1);
    }
  });

  test.each([
    ['on a laptop', LAPTOP, 0],
    // There, a date that is longer than others takes another line.
    ['on a phone', PHONE, 24],
  ])('keeps a place of the same height for most rows that are to come, %s', async (_where, options, most) => {
    const context = await openBrowser(browser, server, options);
    const page = await context.newPage();
    await signInOn(page, demo);
    for (const [route, operation] of [
      ['history', 'MyPastSessions'],
      ['activity', 'MyActivity'],
    ] as const) {
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route('**/graphql', async (asked) => {
        if (asked.request().postData()?.includes(operation)) await released;
        await asked.continue();
      });
      await page.goto(`/#${route}`);
      const heightsOf = async (row: string) => {
        await page.locator(row).first().waitFor({ state: 'attached' });
        return page
          .locator(row)
          .evaluateAll((rows) => rows.map((each) => each.getBoundingClientRect().height));
      };
      const medianOf = (heights: number[]) => [...heights].sort((a, b) => a - b)[heights.length >> 1] ?? 0;
      const places = await heightsOf('.row-skeleton');
      release();
      const rows = (await heightsOf('.row:not(.row-skeleton)')).slice(0, places.length);
      const difference = Math.abs(medianOf(places) - medianOf(rows));
      expect.soft(difference, `${route}: ${places} for ${rows}`).toBeLessThanOrEqual(most);
      await page.unrouteAll({ behavior: 'wait' });
    }
  });

  describe.each([
    ['on a laptop, in the light', {}],
    ['on a laptop, in the dark', { colorScheme: 'dark' }],
    ['on a phone, in the light', PHONE],
    ['on a phone, in the dark', { ...PHONE, colorScheme: 'dark' }],
  ] as const)('%s', (_where, options) => {
    async function findViolations(page: Page): Promise<string[]> {
      await page.addScriptTag({ path: AXE });
      // Motion under way is neither here nor there.
      await page.evaluate(() =>
        Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {}))),
      );
      const { violations } = await page.evaluate(() =>
        axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
      );
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
    }

    test('everybody can use it, as far as a program can tell (axe)', async () => {
      // For axe alone: the page's own policy lets nobody add a script.
      const context = await openBrowser(browser, server, {
        ...options,
        bypassCSP: true,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto('/');
      await page.getByLabel('Email').waitFor();
      expect.soft(await findViolations(page), 'sign in').toEqual([]);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      expect.soft(await findViolations(page), 'sign in, with faults').toEqual([]);
      await page.goto('/#sign-up');
      await page.getByRole('heading', { name: 'Create an account' }).waitFor();
      expect.soft(await findViolations(page), 'sign up').toEqual([]);
      await signInOn(page, demo);
      expect.soft(await findViolations(page), 'devices').toEqual([]);
      await page.getByRole('button', { name: 'Sign out all others' }).click();
      await page.getByRole('dialog').waitFor();
      expect.soft(await findViolations(page), 'dialog').toEqual([]);
      await page.keyboard.press('Escape');
      for (const [name, title] of [
        ['History', 'Past sessions'],
        ['Activity', 'Activity'],
        ['Account', 'Account'],
      ] as const) {
        await page.getByRole('link', { name }).click();
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        await page.waitForLoadState('networkidle');
        expect.soft(await findViolations(page), name).toEqual([]);
      }
      await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      expect.soft(await findViolations(page), 'signed out').toEqual([]);
    });

    test('it fits: nothing is to be scrolled to the side', async () => {
      const context = await openBrowser(browser, server, options);
      const page = await context.newPage();
      await signInOn(page, demo);
      for (const width of [page.viewportSize()?.width ?? 0, 320]) {
        await page.setViewportSize({ width, height: 800 });
        for (const route of ['devices', 'history', 'activity', 'account']) {
          await page.goto(`/#${route}`);
          await page.getByRole('heading', { level: 1 }).waitFor();
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect.soft(excess, `${route} at ${width}`).toBeLessThanOrEqual(0);
        }
      }
    });
  });

  test('is told apart in forced colours too: icons, this device, where the focus is, and that it is live', async () => {
    const email = newEmail();
    await signUp(server, email, { userAgent: USER_AGENTS.mobile });
    const context = await openBrowser(browser, server, { forcedColors: 'active', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await signInOn(page, email);
    await page.getByRole('button', { name: 'Sign out Safari on iOS' }).waitFor();
    await page.keyboard.press('Tab');
    const colors = await page.evaluate(() => {
      const styleOf = (selector: string, pseudo?: string) => {
        const element = document.querySelector(selector);
        if (!element) throw new Error(`There is no ${selector}`);
        return getComputedStyle(element, pseudo);
      };
      return {
        page: styleOf('html').backgroundColor,
        icon: styleOf('.device-icon svg').stroke,
        iconGround: styleOf('.device-icon').backgroundColor,
        current: styleOf('.card-current').borderTopColor,
        other: styleOf('.card:not(.card-current)').borderTopColor,
        live: styleOf('.pulse', '::before').backgroundColor,
        lit: styleOf('.window-lit').fill,
        focus: styleOf(':focus').outlineColor,
        focusStyle: styleOf(':focus').outlineStyle,
        here: styleOf('.navigation [aria-current]').textDecorationLine,
      };
    });
    expect(colors).toMatchObject({ focusStyle: 'solid', here: 'underline' });
    expect(colors.icon).not.toBe(colors.iconGround);
    expect(colors.current).not.toBe(colors.other);
    for (const color of [colors.current, colors.live, colors.lit, colors.focus])
      expect(color).not.toBe(colors.page);
  });

  test('is used by the keyboard alone: to sign in, and to end a session', async () => {
    const email = newEmail();
    await signUp(server, email, { userAgent: USER_AGENTS.mobile });
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await page.goto('/');
    await page.getByLabel('Email').waitFor();
    const focusOn = async (role: 'textbox' | 'button', name: string) => {
      const wanted = page.getByRole(role, { name, exact: true });
      for (let presses = 0; presses < 40; presses += 1) {
        if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`The Tab key doesn’t lead to “${name}”`);
    };
    await focusOn('textbox', 'Email');
    await page.keyboard.type(email);
    await focusOn('textbox', 'Password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await untilLive(page);
    await focusOn('button', 'Sign out Safari on iOS');
    await page.keyboard.press('Enter');
    await page.getByText('You are signed in on no other device.').waitFor();
    await untilFocused(page, page.getByRole('heading', { name: 'Other devices' }));
  });

  test('gives the keyboard, after a device is signed out, no other to sign out by a second press', async () => {
    const email = newEmail();
    await signUp(server, email, { userAgent: USER_AGENTS.mobile });
    await signIn(server, email, { userAgent: USER_AGENTS.tablet });
    await signIn(server, email, { userAgent: USER_AGENTS.mobile });
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await signInOn(page, email);
    const cards = page.getByRole('list').getByRole('article');
    await cards.nth(2).waitFor();
    await cards.first().getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Safari on iOS is signed out.').waitFor();
    await untilFocused(page, page.getByRole('article', { name: 'Safari on iPadOS' }));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out all others' }).click();
    await page.getByRole('button', { name: 'Sign out 2 devices' }).press('Enter');
    await untilFocused(page, page.getByRole('heading', { name: 'Other devices' }));
  });

  test('tells news in the language of the moment, and for a moment', async () => {
    const email = newEmail();
    await signUp(server, email, { userAgent: USER_AGENTS.mobile });
    const context = await openBrowser(browser, server, { reducedMotion: 'reduce' });
    const page = await context.newPage();
    await signInOn(page, email);
    await page.getByRole('button', { name: 'Sign out Safari on iOS' }).click();
    const news = page.getByRole('status').filter({ hasText: 'Safari on iOS' });
    await news.filter({ hasText: 'is signed out.' }).hover();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('fr');
    await news.filter({ hasText: 'est déconnecté.' }).waitFor();
    await page.mouse.move(0, 0);
    await news.waitFor({ state: 'detached' });
  });

  test('tells it on a phone in nobody’s way: a press puts it away, and presses nothing under it', async () => {
    const email = newEmail();
    await signUp(server, email, { userAgent: USER_AGENTS.mobile });
    await signIn(server, email, { userAgent: USER_AGENTS.tablet });
    const context = await openBrowser(browser, server, { ...PHONE, bypassCSP: true });
    const page = await context.newPage();
    await signInOn(page, email);
    // It would go by itself otherwise.
    await page.addStyleTag({ content: '.toast { animation: none !important }' });
    await page.getByRole('button', { name: 'Sign out Safari on iOS' }).tap();
    const news = page.getByText('Safari on iOS is signed out.');
    await news.waitFor();
    const other = page.getByRole('button', { name: 'Sign out Safari on iPadOS' });
    // Right under it.
    await other.evaluate((button) => {
      const toast = document.querySelector('.toast')?.getBoundingClientRect();
      Object.assign(button.style, {
        position: 'fixed',
        top: `${toast?.top}px`,
        left: `${toast?.left}px`,
        width: `${toast?.width}px`,
        height: `${toast?.height}px`,
      });
    });
    const box = await news.boundingBox();
    if (!box) throw new Error('The news have no place');
    const tap = () => page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await tap();
    await news.waitFor({ state: 'detached' });
    await other.waitFor();
    await tap();
    await page.getByText('You are signed in on no other device.').waitFor();
  });

  test('moves nothing when the connection is lost, and when it is back', async () => {
    const context = await openBrowser(browser, server, { ...PHONE, mayComplain: BROKEN_CONNECTION });
    const page = await context.newPage();
    await signInOn(page, demo);
    const place = () => page.getByRole('article').first().boundingBox();
    const before = await place();
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    expect(await place()).toEqual(before);
    await context.setOffline(false);
    await untilLive(page);
    expect(await place()).toEqual(before);
  });

  test('says what past sessions are sorted by: when they were last active', async () => {
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await signInOn(page, demo);
    await page.getByRole('link', { name: 'History' }).click();
    const rows = page.getByRole('main').getByRole('listitem');
    await rows.first().waitFor();
    const times = await rows.evaluateAll((items) =>
      items.map((item) => ({
        words: item.querySelector('time')?.textContent,
        at: item.querySelector('time')?.dateTime,
      })),
    );
    for (const { words } of times) expect(words).toMatch(/^Last active on /);
    const instants = times.map(({ at }) => at);
    expect(instants).toEqual([...instants].sort().reverse());
  });

  test('says that it needs JavaScript where there is none, in each language', async () => {
    const context = await openBrowser(browser, server, { javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto('/');
    // Playwright looks for no text in a <noscript>.
    const words = page.getByRole('main').locator('p');
    await words.waitFor();
    expect(await words.textContent()).toBe('Curfew needs JavaScript. · Curfew a besoin de JavaScript.');
  });

  test('speaks the language that the browser asks for, and the one that is chosen', async () => {
    const email = newEmail();
    await signUp(server, email);
    const french = await openBrowser(browser, server, { locale: 'fr-FR' });
    const page = await french.newPage();
    await page.goto('/');
    await page
      .getByRole('heading', { name: 'Se connecter' })
      .or(page.getByRole('heading', { name: 'Connexion' }))
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr');
    await page.getByRole('combobox').selectOption('en');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await signInOn(page, email);
    await page.reload();
    await page.getByRole('heading', { name: 'Your devices' }).waitFor();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('fr');
    await page.getByRole('heading', { name: 'Vos appareils' }).waitFor();
  });

  test('speaks the language of the account where none was chosen in this browser, and that which was', async () => {
    const email = newEmail();
    const device = await signUp(server, email);
    await device.ask(ChangeLanguage, { language: 'fr' });
    const context = await openBrowser(browser, server);
    const page = await context.newPage();
    await page.goto('/');
    await fillSignIn(page, email);
    await page.getByRole('heading', { name: 'Vos appareils' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Vos appareils' }).waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).toBe('{}');
    await page.getByRole('combobox', { name: 'Langue' }).selectOption('en');
    await page.getByRole('heading', { name: 'Your devices' }).waitFor();
    await device.ask(ChangeLanguage, { language: 'fr' });
    await page.reload();
    await untilLive(page);
  });

  test('says when mails keep their language, though the page changes its own', async () => {
    const strict = await startPageServer({ CURFEW_SIGN_IN_LIMIT: '10/3m' });
    const email = newEmail();
    const device = await signUp(strict, email);
    const changeMails = async () => (await device.ask(ChangeLanguage, { language: 'en' })).changeLanguage;
    while ((await changeMails()).__typename !== 'RateLimitedError');
    const page = await (await openBrowser(browser, strict)).newPage();
    await signInOn(page, email);
    await page.getByRole('combobox', { name: 'Language' }).selectOption('fr');
    await page.getByRole('heading', { name: 'Vos appareils' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Les courriels gardent leur langue.' }).waitFor();
  });

  test('asks for what CURFEW_OPERATIONS lists, and for its own', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'curfew-operations-'));
    onCleanup(() => rm(dir, { recursive: true, force: true }));
    const file = join(dir, 'operations.json');
    await writeFile(file, JSON.stringify({ own: '{ viewer { id } }' }));
    const listed = await startPageServer({ CURFEW_OPERATIONS: file });
    const context = await openBrowser(browser, listed);
    const page = await context.newPage();
    const email = newEmail();
    await page.goto('/#sign-up');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await untilLive(page);
    for (const [name, text] of [
      ['History', 'No session of yours has ended yet.'],
      ['Activity', 'The account was created'],
      ['Account', 'Change password'],
    ] as const) {
      await page.getByRole('link', { name }).click();
      await page.getByText(text).first().waitFor();
    }
    await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });
});
