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

/** What was said before, by the language: most people have one of a few devices, which are kept too. */
const said = new WeakMap<Translator, WeakMap<DeviceName, string>>();

/** Such as “Chrome on macOS”. */
export function nameDevice(translator: Translator, name: DeviceName): string {
  const known = said.get(translator)?.get(name);
  if (known !== undefined) return known;
  const text = writeName(translator, name);
  const texts = said.get(translator) ?? new WeakMap<DeviceName, string>();
  said.set(translator, texts.set(name, text));
  return text;
}

function writeName(translator: Translator, { program, system }: DeviceName): string {
  const words = program === null ? undefined : WORDS.get(program);
  const who = words ? translator.write(words) : program;
  if (who !== null && system !== null) return translator.translate('device.on', { program: who, system });
  return who ?? system ?? translator.translate('device.unknown');
}
