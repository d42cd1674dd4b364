/** Which addresses count as one, wherever something is limited per address. */
import { expect, test } from 'vitest';
import { networkOf } from '../src/networks.ts';

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['2001:db8::1', '2001:0DB8:0000:0000:1:2:3:4'],
  ['2001:db8:0:0:8::', '2001:db8::9'],
  ['::1', '::2'],
  ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7108'],
])('%s and %s are of one /64, and count as one', (one, other) => {
  expect(networkOf(one)).toBe(networkOf(other));
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['1:2:3:4::', '1:2:3::4'],
  ['203.0.113.7', '203.0.113.8'],
])('%s and %s are different networks', (one, other) => {
  expect(networkOf(one)).not.toBe(networkOf(other));
});

test('those without an address count as one, which is no address', () => {
  expect(networkOf(null)).toBe(networkOf(null));
  expect(networkOf(null)).toMatch(/^[a-z]+$/);
});
