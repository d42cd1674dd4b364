/**
 * NOTIFY and LISTEN. News is notified inside the transaction that makes it
 * (see bus.ts) and heard on one connection of its own, which has to be a direct
 * one: a pooler would hand it to others.
 */
import pg from 'pg';
import type { DatabaseAddress } from '../db/client.ts';
import { streamOf } from '../db/stream.ts';
import type { ConnectWire } from './line.ts';
import { CHANNEL } from './message.ts';

const CONNECT_TIMEOUT_MS = 5000;
const QUERY_TIMEOUT_MS = 4000;

export interface PostgresWireOptions {
  /** Where transactions run, by a pooler or not: heartbeats take this way too, so that hearing them shows all of it. */
  address: DatabaseAddress;
  /** Where to LISTEN. */
  listenAddress: DatabaseAddress;
  /** Called with the database's time, in milliseconds since the epoch, and when it was asked for and told. */
  onTime(databaseMs: number, askedMs: number, toldMs: number): void;
}

export function postgresWire({ address, listenAddress, onTime }: PostgresWireOptions): ConnectWire {
  return async ({ hear, lost }) => {
    const listener = createClient(listenAddress);
    const speaker = createClient(address);
    let isOpen = true;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      // At once: `end()` would wait for a server that may not be there any more.
      for (const client of [listener, speaker]) streamOf(client).destroy();
    };
    const fail = (error: Error) => {
      if (!isOpen) return;
      close();
      lost(error);
    };
    let connected = false;
    for (const client of [listener, speaker]) {
      // While connecting, the promise tells.
      client.on('error', (error) => connected && fail(error));
      client.on('end', () => connected && fail(new Error('The connection ended')));
    }
    listener.on('notification', ({ channel, payload }) => {
      if (isOpen && channel === CHANNEL) hear(payload ?? '');
    });
    try {
      await Promise.all([listener.connect(), speaker.connect()]);
      await listener.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      close();
      throw error;
    }
    connected = true;
    return {
      close,
      async send(messages) {
        const askedMs = performance.now();
        const { rows } = await speaker.query<{ now: number }>(NOTIFY, [CHANNEL, messages]);
        if (rows[0]) onTime(rows[0].now, askedMs, performance.now());
      },
    };
  };
}

/** The time as the database has it when the messages are handed over. */
const NOTIFY = `
  SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now, count(pg_notify($1, message))
  FROM unnest($2::text[]) AS message`;

function createClient(address: DatabaseAddress): pg.Client {
  return new pg.Client({
    ...address,
    application_name: 'curfew bus',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  });
}
