/** A watch of a test's own, and what it has told. */
import { vi } from 'vitest';
import WebSocket from 'ws';
import {
  type LiveStatus,
  type SessionEvent,
  type SessionWatch,
  type SignedOut,
  type WatchOptions,
  watchSession,
} from '../../src/client/watch.ts';
import { onCleanup } from '../cleanup.ts';
import type { Device } from '../device.ts';

export interface Watched {
  watch: SessionWatch;
  signedOut: SignedOut[];
  statuses: LiveStatus[];
  events: SessionEvent[];
  /** Settles when it is live. */
  live(): Promise<void>;
  /** How it was signed out, once it is. */
  end(): Promise<SignedOut>;
}

/** As a program with a Bearer token, or as a browser whose cookie goes along by itself. */
export function watch(
  { endpoint }: { endpoint: string },
  device: Pick<Device, 'headers'>,
  options: Partial<WatchOptions> = {},
): Watched {
  const signedOut: SignedOut[] = [];
  const statuses: LiveStatus[] = [];
  const events: SessionEvent[] = [];
  const watched = watchSession({
    url: endpoint,
    ...carry(device),
    onSignedOut: (how) => signedOut.push(how),
    onStatus: (status) => statuses.push(status),
    onEvent: (event) => events.push(event),
    ...options,
  });
  onCleanup(() => watched.close());
  return {
    watch: watched,
    signedOut,
    statuses,
    events,
    live: () => until(() => watched.status === 'live'),
    async end() {
      await until(() => signedOut.length > 0);
      return signedOut[0] as SignedOut;
    },
  };
}

/** Puts each one that is opened among these. */
export function collecting(sockets: WebSocket[]) {
  return class extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols);
      sockets.push(this);
    }
  };
}

export interface Own {
  /** Results as they came, then `complete` or the errors that ended it. */
  told: unknown[];
  stop(): void;
}

/** A subscription of the host's own. */
export function subscribe({ socket }: SessionWatch, query: string): Own {
  const told: unknown[] = [];
  const stop = socket.subscribe(
    { query },
    {
      next: (result) => told.push(result),
      error: (errors) => told.push({ errors }),
      complete: () => told.push('complete'),
    },
  );
  return { told, stop };
}

/** What a browser adds by itself, to requests and to sockets alike, as it is at that moment. */
export function carry(
  device: Pick<Device, 'headers'>,
): Pick<WatchOptions, 'headers' | 'fetch' | 'webSocketImpl'> {
  return {
    headers: () =>
      device.headers['authorization'] ? { authorization: device.headers['authorization'] } : {},
    fetch: (input, init) => {
      const headers = { ...(init?.headers as Record<string, string>) };
      return fetch(input, { ...init, headers: { ...headers, ...cookieOf(device) } });
    },
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers: cookieOf(device) });
      }
    },
  };
}

function cookieOf({ headers: { cookie } }: Pick<Device, 'headers'>): Record<string, string> {
  return cookie === undefined ? {} : { cookie };
}

export function until(holds: () => boolean, timeout = 10_000): Promise<void> {
  return vi.waitFor(
    () => {
      if (!holds()) throw new Error('It does not hold yet');
    },
    { timeout, interval: 5 },
  );
}
