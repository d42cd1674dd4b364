/** `curfew admin`: who is an administrator. Works beside a running server, and without one. */
import { changeRole, listAdministrators } from '../accounts/roles.ts';
import { announce } from '../live/bus.ts';
import { type Place, withDatabase } from './database.ts';
import { complain, say } from './output.ts';

/** @returns what the arguments after `admin` ask for; null when they ask for nothing that there is. */
export function findAdminCommand(args: readonly string[]): (() => Promise<number>) | null {
  const [verb, email, ...rest] = args;
  if (verb === 'list' && email === undefined) return () => withDatabase(list);
  if (email === undefined || rest.length > 0) return null;
  if (verb === 'grant') return () => withDatabase((place) => grant(place, email));
  if (verb === 'revoke') return () => withDatabase((place) => revoke(place, email));
  return null;
}

async function grant(place: Place, email: string): Promise<number> {
  const hasChanged = await changeRole({ ...place, announce }, email, 'ADMIN');
  if (hasChanged === null) return complainOfUnknown(email);
  say(hasChanged ? `${email} is an administrator now.` : `${email} is an administrator already.`);
  return 0;
}

async function revoke(place: Place, email: string): Promise<number> {
  const hasChanged = await changeRole({ ...place, announce }, email, 'USER');
  if (hasChanged === null) return complainOfUnknown(email);
  say(hasChanged ? `${email} is no administrator any more.` : `${email} is no administrator.`);
  return 0;
}

async function list({ db }: Place): Promise<number> {
  const administrators = await listAdministrators(db);
  for (const { email, disabledAt } of administrators) say(`${email}${disabledAt ? ' (disabled)' : ''}`);
  if (administrators.length === 0) {
    complain('There is no administrator. Make one: curfew admin grant ada@example.com');
  }
  return 0;
}

function complainOfUnknown(email: string): number {
  complain(`Nobody signs in here as ${email}. Sign up with this email first, then try again.`);
  return 1;
}
