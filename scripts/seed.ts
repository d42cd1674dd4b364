/**
 * `npm run seed`: an account to look at, with devices and a history, made in the
 * database of the settings, whether a server runs on it or not. Run again, it
 * makes that account anew, and touches no other.
 */
import { randomBytes } from 'node:crypto';
import { withDatabase } from '../src/commands/database.ts';
import { complain, say } from '../src/commands/output.ts';
import { type DemoAccount, makeDemoAccount } from './demo/account.ts';

const EMAIL = 'demo@example.com';
/** Known to everybody who can read this. */
const PASSWORD = 'devices of a demo';
const IN_PRODUCTION = '--in-production';

/** @returns null, once it has said why, where there is to be none. */
function chooseAccount(args: readonly string[]): DemoAccount | null {
  const [unknown] = args.filter((arg) => arg !== IN_PRODUCTION);
  if (unknown !== undefined) {
    complain(`There is no option “${unknown}”. There is ${IN_PRODUCTION}.`);
    return null;
  }
  if (process.env['NODE_ENV'] !== 'production') return { email: EMAIL, password: PASSWORD };
  if (args.includes(IN_PRODUCTION)) {
    return { email: EMAIL, password: randomBytes(18).toString('base64url') };
  }
  complain(
    `NODE_ENV is production: an account of a demo is not made among real ones. If that is what you want: npm run seed -- ${IN_PRODUCTION}`,
  );
  return null;
}

const account = chooseAccount(process.argv.slice(2));
process.exitCode = account
  ? await withDatabase(async (db, clock) => {
      await makeDemoAccount(db, clock, account);
      say(`The demo account is made anew. Sign in with it:

  Email      ${account.email}
  Password   ${account.password}
`);
      return 0;
    })
  : 2;
