/** What fails inside stays inside: a client learns a code, over HTTP, SSE and WebSocket alike. */
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { describe, expect, inject, test, vi } from 'vitest';
import { maskError } from '../../src/http/errors.ts';
import { onCleanup } from '../cleanup.ts';
import { signUp } from '../device.ts';
import { failBegins } from '../queries.ts';
import { createDatabase, startTestServer } from '../server.ts';
import { connect } from '../socket.ts';
import { transports } from '../transports.ts';

const INSIDES =
  /prisma|select|relation|audit_events|postgres|node_modules|\.ts:|stack|at async|ECONN|P\d{4}/i;

/** A database behind a wire that can be cut. */
async function startCuttableDatabase() {
  const url = new URL(await createDatabase());
  const connections = new Set<Socket>();
  const wire = createServer((socket) => {
    const upstream = connectTo(`${inject('postgresHost')}/.s.PGSQL.5432`);
    connections.add(socket);
    for (const end of [socket, upstream]) end.on('error', () => {}).on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const { port } = wire.address() as AddressInfo;
  const cut = () => {
    wire.close();
    for (const connection of connections) connection.resetAndDestroy();
  };
  onCleanup(cut);
  return { url: `postgresql://${inject('postgresUser')}@127.0.0.1:${port}${url.pathname}`, cut };
}

describe.each(transports)('over $name', ({ run }) => {
  test('an unexpected error is masked', async () => {
    const server = await startTestServer({ LOG_LEVEL: 'silent' });
    const { headers } = await signUp(server);
    await server.core.db.$executeRawUnsafe('DROP TABLE audit_events CASCADE');
    const answer = await run(server, { query: '{ myAuditEvents { nodes { id } } }', headers });
    expect(answer.errors).toMatchObject([
      { path: ['myAuditEvents'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(INSIDES);
    expect(await run(server, { query: '{ currentSession { id } }', headers })).toMatchObject({
      data: { currentSession: { id: expect.any(String) } },
    });
  });

  test('a database that is away is SERVICE_UNAVAILABLE', async () => {
    const { url, cut } = await startCuttableDatabase();
    const server = await startTestServer({ DATABASE_URL: url, LOG_LEVEL: 'silent' });
    const { headers } = await signUp(server);
    cut();
    for (const query of [
      '{ viewer { email } }',
      '{ mySessions { totalCount } }',
      'mutation { signOut { session { id } } }',
      'mutation { signIn(input: { email: "a@example.com", password: "x" }) { __typename } }',
      'subscription { sessionStarted { session { id } } }',
    ]) {
      const answer = await run(server, { query, headers });
      expect({ query, errors: answer.errors }).toMatchObject({
        errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
      });
      expect(JSON.stringify(answer)).not.toMatch(INSIDES);
    }
    expect(server.hub.countSubscribers()).toBe(0);
  });

  test('a database that goes away in the middle of a query is SERVICE_UNAVAILABLE', async () => {
    const { url, cut } = await startCuttableDatabase();
    const server = await startTestServer({ DATABASE_URL: url, LOG_LEVEL: 'silent' });
    const { headers } = await signUp(server);
    let answer: ReturnType<typeof run> | undefined;
    const holding = server.core.db.$transaction(async (tx) => {
      await tx.$executeRawUnsafe('LOCK TABLE users');
      answer = run(server, { query: '{ viewer { email } }', headers });
      await vi.waitFor(async () => {
        const waiting = await server.core.db.$queryRawUnsafe<unknown[]>(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        expect(waiting).toHaveLength(1);
      });
      cut();
    });
    await expect(holding).rejects.toThrow();
    expect((await answer)?.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
  });
});

test('a socket whose session can’t be looked up is told so, and stays open', async () => {
  const url = await createDatabase();
  const settings = { DATABASE_URL: url, LOG_LEVEL: 'silent' };
  const { headers } = await signUp(await startTestServer(settings));
  // This one has not met the session yet, and must ask the database.
  const server = await startTestServer(settings);
  await server.core.db.$executeRawUnsafe('ALTER TABLE sessions RENAME TO away');
  const socket = await connect(server, { headers });
  expect((await socket.run('{ currentSession { id } }')).errors).toMatchObject([
    { extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ]);
  await server.core.db.$executeRawUnsafe('ALTER TABLE away RENAME TO sessions');
  expect(await socket.run('{ currentSession { id } }')).toMatchObject({
    data: { currentSession: { id: expect.any(String) } },
  });
  expect(server.hub.heldSessions()).toHaveLength(1);
});

test.each([
  // A name that can't be looked up, or a machine that is gone, as while another takes over.
  ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED'],
  // invalid_password, invalid_catalog_name, read_only_sql_transaction, serialization_failure, deadlock_detected.
  ...['28P01', '3D000', '25006', '40001', '40P01'],
])('a database that says %s is SERVICE_UNAVAILABLE', (code) => {
  const error = Object.assign(new Error('no'), { code });
  expect(maskError(error)).toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
});

test('where a transaction can’t begin, nobody is half signed up', async () => {
  const server = await startTestServer({ LOG_LEVEL: 'silent' });
  const letBegin = failBegins();
  await expect(signUp(server)).rejects.toThrow();
  letBegin();
  expect(await server.core.db.user.count()).toBe(0);
});
