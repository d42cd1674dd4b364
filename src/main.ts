#!/usr/bin/env node
/** The `curfew` command: finds what is asked for. Each command is loaded when it is. */
import { complain, say } from './commands/output.ts';
import { readVersion, USAGE } from './commands/usage.ts';

/** What the arguments ask for; null when there is no such thing. It resolves to an exit code, if it ends. */
type Command = () => Promise<number | undefined> | number | undefined;

async function findCommand([name = 'start', ...args]: readonly string[]): Promise<Command | null> {
  if (name === 'admin') return (await import('./commands/admin.ts')).findAdminCommand(args);
  if (name === 'service-key') {
    const [keyName, ...rest] = args;
    if (keyName === undefined || rest.length > 0) return null;
    const { printServiceKey } = await import('./commands/service-key.ts');
    return () => printServiceKey(keyName);
  }
  if (args.length > 0) return null;
  switch (name) {
    case 'start': {
      const { start } = await import('./commands/start.ts');
      return async () => {
        await start();
        return undefined;
      };
    }
    case '--help':
    case '-h':
    case 'help':
      return () => tell(USAGE);
    case '--version':
    case '-v':
      return () => tell(readVersion());
    default:
      return null;
  }
}

function tell(text: string): number {
  say(text);
  return 0;
}

const args = process.argv.slice(2);
const command = await findCommand(args);
if (command) {
  const exitCode = await command();
  if (exitCode !== undefined) process.exitCode = exitCode;
} else {
  complain(`There is no command “curfew ${args.join(' ')}”.\n\n${USAGE}`);
  process.exitCode = 2;
}
