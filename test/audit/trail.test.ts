import { expect, test } from 'vitest';
import { newEmail, send, signIn, signUp } from '../device.ts';
import { MyAuditEvents, RevokeSession, SignIn, Viewer } from '../operations.ts';
import { countQueries } from '../queries.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();

test('the trail tells what happened, newest first, with device and address', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email, { userAgent: 'curl/8.4.0' });
  await send(server, SignIn, { input: { email, password: 'not the password', delivery: 'BEARER' } });
  const phone = await signIn(server, email, { userAgent: 'okhttp/4.12.0' });
  await laptop.ask(RevokeSession, { id: phone.sessionId });
  const { myAuditEvents } = await laptop.ask(MyAuditEvents, {});
  expect(
    myAuditEvents.nodes.map(({ type, device, session }) => [type, device?.name ?? null, session?.id ?? null]),
  ).toEqual([
    ['SESSION_ENDED', 'curl', phone.sessionId],
    ['SESSION_STARTED', 'okhttp', phone.sessionId],
    ['SIGN_IN_FAILED', 'Node.js', null],
    ['SESSION_STARTED', 'curl', laptop.sessionId],
    ['SIGNED_UP', 'curl', null],
  ]);
  for (const { ipAddress } of myAuditEvents.nodes) expect(ipAddress).toBe('127.0.0.1');
});

test('its pages show each event once', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  for (let count = 0; count < 4; count++) await signIn(server, email);
  const ids: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const { myAuditEvents } = await laptop.ask(MyAuditEvents, { first: 2, ...(after ? { after } : {}) });
    ids.push(...myAuditEvents.nodes.map((node) => node.id));
    more = myAuditEvents.pageInfo.hasNextPage;
    after = myAuditEvents.pageInfo.endCursor ?? undefined;
  }
  expect(ids).toHaveLength(6);
  expect(new Set(ids).size).toBe(6);
});

test('nobody reads another’s trail, and nobody without a session reads any', async () => {
  const ada = await signUp(server);
  await signUp(server);
  const { myAuditEvents } = await ada.ask(MyAuditEvents, {});
  expect(myAuditEvents.nodes.map((node) => node.type)).toEqual(['SESSION_STARTED', 'SIGNED_UP']);
  const { errors } = await send(server, MyAuditEvents, {});
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('a page of events takes the same few queries, however many sessions they name', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  for (let count = 0; count < 5; count++) await signIn(server, email);
  await laptop.ask(Viewer);
  const queries = countQueries();
  const { myAuditEvents } = await laptop.ask(MyAuditEvents, {});
  expect(myAuditEvents.nodes).toHaveLength(7);
  expect(queries()).toBe(2);
});
