/** `graphql-transport-ws` spoken wrongly, rudely, or not at all. */
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test, vi } from 'vitest';
import { newEmail, PASSWORD, signUp } from '../device.ts';
import { startTestServer } from '../server.ts';
import { connect, open } from '../socket.ts';

const server = await startTestServer();
const device = await signUp(server);
const { headers } = device;

const WHO = '{ currentSession { id } }';
const STARTED = 'subscription { sessionStarted { session { id } } }';

async function expectNobodyLeft(): Promise<void> {
  await vi.waitFor(() => {
    expect(server.hub.countSubscribers()).toBe(0);
    expect(server.hub.heldSessions()).toEqual([]);
  });
}

async function expectSubscribers(count: number): Promise<void> {
  await vi.waitFor(() => expect(server.hub.countSubscribers()).toBe(count));
}

describe('a socket is closed', () => {
  test('with 4408 when it sends no connection_init in time', async () => {
    const socket = await open(server);
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  test('with 4429 for a second connection_init', async () => {
    const socket = await connect(server);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  test('with 4401 for an operation before it is acknowledged', async () => {
    const socket = await open(server, { headers });
    socket.subscribe('1', WHO);
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  test('with 4409 for an id that is taken again while it is being made, and nobody stays behind', async () => {
    const socket = await connect(server, { headers });
    for (let count = 0; count < 50; count++) {
      socket.subscribe('x', STARTED);
      socket.send({ type: 'complete', id: 'x' });
    }
    expect(await socket.closed).toMatchObject({ code: 4409 });
    await expectNobodyLeft();
  });

  test('with 4429 for too many operations at once, though it says that they are complete', async () => {
    const socket = await connect(server, { headers });
    for (let id = 0; id < 200; id++) {
      socket.subscribe(String(id), `{ mySessions { totalCount } a${id}: __typename }`);
      socket.send({ type: 'complete', id: String(id) });
    }
    expect(await socket.closed).toMatchObject({ code: 4429 });
    await expectNobodyLeft();
  });

  test('with 4406 when it asks for no subprotocol, and not opened for another', async () => {
    const socket = await open(server, { protocol: '' });
    expect(await socket.closed).toMatchObject({ code: 4406 });
    await expect(open(server, { protocol: 'graphql-ws' })).rejects.toThrow('Server sent no subprotocol');
  });

  test('with 4409 for an id that is in use, however long', async () => {
    for (const id of ['1', '__proto__', 'x'.repeat(10_000)]) {
      const socket = await connect(server, { headers });
      socket.subscribe(id, STARTED);
      await expectSubscribers(1);
      socket.subscribe(id, STARTED);
      expect(await socket.closed).toMatchObject({ code: 4409 });
      await expectNobodyLeft();
    }
  });

  test('with 1009 for a frame of more than 64 KiB', async () => {
    const socket = await connect(server);
    expect(await socket.run(`${WHO} #${'x'.repeat(60_000)}`)).toMatchObject({
      data: { currentSession: null },
    });
    socket.subscribe('1', `${WHO} #${'x'.repeat(64 * 1024)}`);
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  test.each([
    'not JSON',
    '',
    'null',
    '42',
    '[]',
    '{}',
    '{"type":42}',
    '{"type":"nope"}',
    '{"type":"__proto__"}',
    '{"type":"next","id":"1","payload":{}}',
    '{"type":"connection_ack"}',
    '{"type":"ping","payload":"x"}',
    '{"type":"complete"}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"1"}',
    '{"type":"subscribe","id":"","payload":{"query":"{ viewer { id } }"}}',
    '{"type":"subscribe","id":1,"payload":{"query":"{ viewer { id } }"}}',
    '{"type":"subscribe","id":"1","payload":{"query":42}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{ viewer { id } }","variables":[]}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{ viewer { id } }","operationName":{}}}',
    `${'['.repeat(60_000)}`,
  ])('with 4400 for %s', async (message) => {
    const socket = await connect(server, { headers });
    socket.send(message);
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  test.each(['"Bearer cfw_x"', '["Bearer cfw_x"]', '42'])(
    'with 4400 for connectionParams %s',
    async (params) => {
      const socket = await open(server);
      socket.send(`{"type":"connection_init","payload":${params}}`);
      expect(await socket.closed).toMatchObject({ code: 4400 });
    },
  );
});

test('binary frames are read as text, and closed with 4400 when they are none', async () => {
  const socket = await connect(server);
  socket.send(Buffer.from(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: WHO } })));
  expect(await socket.next()).toEqual({ type: 'next', id: '1', payload: { data: { currentSession: null } } });
  expect(await socket.next()).toEqual({ type: 'complete', id: '1' });
  socket.send(Buffer.from([0xff, 0x00, 0xfe]));
  expect(await socket.closed).toMatchObject({ code: 4400 });
});

test('a ping is answered, before and after connection_init', async () => {
  const socket = await open(server);
  socket.send({ type: 'ping', payload: { n: 1 } });
  expect(await socket.next()).toEqual({ type: 'pong', payload: { n: 1 } });
});

describe('a subscription is forgotten', () => {
  test('when the client completes it, even before it has begun', async () => {
    const socket = await connect(server, { headers });
    socket.subscribe('1', STARTED);
    await expectSubscribers(1);
    socket.send({ type: 'complete', id: '1' });
    await expectSubscribers(0);
    for (let id = 0; id < 20; id += 1) {
      socket.subscribe(`hasty ${id}`, STARTED);
      socket.send({ type: 'complete', id: `hasty ${id}` });
    }
    // Operations are answered in no order: one more shows only that the socket is fine.
    expect(await socket.run(WHO)).toMatchObject({ data: { currentSession: { id: device.sessionId } } });
    await expectSubscribers(0);
    socket.ws.close();
    await expectNobodyLeft();
  });

  test('when the client vanishes, even before it has begun', async () => {
    const settled = await connect(server, { headers });
    settled.subscribe('1', STARTED);
    await expectSubscribers(1);
    expect(server.hub.heldSessions()).toHaveLength(1);
    settled.ws.terminate();
    await expectNobodyLeft();
    for (let round = 0; round < 10; round += 1) {
      const hasty = await connect(server, { headers });
      hasty.subscribe('1', STARTED);
      hasty.ws.terminate();
    }
    await expectNobodyLeft();
  });
});

test('a cookie can’t be set over a socket, and a Bearer token can be had', async () => {
  const email = newEmail();
  const socket = await connect(server);
  const query = `mutation ($input: SignUpInput!) {
    signUp(input: $input) { __typename ... on InvalidInputError { path } ... on SignUpSuccess { token } }
  }`;
  const run = async (delivery: string) =>
    (await socket.run(query, { input: { email, password: PASSWORD, delivery } })).data?.['signUp'];
  expect(await run('COOKIE')).toEqual({ __typename: 'InvalidInputError', path: ['delivery'] });
  expect(await run('BEARER')).toEqual({ __typename: 'SignUpSuccess', token: expect.stringMatching(/^cfw_/) });
});

test('a peer that ignores the close frame, or doesn’t read what it asks for, is cut off in time', async () => {
  const [rude, large, deaf] = [
    await connect(server, { headers }),
    await connect(server, { headers }),
    await connect(server, { headers }),
  ];
  for (const { ws } of [rude, large, deaf]) ws.pause();
  rude.send({ type: 'connection_init' });
  large.send('x'.repeat(64 * 1024 + 1));
  for (let id = 0; id < 100; id += 1) deaf.subscribe(String(id), getIntrospectionQuery());
  expect(server.hub.heldSessions()).toHaveLength(1);
  await vi.waitFor(() => expect(server.hub.heldSessions()).toEqual([]), { timeout: 10_000 });
});
