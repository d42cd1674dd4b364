/** Where in the page somebody is: a word after “#”, since the server knows “/” alone. */

export const ROUTES = ['devices', 'history', 'activity', 'account'] as const;

export type Route = (typeof ROUTES)[number];

/** What is shown to whoever is signed out. */
export type Door = 'sign-in' | 'sign-up';

/** @param hash as of a Location, such as `#history`. Anything unknown leads to the devices. */
export function parseRoute(hash: string): Route {
  return ROUTES.find((route) => hash === `#${route}`) ?? 'devices';
}

export function parseDoor(hash: string): Door {
  return hash === '#sign-up' ? 'sign-up' : 'sign-in';
}
