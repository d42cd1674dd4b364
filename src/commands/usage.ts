/** What the `curfew` command can do. */
import { readFileSync } from 'node:fs';

export const USAGE = `Usage: curfew [COMMAND]

  start                 start the server (what curfew does without a command)
  admin grant EMAIL     make an account an administrator
  admin revoke EMAIL    make it an ordinary one again
  admin list            say who is an administrator
  service-key NAME      make a key for a backend that signs its users in itself
  --help, --version

Settings are environment variables: see docs/settings.md.`;

export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
