/** The recipes of docs/client.md, as they stand there: each names nothing that it doesn't define, and those for pages run. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApolloClient, gql } from '@apollo/client';
import type { Client } from '@urql/core';
import { beforeAll, expect, test, vi } from 'vitest';
import type { SessionWatch } from '../../src/client/watch.ts';
import { onCleanup } from '../cleanup.ts';
import { type Device, newEmail, signIn, signUp } from '../device.ts';
import { RevokeSession, SignOut } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { carry, until } from './watching.ts';

const root = join(import.meta.dirname, '../..');

const server = await startTestServer();

/** What a recipe needs of it; it is not among what is installed here. */
const REACT_NATIVE = `declare module 'react-native' {
  export const AppState: { addEventListener(type: 'change', listener: (state: string) => void): void };
}`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-recipes-'));
  onCleanup(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, text] of await readRecipes()) await writeFile(join(folder, name), linkToSources(text));
});

/** The recipes by their headings, which number them where there are several. */
async function readRecipes(): Promise<Map<string, string>> {
  const recipes = new Map<string, string>();
  let heading = '';
  const page = await readFile(join(root, 'docs/client.md'), 'utf8');
  for (const [, title, language, text = ''] of page.matchAll(/^#+ ([^\n]+)$|^```(jsx?)\n(.*?)^```$/gms)) {
    if (title !== undefined) heading = title;
    else {
      const nth = [...recipes.keys()].filter((name) => name.startsWith(heading)).length;
      recipes.set(`${heading}${nth > 0 ? ` ${nth + 1}` : ''}.${language}`, text);
    }
  }
  return recipes;
}

/** As one of this repository has it. */
function linkToSources(text: string): string {
  return text.replace(/'curfew\/client(?:\/(\w+))?'/g, (_, name = 'watch') =>
    JSON.stringify(join(root, `src/client/${name}.ts`)),
  );
}

test('each names nothing that it does not define', async () => {
  await writeFile(join(folder, 'react-native.d.ts'), REACT_NATIVE);
  const config = {
    extends: join(root, 'tsconfig.browser.json'),
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      noPropertyAccessFromIndexSignature: false,
      rootDir: '/',
    },
    include: [folder],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(tsc, ['-p', folder]).catch(
    (fault: { stdout: string }) => fault,
  );
  expect(stdout).toBe('');
});

interface Begun {
  watch: SessionWatch;
  client: unknown;
}

/** What a recipe exports, in a page that this device is signed in on. The page has an origin of its own, whose cookie goes along. */
async function runAsPage(name: string, device: Device) {
  const { webSocketImpl } = carry(device);
  const page = new URL(server.endpoint.replace('127.0.0.1', 'localhost'));
  const assign = vi.fn();
  const send = fetch;
  vi.stubGlobal('location', { href: page.href, assign });
  vi.stubGlobal('WebSocket', webSocketImpl);
  vi.stubGlobal('fetch', (path: string | URL, init: RequestInit) => {
    const url = new URL(path, page);
    if (url.host !== page.host) return send(url, init);
    const { cookie = '' } = device.headers;
    return send(url, { ...init, headers: { ...(init.headers as Record<string, string>), cookie } });
  });
  onCleanup(() => vi.unstubAllGlobals());
  return { assign, exported: (await import(join(folder, name))) as Record<string, unknown> };
}

async function twoDevices() {
  const email = newEmail();
  const laptop = await signUp(server, email);
  return { email, laptop, phone: await signIn(server, email, { delivery: 'COOKIE' }) };
}

/** A subscription is not asked for at once: so others sign in until it is told of one. */
function signInUntil(email: string, isTold: () => boolean): Promise<void> {
  return expect
    .poll(async () => {
      await signIn(server, email);
      return isTold();
    })
    .toBe(true);
}

test.each(['urql.js', 'Apollo Client.js'])('%s watches, subscribes and leaves', async (name) => {
  const { email, laptop, phone } = await twoDevices();
  const { assign, exported } = await runAsPage(name, phone);
  const { watch, client } = (exported['begin'] as () => Begun)();
  onCleanup(() => watch.close());
  await until(() => watch.status === 'live');
  const heard = vi.fn();
  const query = 'subscription { sessionStarted { session { id } } }';
  if (client instanceof ApolloClient) client.subscribe({ query: gql(query) }).subscribe(heard);
  else (client as Client).subscription(query, {}).subscribe(heard);
  await signInUntil(email, () => heard.mock.calls.length > 0);
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await expect.poll(() => assign.mock.calls).toEqual([['/sign-in']]);
});

test('The client library.js leaves with the reason', async () => {
  const { laptop, phone } = await twoDevices();
  const { assign } = await runAsPage('The client library.js', phone);
  await expect.poll(() => server.hub.countSubscribers()).toBeGreaterThan(0);
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  await expect.poll(() => assign.mock.calls).toEqual([['/sign-in?because=REVOKED']]);
});

test('Your own subscriptions.js is told of a sign-in', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  onCleanup(() => log.mockRestore());
  const { email, phone } = await twoDevices();
  const { assign } = await runAsPage('Your own subscriptions.js', phone);
  await signInUntil(email, () => log.mock.calls.length > 0);
  expect(log.mock.calls[0]).toEqual([
    { sessionStarted: { session: { device: { name: expect.any(String) } } } },
  ]);
  await phone.ask(SignOut);
  await expect.poll(() => log.mock.calls.at(-1)).toEqual(['Nothing more comes.']);
  await expect.poll(() => assign.mock.calls).toEqual([['/sign-in']]);
});

test('Signing out.js signs out', async () => {
  const { phone } = await twoDevices();
  const { assign, exported } = await runAsPage('Signing out.js', phone);
  await (exported['signOut'] as () => Promise<void>)();
  await expect.poll(() => assign.mock.calls).toEqual([['/sign-in']]);
  expect((await phone.send('{ currentSession { id } }')).data).toEqual({ currentSession: null });
});
