import { expect, it } from 'vitest';
import { parseDoor, parseRoute, ROUTES } from '../../web/app/route.ts';

it.each(ROUTES)('#%s leads to its page', (route) => {
  expect(parseRoute(`#${route}`)).toBe(route);
});

it.each(['', '#', '#sign-up', '#nothing', '#DEVICES', 'history', '#history/1'])(
  'what leads nowhere leads to the devices: “%s”',
  (hash) => {
    expect(parseRoute(hash)).toBe('devices');
  },
);

it('whoever is signed out comes to the sign-in, unless they ask for an account', () => {
  expect(parseDoor('#sign-up')).toBe('sign-up');
  for (const hash of ['', '#sign-in', '#history']) expect(parseDoor(hash)).toBe('sign-in');
});
