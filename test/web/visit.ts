/** People who visit the page in a browser of their own, and what is expected of every visit: no fault, and nothing from elsewhere. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { PASSWORD } from '../device.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { BROWSER_TIMEOUT_MS } from './chromium.ts';

/** With the page. */
export function startPageServer(settings: Record<string, string> = {}): Promise<TestServer> {
  return startTestServer({ CURFEW_PAGE: 'on', ...settings }, { pageDir: inject('pageDir') });
}

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const LAPTOP = { viewport: { width: 1280, height: 900 } };

/** What the browser says of a connection that a test broke. */
export const BROKEN_CONNECTION = /Failed to load resource|WebSocket connection to/;

export interface VisitOptions extends BrowserContextOptions {
  /** What the browser may say of what the test does to it. */
  mayComplain?: RegExp;
}

/** A browser without any history. Whatever its console says, and any request to elsewhere, fails the test. */
export async function openBrowser(
  browser: Browser,
  { url }: TestServer,
  { mayComplain, ...options }: VisitOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ ...LAPTOP, baseURL: url, locale: 'en-US', ...options });
  context.setDefaultTimeout(BROWSER_TIMEOUT_MS / 2);
  const faults: string[] = [];
  context.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (!mayComplain?.test(text)) faults.push(text);
  });
  context.on('weberror', (error) => faults.push(String(error.error().stack)));
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== url) faults.push(`It asked ${request.url()}`);
  });
  context.on('page', (page) =>
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== new URL(url).host) faults.push(`It connected to ${socket.url()}`);
    }),
  );
  onCleanup(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });
  return context;
}

/** Signs in by the form, and waits for the devices. */
export async function signInOn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/');
  await fillSignIn(page, email, password);
  await untilLive(page);
}

/** Sends the form, which is shown already. */
export async function fillSignIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The devices are shown, and news of them comes. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Your devices' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
}

/** What stands in the document, in whatever place, and what the page keeps. */
export async function readAll(page: Page): Promise<string> {
  return page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('input')].map(({ value }) => value),
      document.title,
      location.href,
      JSON.stringify(history.state),
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
    ].join('\n'),
  );
}
