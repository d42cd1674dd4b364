/** What people call a device, in their language. */
import type { DeviceName } from '../sessions/device.ts';
import type { Message } from './messages.ts';
import type { Translator } from './translator.ts';

/** What is no name of its own, but words. A Map: a program may call itself “constructor”. */
const WORDS = new Map<string, Message>([
  ['Android Browser', { key: 'device.androidBrowser' }],
  ['Google app', { key: 'device.googleApp' }],
  ['Headless Chrome', { key: 'device.headlessChrome' }],
]);

/** Such as “Chrome on macOS”. */
export function nameDevice(translator: Translator, { program, system }: DeviceName): string {
  const words = program === null ? undefined : WORDS.get(program);
  const who = words ? translator.write(words) : program;
  if (who !== null && system !== null) return translator.translate('device.on', { program: who, system });
  return who ?? system ?? translator.translate('device.unknown');
}
