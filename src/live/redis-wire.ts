/** Publish and subscribe in Redis, over a connection for each, as Redis demands. */
import { Redis } from 'ioredis';
import type { ConnectWire } from './line.ts';
import { CHANNEL } from './message.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** A mutation that ended sessions waits for it, before it takes the other way. */
const PUBLISH_TIMEOUT_MS = 1000;

export function redisWire(url: string): ConnectWire {
  return async ({ hear, lost }) => {
    const subscriber = createClient(url);
    const publisher = createClient(url);
    let isOpen = true;
    const close = () => {
      isOpen = false;
      for (const client of [subscriber, publisher]) client.disconnect();
    };
    let connected = false;
    let lastError = new Error('The connection ended');
    for (const client of [subscriber, publisher]) {
      client.on('error', (error: Error) => {
        lastError = error;
      });
      client.on('close', () => {
        if (!isOpen || !connected) return;
        close();
        lost(lastError);
      });
    }
    subscriber.on('message', (_channel: string, message: string) => {
      if (isOpen) hear(message);
    });
    try {
      await within(CONNECT_TIMEOUT_MS, async () => {
        await Promise.all([subscriber.connect(), publisher.connect()]);
        await subscriber.subscribe(CHANNEL);
      });
    } catch (error) {
      close();
      // What the socket said tells more than “Connection is closed”.
      throw lastError.message === 'The connection ended' ? error : lastError;
    }
    connected = true;
    return {
      close,
      async send(messages) {
        await within(PUBLISH_TIMEOUT_MS, () =>
          Promise.all(messages.map((message) => publisher.publish(CHANNEL, message))),
        );
      },
    };
  };
}

/** It neither reconnects nor queues by itself: the line does the one, and news that waits is news that is lost. */
function createClient(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    autoResubscribe: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    connectionName: 'curfew',
  });
}

/** A server that is there and says nothing would be waited for without end. */
async function within(timeoutMs: number, work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  await Promise.race([work(), late]).finally(() => clearTimeout(timer));
}
