/** What people are shown of a device, by User-Agents as real ones send them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameDevice } from '../../src/i18n/device-name.ts';
import { english } from '../../src/i18n/english.ts';
import { describeDevice } from '../../src/sessions/device.ts';

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)';
const IPAD = 'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K)';
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

// In this order: the User-Agent, then name, type, browser and OS.
test.each([
  [`${MAC} ${BLINK} Chrome/142.0.0.0 Safari/537.36`, 'Chrome on macOS', 'DESKTOP', 'Chrome', 'macOS'],
  [`${MAC} ${WEBKIT} Version/18.1 Safari/605.1.15`, 'Safari on macOS', 'DESKTOP', 'Safari', 'macOS'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Firefox on Windows',
    'DESKTOP',
    'Firefox',
    'Windows',
  ],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Firefox on Ubuntu',
    'DESKTOP',
    'Firefox',
    'Ubuntu',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko',
    'Internet Explorer on Windows',
    'DESKTOP',
    'Internet Explorer',
    'Windows',
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/142.0.0.0 Safari/537.36`,
    'Chrome on ChromeOS',
    'DESKTOP',
    'Chrome',
    'ChromeOS',
  ],
] as const)('a desktop browser, by its name and system: %s', (userAgent, name, type, browser, os) =>
  expectDevice(userAgent, name, type, browser, os),
);

test.each([
  [`${WINDOWS} ${BLINK} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.86`, 'Edge', 'Windows'],
  [`${WINDOWS} ${BLINK} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0`, 'Opera', 'Windows'],
  [`${WINDOWS} ${BLINK} Chrome/130.0.0.0 Safari/537.36 Vivaldi/7.0.3495.11`, 'Vivaldi', 'Windows'],
  [`${LINUX} ${BLINK} Brave Chrome/84.0.4147.105 Safari/537.36`, 'Brave', 'Linux'],
] as const)('a browser that also calls itself Chrome, by its own name: %s', (userAgent, browser, os) =>
  expectDevice(userAgent, `${browser} on ${os}`, 'DESKTOP', browser, os),
);

test.each([
  [`${IPHONE} ${WEBKIT} Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari', 'iOS'],
  [`${IPHONE} ${WEBKIT} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`, 'Chrome', 'iOS'],
  [`${IPHONE} ${WEBKIT} FxiOS/132.0 Mobile/15E148 Safari/605.1.15`, 'Firefox', 'iOS'],
  [`${IPHONE} ${WEBKIT} Version/18.0 EdgiOS/130.0.2849.80 Mobile/15E148 Safari/605.1.15`, 'Edge', 'iOS'],
  [`${IPHONE} ${WEBKIT} Version/17.7 Mobile/15E148 Safari/604.1 OPT/5.1.1`, 'Opera Touch', 'iOS'],
  [`${IPHONE} ${WEBKIT} Brave/1.14 Version/13.0.3 Mobile/15E148 Safari/604.1`, 'Brave', 'iOS'],
  [`${IPHONE} ${WEBKIT} GSA/340.0.691212763 Mobile/15E148 Safari/604.1`, 'Google app', 'iOS'],
  [`${ANDROID} ${BLINK} Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
  ['Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0', 'Firefox', 'Android'],
  [`${ANDROID} ${BLINK} Chrome/130.0.0.0 Mobile Safari/537.36 OPR/85.0.0.0`, 'Opera', 'Android'],
  [
    `${ANDROID} ${BLINK} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet',
    'Android',
  ],
  [
    'Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16',
    'Opera Mini',
    'Android',
  ],
  // A phone by Cubot is no bot.
  [
    `Mozilla/5.0 (Linux; Android 10; CUBOT_NOTE_20) ${BLINK} Chrome/142.0.0.0 Mobile Safari/537.36`,
    'Chrome',
    'Android',
  ],
] as const)('a phone: %s', (userAgent, browser, os) =>
  expectDevice(userAgent, `${browser} on ${os}`, 'MOBILE', browser, os),
);

test.each([
  [`${IPAD} ${WEBKIT} Version/17.0 Mobile/15E148 Safari/604.1`, 'Safari', 'iPadOS'],
  [`${IPAD} ${WEBKIT} CriOS/119.0.6045.109 Mobile/15E148 Safari/604.1`, 'Chrome', 'iPadOS'],
  [`${ANDROID} ${BLINK} Chrome/131.0.0.0 Safari/537.36`, 'Chrome', 'Android'],
  ['Mozilla/5.0 (Android 14; Tablet; rv:132.0) Gecko/132.0 Firefox/132.0', 'Firefox', 'Android'],
] as const)('a tablet: %s', (userAgent, browser, os) =>
  expectDevice(userAgent, `${browser} on ${os}`, 'TABLET', browser, os),
);

test.each([
  ['curl/8.4.0', 'curl'],
  ['okhttp/4.12.0', 'okhttp'],
  ['PostmanRuntime/7.42.0', 'Postman'],
  ['insomnia/2023.5.8', 'Insomnia'],
  ['python-requests/2.32.3', 'Python Requests'],
  ['Go-http-client/2.0', 'Go'],
  ['node', 'Node.js'],
  ['undici', 'Node.js'],
  ['Java/17.0.9', 'Java'],
  ['Apache-HttpClient/4.5.14 (Java/17.0.9)', 'Apache-HttpClient'],
] as const)('a program that is no browser: %s', (userAgent, name) =>
  expectDevice(userAgent, name, 'OTHER', null, null),
);

test.each(['constructor', 'toString/1.0', 'valueOf'])('a program may have any name: %s', (userAgent) => {
  const name = userAgent.replace('/1.0', '');
  expectDevice(userAgent, name, 'OTHER', null, null);
});

test.each([
  ['MyApp/3.2.1 CFNetwork/1568.200.51 Darwin/24.1.0', 'MyApp on iOS', 'iOS'],
  ['My%20App/3.2.1 CFNetwork/1568.200.51 Darwin/24.1.0', 'My App on iOS', 'iOS'],
  ['Curfew/1.0 (iPhone; iOS 18.1; Scale/3.00)', 'Curfew on iOS', 'iOS'],
  ['Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.231105.004)', 'Android', 'Android'],
] as const)('an app on a phone, by its own name if it tells one: %s', (userAgent, name, os) =>
  expectDevice(userAgent, name, 'MOBILE', null, os),
);

test.each([
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot', null],
  [
    `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${BLINK} Chrome/131.0.6778.69 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    'Googlebot',
    'Android',
  ],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 'bingbot', null],
] as const)('a bot, whatever else it calls itself: %s', (userAgent, name, os) =>
  expectDevice(userAgent, name, 'OTHER', null, os),
);

test.each([
  [
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager',
    'Chrome on webOS',
    'Chrome',
    'webOS',
  ],
  [
    `Mozilla/5.0 (PlayStation; PlayStation 5/6.00) ${WEBKIT} Version/15.4 Safari/605.1.15`,
    'Safari on PlayStation',
    'Safari',
    'PlayStation',
  ],
] as const)(
  'a television or a console is neither a desktop nor a phone: %s',
  (userAgent, name, browser, os) => expectDevice(userAgent, name, 'OTHER', browser, os),
);

test.each([null, '', '   ', '!!!! ???', 'Mozilla/5.0', 'Mozilla/5.0 (', '\u0001\u0007', '🦊/1.0', '%00'])(
  'what tells nothing is an unknown device: %j',
  (userAgent) => expectDevice(userAgent, 'Unknown device', 'UNKNOWN', null, null),
);

test('whatever it is sent, it answers with a short name without control characters', () => {
  const long = fc.oneof(
    fc.constant('a-'.repeat(5000)),
    fc.constant('bot-'.repeat(2500)),
    fc.constant('('.repeat(10_000)),
    fc.string({ unit: 'binary', minLength: 1000, maxLength: 10_000 }),
  );
  const words = fc.constantFrom(...`${MAC} ${BLINK} Chrome/1 bot iPad; Android OPR/ %20 \u0000`.split(' '));
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 4, arbitrary: fc.array(words).map((parts) => parts.join(' ')) },
    { weight: 1, arbitrary: long },
  );
  fc.assert(
    fc.property(text, (userAgent) => {
      const name = nameDevice(english, describeDevice(userAgent).name);
      expect(name.length).toBeGreaterThan(0);
      expect(name.length).toBeLessThanOrEqual(128);
      expect(name).not.toMatch(/\p{Cc}/u);
    }),
  );
});

function expectDevice(
  userAgent: string | null,
  name: string,
  type: string,
  browser: string | null,
  os: string | null,
): void {
  const device = describeDevice(userAgent);
  expect({ ...device, name: nameDevice(english, device.name) }).toEqual({ name, type, browser, os });
}
