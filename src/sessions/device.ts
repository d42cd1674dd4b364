/**
 * What the User-Agent header tells of a device: a hint for people to recognize
 * their own devices by, never evidence. Read when shown, so that a better
 * parser improves old sessions too. What people call it is said elsewhere, in
 * their language, of the parts that are found here.
 */
import { LRUCache } from 'lru-cache';
import UAParser from 'ua-parser-js';

/** Real ones are below 300 characters. */
export const MAX_USER_AGENT_LENGTH = 512;

export type DeviceType = 'DESKTOP' | 'MOBILE' | 'TABLET' | 'OTHER' | 'UNKNOWN';

/** What a device is called by; both are null for one of which nothing is known. */
export interface DeviceName {
  /** A browser, a bot or another program, such as “Chrome”. */
  program: string | null;
  /** What it runs on, such as “macOS”. */
  system: string | null;
}

export interface Device {
  name: DeviceName;
  type: DeviceType;
  browser: string | null;
  os: string | null;
}

const UNKNOWN: Device = {
  name: { program: null, system: null },
  type: 'UNKNOWN',
  browser: null,
  os: null,
};

/** Names as people know them, where the parser has others. */
const BROWSER_NAMES: Record<string, string> = {
  'Mobile Safari': 'Safari',
  'Mobile Firefox': 'Firefox',
  'Chrome Headless': 'Headless Chrome',
  GSA: 'Google app',
  IE: 'Internet Explorer',
};

const OS_NAMES: Record<string, string> = { 'Mac OS': 'macOS', 'Chromium OS': 'ChromeOS' };

/** How programs that are not browsers call themselves, where that isn't how people know them. A Map: one may call itself “constructor”. */
const PROGRAM_NAMES = new Map([
  ['PostmanRuntime', 'Postman'],
  ['python-requests', 'Python Requests'],
  ['Go-http-client', 'Go'],
  ['node', 'Node.js'],
  ['undici', 'Node.js'],
  ['insomnia', 'Insomnia'],
]);

/** “Googlebot/2.1” in “Mozilla/5.0 (compatible; Googlebot/2.1; …)”. Cubot makes phones. */
const BOT = /\b(?!cubot)([\w-]{0,40}(?:bot|crawler|spider|slurp)[\w-]{0,40})\b/i;

/** The first product of a User-Agent that doesn't call itself Mozilla, as browsers do. Apps on iOS write a space as “%20”. */
const PROGRAM = /^(?!Mozilla\/|Opera\/)([A-Za-z](?:[\w.-]|%20){0,39})(?:[/ ]|$)/;

/** Of Dalvik and CFNetwork, which only say what an app runs on. */
const RUNTIME = /^(Dalvik|CFNetwork)$/;

const FORM_FACTORS: Record<string, DeviceType> = { mobile: 'MOBILE', tablet: 'TABLET' };

/** What runs on no desktop, for apps and browsers that say no more of their device. */
const MOBILE_OS = /^(Android|iOS|HarmonyOS|Windows Phone)$/;

/** Most people have one of a few hundred. */
const devices = new LRUCache<string, Device>({ max: 1000 });

export function describeDevice(userAgent: string | null): Device {
  if (!userAgent?.trim()) return UNKNOWN;
  const known = devices.get(userAgent);
  if (known) return known;
  const device = parseDevice(userAgent);
  devices.set(userAgent, device);
  return device;
}

function parseDevice(userAgent: string): Device {
  const parsed = new UAParser(userAgent).getResult();
  const os = nameOs(parsed);
  const bot = BOT.exec(userAgent)?.[1];
  if (bot) return { name: { program: bot, system: null }, type: 'OTHER', browser: null, os };

  const product = PROGRAM.exec(userAgent)?.[1];
  const program = product && !RUNTIME.test(product) ? nameProgram(product) : null;
  const browser = program ? null : nameBrowser(parsed);
  const name = { program: browser ?? program, system: os };
  if (!name.program && !name.system) return UNKNOWN;
  return { name, type: typeOf(parsed, program !== null), browser, os };
}

/** Whether people call them the same. */
export function looksAlike({ name: a }: Device, { name: b }: Device): boolean {
  return a.program === b.program && a.system === b.system;
}

function nameProgram(product: string): string {
  return PROGRAM_NAMES.get(product) ?? product.replaceAll('%20', ' ');
}

function nameBrowser({ browser, ua }: UAParser.IResult): string | null {
  if (!browser.name || browser.name === 'WebKit') return null;
  if (/\bBrave\b/.test(ua)) return 'Brave';
  return BROWSER_NAMES[browser.name] ?? browser.name;
}

function nameOs({ os, device }: UAParser.IResult): string | null {
  if (!os.name) return null;
  if (os.name === 'iOS' && device.type === 'tablet') return 'iPadOS';
  return OS_NAMES[os.name] ?? os.name;
}

function typeOf({ browser, device, os }: UAParser.IResult, isProgram: boolean): DeviceType {
  // Televisions, consoles, watches and whatever comes next.
  if (device.type) return FORM_FACTORS[device.type] ?? 'OTHER';
  if (os.name && MOBILE_OS.test(os.name)) return 'MOBILE';
  if (isProgram) return 'OTHER';
  return browser.name && os.name ? 'DESKTOP' : 'UNKNOWN';
}
