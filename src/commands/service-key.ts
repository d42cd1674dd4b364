/** `curfew service-key NAME`: a new key for a trusted backend. It is kept nowhere. */
import { isServiceName } from '../config.ts';
import { makeServiceKey } from '../service-keys.ts';
import { complain, say } from './output.ts';

/** @returns the exit code. */
export function printServiceKey(name: string): number {
  if (!isServiceName(name)) {
    complain(
      `“${name}” is no name for a key: 1 to 64 letters, digits or the characters _ . - such as shop-backend`,
    );
    return 1;
  }
  const { key, setting } = makeServiceKey(name);
  say(`The new key of “${name}”. It is shown this once; give it to the backend alone:

  ${key}

Tell Curfew its hash, and start it again:

  CURFEW_SERVICE_KEYS=${setting}

Other keys stay in the same setting, separated by commas; two may have one name, while one takes the place of the other.`);
  return 0;
}
