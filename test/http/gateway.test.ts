/** `/session`, as a gateway asks it before it lets a request through to an app. */
import { describe, expect, test } from 'vitest';
import { startProxy } from '../db/proxy.ts';
import { type Device, newEmail, signIn, signUp } from '../device.ts';
import { RevokeSession, Viewer } from '../operations.ts';
import { countQueries } from '../queries.ts';
import { DAY, startTestServer } from '../server.ts';

const server = await startTestServer({ CURFEW_TRUSTED_PROXIES: '127.0.0.1' });

async function askSession(device: Pick<Device, 'headers'>, path = '/session', init: RequestInit = {}) {
  const response = await fetch(`${server.url}${path}`, { ...init, headers: device.headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

describe('a live session', () => {
  test.each(['COOKIE', 'BEARER'] as const)(
    'with %s is told by its ids, as GraphQL has them',
    async (delivery) => {
      const device = await signUp(server, newEmail(), { delivery });
      const { viewer } = await device.ask(Viewer, {});
      const { status, headers, body } = await askSession(device);
      expect(status).toBe(200);
      expect(headers.get('x-curfew-user-id')).toBe(viewer?.id);
      expect(headers.get('x-curfew-session-id')).toBe(device.sessionId);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual({
        userId: viewer?.id,
        sessionId: device.sessionId,
        kind: delivery === 'COOKIE' ? 'BROWSER' : 'API',
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
    },
  );

  test.each(['GET', 'HEAD', 'POST', 'DELETE'])('is told to a gateway that asks with %s', async (method) => {
    const device = await signUp(server);
    const { status, headers } = await askSession(device, '/session/orders/7?page=2', { method });
    expect(status).toBe(200);
    expect(headers.get('x-curfew-session-id')).toBe(device.sessionId);
  });

  test('is told without a read of the database, once it is known', async () => {
    const device = await signUp(server);
    await askSession(device);
    const count = countQueries();
    await askSession(device);
    expect(count()).toBe(0);
  });
});

describe('401', () => {
  test('without a token, with a damaged one, and with a cookie’s token as a Bearer token', async () => {
    const { headers } = await signUp(server, newEmail(), { delivery: 'COOKIE' });
    const token = /session=([^;]+)/.exec(headers['cookie'] ?? '')?.[1];
    const presented: Record<string, string>[] = [
      {},
      { authorization: 'Bearer cfw_nonsense' },
      { cookie: `session=${token?.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}` },
      { authorization: `Bearer cfw_${token}` },
    ];
    for (const credentials of presented) {
      const answer = await askSession({ headers: credentials });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.headers.get('x-curfew-user-id')).toBeNull();
      expect(answer.body).toEqual({ message: 'There is no live session behind this request.' });
    }
  });

  test('as soon as the session is revoked', async () => {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    expect((await askSession(phone)).status).toBe(200);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    expect((await askSession(phone)).status).toBe(401);
  });

  test('of a session that reached its lifetime', async () => {
    const own = await startTestServer({ CURFEW_SESSION_LIFETIME: '1d' });
    const device = await signUp(own);
    const ask = () => fetch(`${own.url}/session`, { headers: device.headers });
    expect((await ask()).status).toBe(200);
    own.clock.advance(DAY);
    expect((await ask()).status).toBe(401);
  });
});

test('a path that only begins alike is not its own', async () => {
  const device = await signUp(server);
  expect((await askSession(device, '/sessions')).status).toBe(404);
});

test('asking is a use of the session, from the address that the gateway tells', async () => {
  const device = await signUp(server);
  server.clock.advance(10 * 60 * 1000);
  device.moveTo('203.0.113.9');
  await askSession(device);
  await server.core.activity.flush();
  await server.core.sightings.flush();
  const session = await server.core.db.session.findFirstOrThrow({ where: { lastIpAddress: '203.0.113.9' } });
  expect(session.lastActiveAt.getTime()).toBeGreaterThan(session.createdAt.getTime());
});

test('nobody is let through, and nobody is signed out, while the database is away', async () => {
  const proxy = await startProxy();
  const own = await startTestServer({
    DATABASE_URL: proxy.databaseUrl,
    CURFEW_MEMORY_SESSIONS: '0',
    LOG_LEVEL: 'silent',
  });
  const { headers } = await signUp(own);
  proxy.refuse();
  proxy.cut();
  const response = await fetch(`${own.url}/session`, { headers });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(response.headers.get('x-curfew-user-id')).toBeNull();
  proxy.accept();
});
