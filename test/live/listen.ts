/** Listens to a subscription as a device would, over a socket or an event stream. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { vi } from 'vitest';
import WebSocket from 'ws';
import { onCleanup } from '../cleanup.ts';
import type { Device } from '../device.ts';
import type { TestServer } from '../server.ts';

export type Transport = 'WebSocket' | 'SSE';

export interface Listening<Data> {
  /** What it has heard so far. */
  events: Data[];
  /** Settles when the operation is over: null when it completed, or what it failed with. */
  over: Promise<unknown>;
  /** Resolves with code and reason when the socket is closed; never for an event stream. */
  closed: Promise<{ code: number; reason: string }>;
  stop(): void;
}

/** Resolves once the server has attached the subscriber; one at a time. */
export async function listen<Data>(
  server: TestServer,
  device: Device,
  document: TypedDocumentNode<Data, Record<string, never>>,
  transport: Transport = 'WebSocket',
): Promise<Listening<Data>> {
  const { subscribe, dispose, closed } = connect(server, device, transport);
  const events: Data[] = [];
  const before = server.hub.countSubscribers();
  let stop = () => {};
  const over = new Promise((resolve) => {
    stop = subscribe(
      { query: print(document) },
      {
        next: (result) => {
          if (result.data) events.push(result.data as Data);
          else resolve(result.errors);
        },
        error: resolve,
        complete: () => resolve(null),
      },
    );
  });
  onCleanup(dispose);
  await vi.waitUntil(() => server.hub.countSubscribers() > before, { timeout: 5000, interval: 5 });
  return { events, over, closed, stop };
}

function connect(server: TestServer, device: Device, transport: Transport) {
  if (transport === 'SSE') {
    const client = createSseClient({ url: server.endpoint, headers: device.headers, retryAttempts: 0 });
    return { ...client, closed: new Promise<never>(() => {}) };
  }
  const { headers } = device;
  let setClosed: (event: { code: number; reason: string }) => void;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    setClosed = resolve;
  });
  const client = createSocketClient({
    url: server.socketEndpoint,
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers });
      }
    },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    on: {
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string };
        setClosed({ code, reason });
      },
    },
  });
  return { ...client, closed };
}

/** A socket that is signed in and subscribes to nothing. */
export async function openSocket(server: TestServer, device: Device): Promise<WebSocket> {
  const socket = new WebSocket(server.socketEndpoint, 'graphql-transport-ws', { headers: device.headers });
  onCleanup(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.once('message', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}

export function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
}
