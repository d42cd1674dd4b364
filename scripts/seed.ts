/**
 * `npm run seed`: an account to look at, with devices and a history, made in the
 * database of the settings, whether a server runs on it or not. Run again, it
 * makes that account anew, and touches no other.
 *
 * Its password is known to everybody who can read this. So it is made neither in
 * production nor beside accounts of others, whatever NODE_ENV says; whoever wants
 * that says so, and gets a password that is made up.
 */
import { randomBytes } from 'node:crypto';
import { withDatabase } from '../src/commands/database.ts';
import { complain, say } from '../src/commands/output.ts';
import type { Database } from '../src/db/client.ts';
import { makeDemoAccount } from './demo/account.ts';

const EMAIL = 'demo@example.com';
const PASSWORD = 'devices of a demo';

const IN_PRODUCTION = '--in-production';
const BESIDE_OTHERS = '--beside-others';
const OPTIONS: readonly string[] = [IN_PRODUCTION, BESIDE_OTHERS];

/** @returns null, once it has said why, where there is to be no account. */
function choosePassword(args: readonly string[]): string | null {
  const unknown = args.find((arg) => !OPTIONS.includes(arg));
  if (unknown !== undefined) {
    complain(`There is no option “${unknown}”. There are ${OPTIONS.join(' and ')}.`);
    return null;
  }
  if (process.env['NODE_ENV'] === 'production' && !args.includes(IN_PRODUCTION)) {
    complain(
      `NODE_ENV is production: an account of a demo is not made among real ones. If that is what you want: npm run seed -- ${IN_PRODUCTION}`,
    );
    return null;
  }
  return args.length > 0 ? randomBytes(18).toString('base64url') : PASSWORD;
}

/** Those of backends' users, which have no email here, too. */
function countOthers(db: Database): Promise<number> {
  return db.user.count({ where: { OR: [{ email: null }, { email: { not: EMAIL } }] } });
}

async function seed(args: readonly string[]): Promise<number> {
  const password = choosePassword(args);
  if (password === null) return 2;
  return withDatabase(async (place) => {
    const others = await countOthers(place.db);
    if (others > 0 && password === PASSWORD) {
      const found = others === 1 ? 'an account that is' : `${others} accounts that are`;
      complain(
        `This database has ${found} not the demo’s. A demo account, whose password everybody can read, is not made beside others. Point DATABASE_URL (or CURFEW_DATA_DIR) at another database, or have a password made up for it: npm run seed -- ${BESIDE_OTHERS}`,
      );
      return 2;
    }
    await makeDemoAccount(place, { email: EMAIL, password });
    say(`The demo account is made anew. Sign in with it:

  Email      ${EMAIL}
  Password   ${password}
`);
    return 0;
  });
}

process.exitCode = await seed(process.argv.slice(2));
