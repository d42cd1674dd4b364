/** Addresses: how they are written, and which count as one. */
import { isIPv4, isIPv6 } from 'node:net';

/**
 * An IPv4 address in its own form, also where it is mapped into IPv6; an IPv6
 * address in its canonical one, as PostgreSQL writes it too (but for those of
 * ::/96, which nobody has had for long).
 *
 * @returns null for what is no address, and for one with a zone.
 */
export function parseAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return null;
  const address = canonicalize(text);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

/** By WHATWG URL parsing. */
function canonicalize(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
}

/** Whoever has one IPv6 address has its whole /64, so that counts as one; an IPv4 address counts by itself. */
export function networkOf(ipAddress: string | null): string {
  if (ipAddress === null) return 'unknown';
  if (!isIPv6(ipAddress)) return ipAddress;
  const [head = '', tail] = canonicalize(ipAddress).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}
