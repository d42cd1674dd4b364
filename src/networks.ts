/** Which addresses count as one. */
import { isIPv6 } from 'node:net';

/** Whoever has one IPv6 address has its whole /64, so that counts as one; an IPv4 address counts by itself. */
export function networkOf(ipAddress: string | null): string {
  if (ipAddress === null) return 'unknown';
  if (!isIPv6(ipAddress)) return ipAddress;
  // WHATWG URL parsing writes an IPv6 address in its one canonical form.
  const [head = '', tail] = new URL(`http://[${ipAddress}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}
