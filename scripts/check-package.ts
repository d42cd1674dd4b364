/**
 * Checks what `curfew/client` is to those who install it: what the package says
 * of itself is true (publint), its types resolve however a project looks for them
 * (are-the-types-wrong), and the core stays small, needs nothing that it doesn't
 * bring, and has no server in it.
 *
 *     npm run check:package
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';

/** Of `watch.js` and all that it imports. */
const MAX_GZIP_BYTES = 5000;

/** Only import: whoever requires gets what Node gives for an ES module. And the old way of Node 10 knows no exports. */
const PASSED_OVER = ['CJSResolvesToESM', 'NoResolution:node10'];

const faults: string[] = [];

const shell = process.platform === 'win32';
execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'], shell });
const folder = mkdtempSync(join(tmpdir(), 'curfew-package-'));
try {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell,
  });
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
  const tarball = readFileSync(join(folder, `${name}-${version}.tgz`));
  await checkManifest(tarball);
  await checkTypes(tarball);
  await checkSize(folder);
  checkCopy(join(folder, 'copy'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (faults.length > 0) {
  process.stderr.write(`The package is not fit to be used:\n  ${faults.join('\n  ')}\n`);
  process.exitCode = 1;
}

async function checkManifest(tarball: Uint8Array): Promise<void> {
  const data = Uint8Array.from(tarball).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: data }, level: 'warning', strict: true });
  for (const message of messages) {
    faults.push(`publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
  }
}

async function checkTypes(tarball: Uint8Array): Promise<void> {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (!result.types) {
    faults.push('are-the-types-wrong: there are no types');
    return;
  }
  for (const problem of result.problems) {
    const where = 'resolutionKind' in problem ? problem.resolutionKind : '';
    if (PASSED_OVER.includes(problem.kind) || PASSED_OVER.includes(`${problem.kind}:${where}`)) continue;
    const what = 'entrypoint' in problem ? problem.entrypoint : JSON.stringify(problem);
    faults.push(`are-the-types-wrong: ${problem.kind} of ${what} ${where}`);
  }
}

async function checkSize(outDir: string): Promise<void> {
  const core = await bundle(outDir);
  const gzip = gzipSync(core, { level: 9 }).length;
  const brotli = brotliCompressSync(core).length;
  process.stdout.write(
    `curfew/client, minified: ${core.length} bytes, ${gzip} with gzip, ${brotli} with brotli\n`,
  );
  if (gzip >= MAX_GZIP_BYTES)
    faults.push(`The core has ${gzip} bytes with gzip: not below ${MAX_GZIP_BYTES}`);
  if (/GraphQLSchema|node:/.test(core.toString())) faults.push('There is more than a client in the core');
}

/** In plain Node, where nothing else is installed. */
function checkCopy(copy: string): void {
  cpSync('dist/client', join(copy, 'client'), { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  try {
    execFileSync(process.execPath, ['client/watch.js'], { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    faults.push(`A copy of dist/client does not load by itself: ${error}`);
  }
}

/** As an app has it: a library's own bundle would keep its blanks. */
async function bundle(outDir: string): Promise<Buffer> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: 'dist/client/watch.js',
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'core.js' },
      },
    },
  });
  return readFileSync(join(outDir, 'core.js'));
}
