#!/usr/bin/env node
// What `npx curfew` runs in a clone: npx wants it to be there, and executable, before anything is built.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('Curfew is not built yet. Build it first: npm run build\n');
  process.exitCode = 1;
}
