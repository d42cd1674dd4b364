/** Collections of garbage when a test asks for them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** All of memory is looked through, or what is young alone. */
export const collectGarbage = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
