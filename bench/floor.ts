/**
 * The least that a revocation through PostgreSQL can take: one transaction that
 * changes the row of a session and notifies, sent as one simple query over one
 * connection, and heard by LISTEN on another. No check of a token, no audit event,
 * no GraphQL, no HTTP.
 */
import pg from 'pg';
import type { DatabaseAddress } from '../src/db/client.ts';
import { openLoop } from './open-loop.ts';

const CHANNEL = 'bench_floor';

export interface FloorJob {
  address: DatabaseAddress;
  /** Ids of sessions that nobody uses. */
  rows: string[];
  perSecond: number;
}

/** @returns milliseconds from when each was due to the moment when it was heard. */
export async function measureFloor({ address, rows, perSecond }: FloorJob): Promise<number[]> {
  const [speaker, listener] = [new pg.Client(address), new pg.Client(address)];
  const delays: number[] = [];
  const waiting = new Map<string, () => void>();
  await Promise.all([speaker.connect(), listener.connect()]);
  try {
    listener.on('notification', ({ payload = '' }) => waiting.get(payload)?.());
    await listener.query(`LISTEN ${CHANNEL}`);
    // One behind the other, as `pg` wants it; those that wait are late.
    let spoken: Promise<unknown> = Promise.resolve();
    await openLoop({ count: rows.length, perSecond }, async (index, dueAt) => {
      const id = rows[index] ?? '';
      const heard = new Promise<void>((resolve) => {
        waiting.set(id, () => {
          delays.push(performance.now() - dueAt);
          resolve();
        });
      });
      spoken = spoken.then(() => speaker.query(revocationOf(id)));
      await spoken;
      await heard;
    });
  } finally {
    await Promise.all([speaker.end(), listener.end()]);
  }
  return delays;
}

function revocationOf(id: string): string {
  return `BEGIN;
    UPDATE sessions SET ended_at = now(), end_reason = 'REVOKED' WHERE id = '${id}';
    SELECT pg_notify('${CHANNEL}', '${id}');
    COMMIT`;
}
