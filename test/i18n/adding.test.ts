/** To add a language is to add its file; one that is not whole doesn’t pass the checks. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { onCleanup } from '../cleanup.ts';
import { send } from '../device.ts';
import { SignIn } from '../operations.ts';
import { startTestServer } from '../server.ts';

/** @param files by their paths in it. */
function makeFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-'));
  onCleanup(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('a third language is there once its file is', async () => {
  const folder = makeFolder({
    'package.json': '{ "type": "module" }',
    'de.js': "export default { 'error.wrongEmailOrPassword': 'E-Mail oder Passwort ist falsch.' };",
    // What is built lies beside it.
    'de.js.map': '{}',
    'de.d.ts': 'export default {};',
  });
  const server = await startTestServer({}, { locales: pathToFileURL(`${folder}/`) });
  const ask = async (email: string) => {
    const variables = { input: { email, password: 'wrong password' } };
    const { data } = await send(server, SignIn, variables, { 'accept-language': 'fr, de;q=0.5' });
    return data?.signIn;
  };
  expect(await ask('ada@example.com')).toMatchObject({ message: 'E-Mail oder Passwort ist falsch.' });
  // Better English than nothing.
  expect(await ask('ada')).toMatchObject({
    message: expect.stringContaining('This is not an email address'),
  });
});

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What `npm run check` says of the texts of such a project. */
function checkTexts({ en, fr, source }: { en: object; fr: object; source: string }) {
  const cwd = makeFolder({
    'package.json': '{ "type": "module" }',
    'src/locales/en.ts': `export default ${JSON.stringify(en)};`,
    'src/locales/fr.ts': `export default ${JSON.stringify(fr)};`,
    'src/i18n/message-values.ts': '',
    'web/main.ts': source,
  });
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'scripts/type-messages.ts')],
    { cwd, encoding: 'utf8' },
  );
  return { status, stderr: stderr.trim() };
}

const USED = `translate('a.one'); translate(\`b.\${kind}\`);`;

test.each([
  ['whole', { en: { 'a.one': 'One', 'b.x': 'X' }, fr: { 'a.one': 'Un', 'b.x': 'X' } }, ''],
  ['without a text', { en: { 'a.one': 'One' }, fr: {} }, "fr.ts: 'a.one' is missing"],
  [
    'with one too many',
    { en: { 'a.one': 'One' }, fr: { 'a.one': 'Un', 'a.two': '' } },
    "fr.ts: 'a.two' is not in en.ts",
  ],
  [
    'with a text that nothing uses',
    { en: { 'a.one': 'One', 'a.two': 'Two' }, fr: { 'a.one': 'Un', 'a.two': 'Deux' } },
    "en.ts: 'a.two' is used nowhere",
  ],
  [
    'with a text that takes something else',
    { en: { 'a.one': '{count, number}' }, fr: { 'a.one': '{number, number}' } },
    "fr.ts: 'a.one' takes { number: number }, and { count: number } in en.ts",
  ],
  [
    'with a text that is no ICU message',
    { en: { 'a.one': 'One' }, fr: { 'a.one': '{' } },
    "fr.ts: 'a.one' EXPECT",
  ],
])('a language is checked: one %s', (_how, texts, fault) => {
  const { status, stderr } = checkTexts({ ...texts, source: USED });
  expect(status).toBe(fault === '' ? 0 : 1);
  expect(stderr).toContain(fault);
});
