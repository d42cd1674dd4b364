/** An answer that never comes, over a connection that nobody closes. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { limitSilence } from '../../src/db/silence.ts';
import { streamOf } from '../../src/db/stream.ts';
import { openPool } from '../pool.ts';
import { createDatabase } from '../server.ts';

const TIMEOUT_MS = 200;
const SLEEP = `SELECT pg_sleep(${(60 * TIMEOUT_MS) / 1000})`;

const connectionString = await createDatabase();

test.each([true, false])('ends the connection, with all that wait on it; pipelined: %s', async (pipeline) => {
  const pool = openPool({ connectionString, pipeline, max: 1 });
  const client = await pool.connect();
  limitSilence(client, TIMEOUT_MS);
  const lost = once(client, 'error');
  const asked = [client.query(SLEEP), ...(pipeline ? [client.query('SELECT 1')] : [])];
  for (const { status, reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
    expect([status, reason.message]).toEqual(['rejected', 'The database does not answer']);
  }
  expect(await lost).toMatchObject([{ message: 'The database does not answer' }]);
  client.release(true);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('one on which nobody waits stays, and is looked after when somebody does again', async () => {
  const pool = openPool({ connectionString, pipeline: true, max: 1 });
  const client = await pool.connect();
  client.on('error', () => {});
  limitSilence(client, TIMEOUT_MS);
  for (let time = 0; time < 2; time++) {
    await once(streamOf(client), 'timeout');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  }
  await once(streamOf(client), 'timeout');
  await expect(client.query(SLEEP)).rejects.toThrow('The database does not answer');
  client.release(true);
});
