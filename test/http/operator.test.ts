/** What an operator sees: readiness, metrics, and a log in which a request can be found. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { listen } from '../live/listen.ts';
import { MySessions, RevokeSession, SessionRevoked } from '../operations.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { connect } from '../socket.ts';

const TOKEN = 'a-token-of-prometheus';

async function ask(server: TestServer, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${path}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The values of one metric, by their labels as written. */
async function readMetric(server: TestServer, name: string): Promise<Record<string, number>> {
  const { text } = await ask(server, '/metrics');
  const lines = text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries([...lines].map(([, labels = '', value]) => [labels, Number(value)]));
}

describe('metrics', async () => {
  const server = await startTestServer();

  test('tell of sockets, subscriptions, memory, ends and pushes', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    const { closed } = await listen(server, phone, SessionRevoked);
    await laptop.ask(MySessions, {});
    await laptop.ask(MySessions, {});
    expect(await readMetric(server, 'curfew_sockets')).toEqual({ '': 1 });
    expect(await readMetric(server, 'curfew_subscriptions')).toMatchObject({ '{topic="sessionRevoked"}': 1 });
    expect(await readMetric(server, 'curfew_connected_sessions')).toEqual({ '': 1 });
    expect(await readMetric(server, 'curfew_memory_sessions')).toEqual({ '': 2 });
    const before = await readMetric(server, 'curfew_resumes_total');
    expect(before['{result="warm"}']).toBeGreaterThan(0);
    expect(before['{result="cold"}']).toBeGreaterThan(0);

    await laptop.ask(RevokeSession, { id: phone.sessionId });
    await closed;
    expect(await readMetric(server, 'curfew_sessions_ended_total')).toEqual({ '{reason="REVOKED"}': 1 });
    expect(await readMetric(server, 'curfew_push_seconds_count')).toEqual({ '': 1 });
    expect((await readMetric(server, 'curfew_push_seconds_sum'))['']).toBeLessThan(5);
    await vi.waitFor(async () => {
      expect(await readMetric(server, 'curfew_sockets')).toEqual({ '': 0 });
      expect(await readMetric(server, 'curfew_sockets_closed_total')).toEqual({ '{code="4403"}': 1 });
    });
    await phone.send(MySessions, {});
    const after = await readMetric(server, 'curfew_resumes_total');
    expect(after['{result="refused"}']).toBe((before['{result="refused"}'] ?? 0) + 1);
  });

  test('tell of the bus and of comparisons', async () => {
    await vi.waitFor(async () => {
      expect(await readMetric(server, 'curfew_bus_heard')).toEqual({ '{bus="PostgreSQL"}': 1 });
      const lags = await readMetric(server, 'curfew_bus_lag_seconds_count');
      expect(lags['{bus="PostgreSQL"}']).toBeGreaterThan(0);
    });
    await server.watch.round();
    expect((await readMetric(server, 'curfew_comparison_seconds_count'))['']).toBeGreaterThan(0);
    const email = newEmail();
    const device = await signUp(server, email);
    const socket = await connect(server, { headers: device.headers });
    await vi.waitFor(() => expect(server.hub.countHeld()).toBe(1));
    await server.core.db.$executeRaw`
      UPDATE sessions SET ended_at = now(), end_reason = 'REVOKED_BY_ADMIN' WHERE ended_at IS NULL AND
      user_id = (SELECT id FROM users WHERE email = ${email})`;
    await server.watch.round();
    expect(await socket.closed).toEqual({ code: 4403, reason: 'REVOKED_BY_ADMIN' });
    expect((await readMetric(server, 'curfew_comparison_found_total'))['']).toBeGreaterThan(0);
  });

  test('hold nothing of anybody', async () => {
    const email = newEmail();
    const device = await signUp(server, email);
    const { text } = await ask(server, '/metrics');
    const secrets = [email, device.headers['authorization']?.slice('Bearer '.length) ?? '', device.sessionId];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  test('are asked for with the token that is set', async () => {
    const guarded = await startTestServer({ CURFEW_METRICS_TOKEN: TOKEN });
    expect((await ask(guarded, '/metrics', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    for (const authorization of ['', 'Bearer', TOKEN, `Bearer ${TOKEN}x`, `bearer ${TOKEN}`]) {
      const answer = await ask(guarded, '/metrics', { authorization });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.text).not.toContain('curfew_');
    }
  });

  test('are not there in production without a token', async () => {
    const production = await startTestServer({ NODE_ENV: 'production' });
    expect((await ask(production, '/metrics')).status).toBe(404);
  });
});

describe('readiness', () => {
  test('tells of the database and the bus', async () => {
    const server = await startTestServer();
    await vi.waitFor(async () => {
      const { status, text } = await ask(server, '/health/ready');
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({
        status: 'ready',
        database: 'answers',
        bus: { PostgreSQL: 'heard' },
      });
    });
  });
});

describe('a request', async () => {
  const lines: string[] = [];
  const log = pino(
    { level: 'debug' },
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  const server = await startTestServer({ CURFEW_TRUSTED_PROXIES: '127.0.0.1' }, { log });

  const logged = (requestId: string) =>
    lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['requestId'] === requestId);

  test('is answered with an id, by which the log knows it', async () => {
    const { headers } = await send(server, '{ __typename }');
    const id = headers.get('x-request-id') ?? '';
    expect(id).toMatch(/^[\da-f]{12}-[\da-z]+$/);
    await vi.waitFor(() => {
      expect(logged(id)).toMatchObject([
        { method: 'POST', path: '/graphql', status: 200, ms: expect.any(Number) },
      ]);
    });
    const other = await send(server, '{ __typename }');
    expect(other.headers.get('x-request-id')).not.toBe(id);
  });

  test('keeps the id that a trusted proxy gave it, if it is one', async () => {
    const given = async (id: string) =>
      (await send(server, '{ __typename }', undefined, { 'x-request-id': id })).headers.get('x-request-id');
    expect(await given('from-nginx.1')).toBe('from-nginx.1');
    expect(await given('x'.repeat(65))).toMatch(/^[\da-f]{12}-/);
    expect(await given('{"a":1}')).toMatch(/^[\da-f]{12}-/);
    const untrusting = await startTestServer();
    const { headers } = await send(untrusting, '{ __typename }', undefined, { 'x-request-id': 'mine' });
    expect(headers.get('x-request-id')).toMatch(/^[\da-f]{12}-/);
  });

  test('that fails is in the log with its id, over HTTP and a socket, and without what it held', async () => {
    const own = await startTestServer({}, { log });
    const device = await signUp(own);
    await own.core.db.$executeRaw`ALTER TABLE audit_events RENAME TO gone`;
    const query = '{ myAuditEvents { nodes { id } } }';
    const failed = await send(own, query, undefined, device.headers);
    expect(failed.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    const id = failed.headers.get('x-request-id') ?? '';
    expect(logged(id)[0]).toMatchObject({ level: 50, msg: 'an operation failed unexpectedly' });
    const socket = await connect(own, { headers: { ...device.headers } });
    const { errors } = await socket.run(query);
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    const faults = lines.filter((line) => line.includes('an operation failed unexpectedly'));
    expect(faults).toHaveLength(2);
    expect(JSON.parse(faults[1] ?? '{}')).toMatchObject({
      requestId: expect.stringMatching(/^[\da-f]{12}-/),
    });
    const text = lines.join('');
    for (const secret of [PASSWORD, device.headers['authorization']?.slice(-40) ?? '']) {
      expect(text).not.toContain(secret);
    }
  });
});
