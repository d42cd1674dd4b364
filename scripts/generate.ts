/**
 * Writes everything that is made from something else: the Prisma client and the
 * Pothos types, the types of texts, schema.graphql, and the typed operations. All of it is committed.
 *
 *     npm run generate                  writes it
 *     tsx scripts/generate.ts --check   the same, and fails when anything was stale
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const GENERATED = ['src/db/generated', 'src/i18n/message-values.ts', 'schema.graphql', 'test/gql', 'web/gql'];

const STEPS = [
  ['prisma', 'generate'],
  ['tsx', 'scripts/type-messages.ts'],
  ['tsx', 'scripts/print-schema.ts'],
  ['graphql-codegen', '--config', 'codegen.ts'],
] as const;

function listFiles(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => listFiles(join(path, name)));
}

function digestAll(): Map<string, string> {
  return new Map(
    GENERATED.flatMap(listFiles).map((file) => [
      file,
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  );
}

const before = digestAll();
for (const [command, ...args] of STEPS) {
  try {
    execFileSync(command, args, { stdio: 'pipe', shell: process.platform === 'win32' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    process.stderr.write(`${command} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}\n`);
    process.exit(1);
  }
}
const after = digestAll();

const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (file) => before.get(file) !== after.get(file),
);
if (process.argv.includes('--check') && stale.length > 0) {
  process.stderr.write(
    `These generated files were stale. They are fresh now: commit them.\n  ${stale.join('\n  ')}\n`,
  );
  process.exit(1);
}
