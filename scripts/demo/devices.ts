/** Where the person of the demo signs in from, and who else does: addresses are of the ranges kept for documentation. */
import type { Client } from '../../src/core.ts';
import type { SessionKind } from '../../src/db/generated/prisma/client.ts';
import { makeDeviceId } from '../../src/sessions/device-id.ts';

export interface DemoDevice {
  client: Client;
  kind: SessionKind;
  deviceId: string | null;
}

const HOME = '198.51.100.23';
const OFFICE = '192.0.2.40';
export const ON_THE_WAY = '2001:db8:4a:1::8';
const LIBRARY = '203.0.113.7';
const ELSEWHERE = '203.0.113.99';

function browser(ipAddress: string, userAgent: string): DemoDevice {
  return {
    client: { ipAddress, userAgent: `Mozilla/5.0 ${userAgent}` },
    kind: 'BROWSER',
    deviceId: makeDeviceId(),
  };
}

function program(ipAddress: string, userAgent: string): DemoDevice {
  return { client: { ipAddress, userAgent }, kind: 'API', deviceId: null };
}

export function makeDevices() {
  return {
    laptop: browser(
      HOME,
      '(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    ),
    phone: browser(
      HOME,
      '(iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    ),
    tablet: browser(
      HOME,
      '(iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
    ),
    workstation: browser(OFFICE, '(X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'),
    meetingRoom: browser(
      OFFICE,
      '(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    ),
    oldPhone: browser(
      HOME,
      '(Linux; Android 14; Pixel 6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    ),
    oldLaptop: browser(
      HOME,
      '(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    ),
    library: browser(LIBRARY, '(Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'),
    stranger: browser(
      ELSEWHERE,
      '(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 OPR/126.0.0.0',
    ),
    backups: program('192.0.2.41', 'curl/8.14.1'),
    report: program('192.0.2.42', 'python-requests/2.32.5'),
  };
}
