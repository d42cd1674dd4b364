/** A mail goes out if and only if what it tells of happened, and once, whatever fails on the way. */
import { expect, test, vi } from 'vitest';
import { transact } from '../../src/sessions/transact.ts';
import { startProxy } from '../db/proxy.ts';
import { signUp } from '../device.ts';
import { userFactory } from '../factories/user.ts';
import { Viewer } from '../operations.ts';
import { startTcpProxy } from '../proxy.ts';
import { createDatabase, DAY, HOUR, MINUTE, SECOND } from '../server.ts';
import { refusal, startMailServer } from '../smtp.ts';
import { type MailingServer, notify, signedInAnew, startMailing } from './scene.ts';

/** Sooner than anybody looks for mails without being woken. */
const WOKEN = { timeout: 7 * SECOND };
const PATIENT = { timeout: 20 * SECOND };

/** A mail server that can be away. */
async function startAbsentable() {
  const mailServer = await startMailServer();
  const way = await startTcpProxy({ port: mailServer.port, host: '127.0.0.1' });
  return { mailServer, way, SMTP_URL: `smtp://127.0.0.1:${way.port}` };
}

const readMail = ({ core }: MailingServer) => core.db.mail.findFirstOrThrow();

/** Lets the time pass until the next try is due, and has it made. */
async function tryAgain(server: MailingServer): Promise<void> {
  const { nextTryAt } = await readMail(server);
  server.clock.advance(Math.max(0, nextTryAt.getTime() - server.clock.now().getTime()) + 1);
  await server.core.outbox.round();
}

test('a mail goes out once its transaction is committed, by itself, and once', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  const signIn = await signedInAnew(server);
  await notify(server, signIn);
  await vi.waitFor(() => expect(mailServer.received).toHaveLength(1), WOKEN);
  expect(mailServer.received[0]?.recipients).toEqual([signIn.user.email]);
  await server.core.outbox.round();
  server.clock.advance(DAY);
  await server.core.outbox.round();
  expect(mailServer.received).toHaveLength(1);
  expect(await readMail(server)).toMatchObject({ sentAt: expect.any(Date), failedAt: null, tries: 1 });
});

test('a transaction that is rolled back sends nothing', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  const { user, session } = await signedInAnew(server);
  const failing = transact(server.core, [user.id], async (change) => {
    change.mail({ kind: 'NEW_SIGN_IN', userId: user.id, recipient: 'ada@example.com', details: {} as never });
    throw new Error('on second thought');
  });
  await expect(failing).rejects.toThrow('on second thought');
  await server.core.outbox.round();
  // One that was committed later goes out, and the other was not before it.
  await notify(server, { user, session });
  await server.core.outbox.round();
  expect(mailServer.received.map(({ recipients }) => recipients)).toEqual([[user.email]]);
});

test('while the mail server is away, a mail is tried again and again, later each time, and arrives when it is back', async () => {
  const { mailServer, way, SMTP_URL } = await startAbsentable();
  way.refuse();
  const server = await startMailing({ SMTP_URL });
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  const waits: number[] = [];
  for (let tries = 1; tries <= 9; tries++) {
    const mail = await readMail(server);
    expect(mail).toMatchObject({
      tries,
      sentAt: null,
      failedAt: null,
      lastError: expect.stringMatching(/./),
    });
    waits.push(mail.nextTryAt.getTime() - server.clock.now().getTime());
    // Not before its time.
    await server.core.outbox.round();
    expect(await readMail(server)).toMatchObject({ tries });
    if (tries < 9) await tryAgain(server);
  }
  waits.forEach((wait, index) => {
    const meant = Math.min(30 * SECOND * 2 ** index, HOUR);
    expect(wait).toBeGreaterThan(meant * 0.75);
    expect(wait).toBeLessThan(meant * 1.25);
  });
  way.accept();
  await tryAgain(server);
  expect(mailServer.received).toHaveLength(1);
  expect(await readMail(server)).toMatchObject({ sentAt: expect.any(Date), lastError: null });
});

test('a mail that nobody takes for a day is given up', async () => {
  const { way, SMTP_URL } = await startAbsentable();
  way.refuse();
  const server = await startMailing({ SMTP_URL });
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  while ((await readMail(server)).failedAt === null) await tryAgain(server);
  const { createdAt, failedAt, tries, lastError } = await readMail(server);
  const ageMs = (failedAt?.getTime() ?? 0) - createdAt.getTime();
  expect(ageMs).toBeGreaterThan(22 * HOUR);
  expect(ageMs).toBeLessThan(24 * HOUR + MINUTE);
  expect(lastError).not.toBeNull();
  server.clock.advance(10 * DAY);
  await server.core.outbox.round();
  expect(await readMail(server)).toMatchObject({ tries });
  expect(server.logged.join('')).toContain('a mail was given up');
});

test('a recipient refused for now is tried again; one refused for good is given up at once', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  mailServer.onRecipient = async () => {
    throw refusal(451, 'Try again later');
  };
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  expect(await readMail(server)).toMatchObject({ failedAt: null, tries: 1 });
  mailServer.onRecipient = async (address) => {
    throw refusal(550, `No such mailbox: <${address}>`);
  };
  await tryAgain(server);
  const { failedAt, lastError, tries, recipient } = await readMail(server);
  expect({ failedAt, tries }).toEqual({ failedAt: expect.any(Date), tries: 2 });
  expect(lastError).toContain('550');
  expect(lastError).toContain('No such mailbox');
  expect(server.logged.join('')).not.toContain(recipient);
  const { text } = await server.core.metrics.write();
  expect(text).toContain('curfew_mails_total{result="failed"} 1');
  expect(text).toContain('curfew_mails_total{result="given_up"} 1');
});

test('a message refused for good is given up at once, and one refused for now is not', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  mailServer.onMessage = async () => {
    throw refusal(452, 'Too full');
  };
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  expect(await readMail(server)).toMatchObject({ failedAt: null });
  mailServer.onMessage = async () => {
    throw refusal(554, 'Not wanted');
  };
  await tryAgain(server);
  expect(await readMail(server)).toMatchObject({ failedAt: expect.any(Date) });
});

test('a sender that is refused is tried again: the setting may be put right', async () => {
  const mailServer = await startMailServer({
    onMailFrom: (_address, _session, done) => done(refusal(550, 'Sender not allowed')),
  });
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  expect(await readMail(server)).toMatchObject({ failedAt: null, lastError: expect.stringContaining('550') });
});

test('when the answer to a whole message is lost, the mail goes again with the same Message-ID, and not at once', async () => {
  const { mailServer, way, SMTP_URL } = await startAbsentable();
  const server = await startMailing({ SMTP_URL });
  const lost = way.holdAnswer((data) => data.toString().endsWith('\r\n.\r\n'));
  await notify(server, await signedInAnew(server));
  (await lost).cut();
  await server.core.outbox.round();
  expect(mailServer.received).toHaveLength(1);
  expect(await readMail(server)).toMatchObject({ tries: 1, sentAt: null });
  await tryAgain(server);
  const [first, second] = mailServer.received;
  expect(mailServer.received).toHaveLength(2);
  expect(second?.messageId).toBe(first?.messageId);
  expect(second?.raw).toBe(first?.raw);
});

test('a connection that the mail server closed meanwhile costs no mail', async () => {
  const { mailServer, way, SMTP_URL } = await startAbsentable();
  const server = await startMailing({ SMTP_URL });
  const signIn = await signedInAnew(server);
  for (let count = 1; count <= 3; count++) {
    await notify(server, signIn);
    await server.core.outbox.round();
    if (mailServer.received.length < count) await tryAgain(server);
    expect(mailServer.received).toHaveLength(count);
    way.cut();
  }
});

test('a mail whose sender was killed between claiming and sending is sent by another process after the lease', async () => {
  const DATABASE_URL = await createDatabase();
  const { mailServer, way, SMTP_URL } = await startAbsentable();
  const killed = await startMailing({ DATABASE_URL, SMTP_URL });
  way.freeze();
  await notify(killed, await signedInAnew(killed));
  await vi.waitFor(async () => expect(await readMail(killed)).toMatchObject({ tries: 1 }), PATIENT);
  const other = await startMailing({ DATABASE_URL, SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  await other.core.outbox.round();
  expect(mailServer.received).toEqual([]);
  other.clock.advance(5 * MINUTE + SECOND);
  await other.core.outbox.round();
  expect(mailServer.received).toHaveLength(1);
  // The first one comes to itself, fails, and has no say in it any more.
  way.cut();
  await killed.core.outbox.round();
  expect(await readMail(other)).toMatchObject({ tries: 2, sentAt: expect.any(Date), lastError: null });
});

test('a mail that is under way is not sent again when the clock leaps over its lease', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  const [first, next] = [await signedInAnew(server), await signedInAnew(server)];
  const isOfFirst = (recipients: string[]) => recipients.includes(first.user.email ?? '');
  let arrived = 0;
  let letThrough = () => {};
  const isLetThrough = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  mailServer.onMessage = async ({ recipients }) => {
    if (!isOfFirst(recipients)) return;
    arrived++;
    await isLetThrough;
  };
  await notify(server, first);
  await vi.waitFor(() => expect(arrived).toBe(1), PATIENT);
  server.clock.advance(HOUR);
  // By when this one arrives, what is due has been looked for.
  await notify(server, next);
  await vi.waitFor(() => expect(mailServer.received).toHaveLength(1), PATIENT);
  letThrough();
  await server.core.outbox.round();
  expect(arrived).toBe(1);
  expect(mailServer.received).toHaveLength(2);
});

test('what a process left in the outbox, another finds by itself', async () => {
  const DATABASE_URL = await createDatabase();
  const mailServer = await startMailServer();
  const settings = { DATABASE_URL, SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` };
  const first = await startMailing(settings);
  await startMailing(settings);
  // As if it was killed right after the commit.
  vi.spyOn(first.core.outbox, 'wake').mockImplementation(() => {});
  await notify(first, await signedInAnew(first));
  await vi.waitFor(() => expect(mailServer.received).toHaveLength(1), PATIENT);
});

test('two processes send fifty mails of one outbox exactly once each', async () => {
  const DATABASE_URL = await createDatabase();
  const mailServer = await startMailServer();
  const settings = { DATABASE_URL, SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` };
  const servers = [await startMailing(settings), await startMailing(settings)];
  const [server] = servers as [MailingServer];
  // One process sends five at a time: a sixth is the other’s.
  let arrived = 0;
  const bothSend = new Promise<void>((resolve) => {
    mailServer.onMessage = async () => {
      arrived++;
      if (arrived > 5) resolve();
      await bothSend;
    };
  });
  const { user, session } = await signedInAnew(server);
  const others = await userFactory.createList(49, {}, { transient: { db: server.core.db } });
  const users = [user, ...others];
  await Promise.all(users.map((user, index) => notify(servers[index % 2] ?? server, { user, session })));
  await Promise.all(servers.map(({ core }) => core.outbox.round()));
  expect(mailServer.received.flatMap(({ recipients }) => recipients).sort()).toEqual(
    users.map(({ email }) => email).sort(),
  );
});

test('a mail that was sent is not sent again because the database could not be told at once', async () => {
  const proxy = await startProxy();
  const mailServer = await startMailServer();
  const server = await startMailing({
    DATABASE_URL: proxy.databaseUrl,
    SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
  });
  const told = proxy.holdBeforeStatement(({ sql }) => /UPDATE mails SET sent_at/.test(sql));
  await notify(server, await signedInAnew(server));
  (await told).cut();
  await vi.waitFor(
    async () => expect(await readMail(server)).toMatchObject({ sentAt: expect.any(Date) }),
    PATIENT,
  );
  server.clock.advance(DAY);
  await server.core.outbox.round();
  expect(mailServer.received).toHaveLength(1);
});

test('nobody gets more than ten mails in an hour, however many are made at once', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  const [victim, other] = [await signedInAnew(server), await signedInAnew(server)];
  await notify(server, victim, 4);
  await Promise.all(Array.from({ length: 12 }, () => notify(server, victim)));
  await notify(server, other);
  const countOf = (userId: string) => server.core.db.mail.count({ where: { userId } });
  expect([await countOf(victim.user.id), await countOf(other.user.id)]).toEqual([10, 1]);
  server.clock.advance(HOUR + SECOND);
  await notify(server, victim, 15);
  expect(await countOf(victim.user.id)).toBe(20);
  await server.core.outbox.round();
  expect(mailServer.received).toHaveLength(21);
});

test('however many sign-ins from elsewhere there are, there is room for notices of new devices', async () => {
  const mailServer = await startMailServer();
  const server = await startMailing({ SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
  const newDevice = await signedInAnew(server);
  const elsewhere = {
    ...newDevice,
    session: { ...newDevice.session, isNewDevice: false, isSuspicious: true },
  };
  const count = () => server.core.db.mail.count();
  for (let made = 0; made < 3; made++) await notify(server, elsewhere, 4);
  expect(await count()).toBe(5);
  await notify(server, newDevice, 3);
  await notify(server, elsewhere);
  expect(await count()).toBe(8);
  await notify(server, newDevice, 3);
  expect(await count()).toBe(10);
});

test('a mail server that says nothing holds up neither whoever signs in nor other mails, and a stop not for long', async () => {
  const mailServer = await startMailServer();
  const settings = {
    DATABASE_URL: await createDatabase(),
    SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
  };
  const server = await startMailing(settings);
  const stuck = await signedInAnew(server);
  mailServer.onMessage = async ({ recipients }) => {
    if (recipients.includes(stuck.user.email ?? '')) await new Promise(() => {});
  };
  await notify(server, stuck);
  const next = await signedInAnew(server);
  await notify(server, next);
  await vi.waitFor(
    () => expect(mailServer.received.map(({ recipients }) => recipients)).toEqual([[next.user.email]]),
    WOKEN,
  );
  const { db } = (await startMailing(settings)).core;
  const before = performance.now();
  await server.close();
  expect(performance.now() - before).toBeLessThan(10 * SECOND);
  // It is left to the next try, and that one is not far off.
  const mail = await db.mail.findFirstOrThrow({ where: { userId: stuck.user.id } });
  expect(mail).toMatchObject({ sentAt: null, failedAt: null, lastError: 'it was not answered in time' });
  expect(mail.nextTryAt.getTime() - Date.now()).toBeLessThan(MINUTE);
});

test('a server with mail to send starts, and answers a sign-in, while the mail server says nothing', async () => {
  const { way, SMTP_URL } = await startAbsentable();
  way.freeze();
  const settings = { DATABASE_URL: await createDatabase(), SMTP_URL };
  const first = await startMailing(settings);
  const signIn = await signedInAnew(first);
  await notify(first, signIn, 6);
  const second = await startMailing(settings);
  await notify(second, signIn);
  const device = await signUp(second);
  expect((await device.ask(Viewer)).viewer).not.toBeNull();
  way.cut();
});
