/** The React hooks in a real browser, under StrictMode: what they show, and that one sign-out is one. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { createElement } from 'react';
import { build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import { SessionProvider, useSessions, useSignedOut } from '../../src/client/react.ts';
import { onCleanup } from '../cleanup.ts';
import { type Device, newEmail, signIn, signUp } from '../device.ts';
import { MySessions, RevokeSession } from '../operations.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { hasChromium, launchChromium } from '../web/chromium.ts';

const PATIENT = { timeout: 20_000, interval: 20 };

interface Shown {
  status: string;
  signedOut: { reason: string } | null;
  sessions: { id: string; isCurrent: boolean }[] | null;
  error: boolean;
  calls: unknown[];
}

declare global {
  var shown: Shown;
  var revoke: (id: string) => Promise<{ kind: string }>;
  var signOutEverywhere: () => Promise<{ kind: string }>;
}

test('rendering on a server begins nothing', async () => {
  const { renderToString } = await import('react-dom/server');
  function Probe() {
    return createElement('i', null, JSON.stringify([useSignedOut(), useSessions().sessions]));
  }
  const children = createElement(Probe);
  expect(renderToString(createElement(SessionProvider, { url: '/graphql', children }))).toBe(
    '<i>[null,null]</i>',
  );
  expect(() => renderToString(children)).toThrow('SessionProvider of curfew/client/react');
});

describe.runIf(hasChromium())('in Chromium', () => {
  let server: TestServer;
  let origin: string;
  let openPage: (device: Device) => Promise<Page>;

  beforeAll(async () => {
    origin = await servePage();
    server = await startTestServer({ CURFEW_ORIGINS: origin });
    const browser = await launchChromium();
    openPage = async (device) => {
      const context = await browser.newContext();
      await become(context, device);
      const page = await context.newPage();
      await page.goto(`${origin}/?url=${encodeURIComponent(server.endpoint)}`);
      return page;
    };
  });

  /** The browser has the device's cookie from now on. */
  async function become(context: BrowserContext, device: Device): Promise<void> {
    const [name = '', value = ''] =
      (device.headers['cookie'] ?? '')
        .split('; ')
        .find((pair) => pair.startsWith('session='))
        ?.split('=') ?? [];
    await context.addCookies([{ name, value, url: server.url }]);
  }

  const shownOn = (page: Page) => page.evaluate(() => globalThis.shown);

  test('a list follows what happens, and the sign-out is told once', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const browser = await signIn(server, email, { delivery: 'COOKIE' });
    const page = await openPage(browser);
    await expect.poll(async () => (await shownOn(page)).status, PATIENT).toBe('live');
    const phone = await signIn(server, email);
    const idsOn = async () => (await shownOn(page)).sessions?.map(({ id }) => id);
    await expect.poll(idsOn, PATIENT).toContain(phone.sessionId);
    expect(await page.evaluate((id) => globalThis.revoke(id), phone.sessionId)).toEqual({ kind: 'ended' });
    // React shows what it was told a little later.
    await expect.poll(idsOn, PATIENT).not.toContain(phone.sessionId);
    await laptop.ask(RevokeSession, { id: browser.sessionId });
    await expect
      .poll(async () => (await shownOn(page)).signedOut, PATIENT)
      .toMatchObject({ reason: 'REVOKED' });
    expect(await shownOn(page)).toMatchObject({
      status: 'signed-out',
      sessions: null,
      calls: [{ reason: 'REVOKED' }],
    });
  });

  test('what was ended is said once the list is read, also where it is read once more meanwhile', async () => {
    const email = newEmail();
    await signUp(server, email);
    const phone = await signIn(server, email);
    const page = await openPage(await signIn(server, email, { delivery: 'COOKIE' }));
    await expect.poll(async () => (await shownOn(page)).sessions?.length, PATIENT).toBe(3);
    await expect.poll(async () => (await shownOn(page)).status, PATIENT).toBe('live');
    const held: (() => Promise<void>)[] = [];
    let holding = true;
    await page.route(server.endpoint, async (route) => {
      const isReading = route.request().postData()?.includes('ListSessions');
      if (!(holding && isReading)) return route.continue();
      held.push(() => route.continue());
    });
    const order: string[] = [];
    const ended = page
      .evaluate((id) => globalThis.revoke(id), phone.sessionId)
      .then(() => order.push('ended'));
    // One reading for the event, one for what was ended; a sign-in brings a third.
    await expect.poll(() => held.length, PATIENT).toBeGreaterThanOrEqual(2);
    const tablet = await signIn(server, email);
    await expect.poll(() => held.length, PATIENT).toBeGreaterThanOrEqual(3);
    for (const release of held.splice(0, held.length - 1)) {
      const answer = page.waitForResponse(server.endpoint);
      await release();
      await (await answer).finished();
    }
    await shownOn(page);
    order.push('the last reading');
    holding = false;
    for (const release of held) await release();
    await ended;
    expect(order).toEqual(['the last reading', 'ended']);
    const idsOn = async () => (await shownOn(page)).sessions?.map(({ id }) => id);
    await expect.poll(idsOn, PATIENT).toContain(tablet.sessionId);
    expect(await idsOn()).not.toContain(phone.sessionId);
  });

  test('a password that was given too long ago is asked for, and nothing is lost from the list', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const browser = await signIn(server, email, { delivery: 'COOKIE' });
    const page = await openPage(browser);
    await expect.poll(async () => (await shownOn(page)).sessions?.length, PATIENT).toBe(2);
    server.clock.advance(2 * 60 * 60_000);
    for (const outcome of [
      await page.evaluate((id) => globalThis.revoke(id), laptop.sessionId),
      await page.evaluate(() => globalThis.signOutEverywhere()),
    ]) {
      expect(outcome).toMatchObject({ kind: 'password-needed', message: expect.any(String) });
    }
    expect((await shownOn(page)).sessions).toHaveLength(2);
  });

  test('nothing is listed or ended for somebody else whose cookie the browser has by now', async () => {
    const ada = await signUp(server, newEmail(), { delivery: 'COOKIE' });
    const page = await openPage(ada);
    await expect.poll(async () => (await shownOn(page)).sessions?.length, PATIENT).toBe(1);
    const bobsEmail = newEmail();
    const bob = await signUp(server, bobsEmail, { delivery: 'COOKIE' });
    const bobsPhone = await signIn(server, bobsEmail);
    // The watch would find out by itself: it is to be told late.
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(server.endpoint, async (route) => {
      if (route.request().postData()?.includes('CheckSession')) await released;
      await route.continue();
    });
    await become(page.context(), bob);
    const ends = [
      page.evaluate((id) => globalThis.revoke(id), bobsPhone.sessionId),
      page.evaluate(() => globalThis.signOutEverywhere()),
    ];
    await Promise.all(ends.map((end) => expect(end).rejects.toThrow('RequestError')));
    const { sessions } = await shownOn(page);
    expect(sessions?.map(({ id }) => id)).toEqual([ada.sessionId]);
    const left = await bob.ask(MySessions, { status: 'ACTIVE' });
    expect(left.mySessions.nodes).toHaveLength(2);
    release();
    await expect.poll(async () => (await shownOn(page)).signedOut, PATIENT).toMatchObject({ reason: null });
  });
});

/** @returns its origin. */
async function servePage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'curfew-react-'));
  onCleanup(() => rm(outDir, { recursive: true, force: true }));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      rolldownOptions: {
        input: join(import.meta.dirname, 'react-page.ts'),
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  const script = await readFile(join(outDir, 'page.js'));
  const pages = createServer(({ url }, response) => {
    const isScript = url === '/page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><body><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  onCleanup(() => {
    pages.closeAllConnections();
    pages.close();
  });
  return `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
}
