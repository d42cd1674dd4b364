/** How mails are handed over: encrypted where a password is, and without a word of it in the log. */
import { pino } from 'pino';
import type { SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createMailer, type Message } from '../../src/mail/mailer.ts';
import { transact } from '../../src/sessions/transact.ts';
import { onCleanup } from '../cleanup.ts';
import { startTestServer } from '../server.ts';
import { type MailServer, refusal, startMailServer } from '../smtp.ts';
import { notify, signedInAnew, startMailing } from './scene.ts';

const PASSWORD = 'p@ss/w:rd of the mail server';
const LOGIN = `curfew:${encodeURIComponent(PASSWORD)}`;

const MESSAGE: Message = {
  id: '0197a3c4-0000-7000-8000-000000000000',
  to: 'ada@example.com',
  date: new Date('2026-01-31T12:00:00Z'),
  subject: 'A subject',
  text: 'A text.\n',
  language: 'en',
};

function mailerOf(settings: Record<string, string>) {
  const mailer = createMailer(loadConfig(settings), pino({ level: 'silent' }));
  if (!mailer) throw new Error('There is no mailer');
  onCleanup(() => mailer.close());
  return {
    send: (message: Partial<Message> = {}) =>
      mailer.send({ ...MESSAGE, ...message }, new AbortController().signal),
  };
}

/** One that wants a login; over TLS with a certificate that nobody knows, as the rest says. */
async function startGuarded(options: SMTPServerOptions): Promise<MailServer & { logins: string[] }> {
  const logins: string[] = [];
  const server = await startMailServer({
    authOptional: false,
    disabledCommands: [],
    ...options,
    onAuth({ username, password }, _session, done) {
      logins.push(`${username} ${password}`);
      if (username === 'curfew' && password === PASSWORD) done(null, { user: username });
      else done(refusal(535, `Wrong, and so is ${password}`));
    },
  });
  return Object.assign(server, { logins });
}

test('a mail has what mail needs, and says that a machine wrote it', async () => {
  const server = await startMailServer();
  const { send } = mailerOf({
    SMTP_URL: `smtp://127.0.0.1:${server.port}`,
    CURFEW_URL: 'https://auth.example.com',
  });
  await send();
  const [mail] = server.received;
  expect(mail).toMatchObject({
    sender: 'no-reply@auth.example.com',
    recipients: ['ada@example.com'],
    subject: 'A subject',
    text: 'A text.\n',
    date: MESSAGE.date,
    messageId: `<${MESSAGE.id}@auth.example.com>`,
  });
  expect(mail?.from?.text).toBe('no-reply@auth.example.com');
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail?.headers.has('x-mailer')).toBe(false);
});

test('the sender is as set, also with a comma in the name', async () => {
  const server = await startMailServer();
  const { send } = mailerOf({
    SMTP_URL: `smtp://127.0.0.1:${server.port}`,
    CURFEW_MAIL_FROM: 'Müller, Söhne <post@mueller.example>',
  });
  await send();
  const [mail] = server.received;
  expect(mail?.from?.value).toEqual([{ name: 'Müller, Söhne', address: 'post@mueller.example' }]);
  expect(mail?.sender).toBe('post@mueller.example');
});

test.each([
  'ada@example.com\r\nBcc: eve@example.com',
  'ada@example.com>\r\nRCPT TO:<eve@example.com',
  'ada@example.com, eve@example.com',
  'ada@example.com;eve@example.com',
  'Ada <eve@example.com>',
  'ada@example.com NOTIFY=SUCCESS',
  'ada\u0000@example.com',
  'friends: eve@example.com;',
  '',
])('a recipient that is not one address is refused for good: %j', async (to) => {
  const server = await startMailServer();
  const { send } = mailerOf({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  await expect(send({ to })).rejects.toMatchObject({ name: 'MailError', isPermanent: true });
  expect(server.received).toEqual([]);
});

test('a line break in a subject begins no header, and a dot in a text no command', async () => {
  const server = await startMailServer();
  const { send } = mailerOf({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  const text = 'One.\n.\nRCPT TO:<eve@example.com>\n..\n';
  for (const lineBreak of ['\r\n', '\n', '\r']) {
    await send({ subject: `Hello${lineBreak}Bcc: eve@example.com${lineBreak}${lineBreak}Evil`, text });
  }
  expect(server.received).toHaveLength(3);
  for (const mail of server.received) {
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.recipients).toEqual(['ada@example.com']);
    expect(mail.text).toBe(text);
  }
});

test('smtps:// is TLS from the first byte, to a server that shows who it is', async () => {
  const server = await startGuarded({ secure: true });
  const SMTP_URL = `smtps://${LOGIN}@127.0.0.1:${server.port}`;
  await expect(mailerOf({ SMTP_URL }).send()).rejects.toMatchObject({ isPermanent: false });
  expect(server.logins).toEqual([]);
  await mailerOf({ SMTP_URL: `${SMTP_URL}?tls.rejectUnauthorized=false` }).send();
  expect(server.received).toMatchObject([{ isEncrypted: true }]);
  const plain = await startMailServer();
  await expect(mailerOf({ SMTP_URL: `smtps://127.0.0.1:${plain.port}` }).send()).rejects.toThrow();
  expect(plain.received).toEqual([]);
});

test('smtp:// becomes TLS where that is offered, and does without where nothing is secret', async () => {
  const offering = await startMailServer({ disabledCommands: [] });
  await mailerOf({ SMTP_URL: `smtp://127.0.0.1:${offering.port}?tls.rejectUnauthorized=false` }).send();
  expect(offering.received).toMatchObject([{ isEncrypted: true }]);
  const plain = await startMailServer();
  await mailerOf({ SMTP_URL: `smtp://127.0.0.1:${plain.port}` }).send();
  expect(plain.received).toMatchObject([{ isEncrypted: false }]);
  const required = mailerOf({ SMTP_URL: `smtp://127.0.0.1:${plain.port}?requireTLS=true` });
  await expect(required.send()).rejects.toMatchObject({ isPermanent: false });
  expect(plain.received).toHaveLength(1);
});

test('a password is not sent in the clear because somebody took the offer of TLS away', async () => {
  const server = await startGuarded({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
  const SMTP_URL = `smtp://${LOGIN}@127.0.0.1:${server.port}`;
  await expect(mailerOf({ SMTP_URL }).send()).rejects.toMatchObject({ isPermanent: false });
  expect(server.logins).toEqual([]);
  // But when that is asked for.
  await mailerOf({ SMTP_URL: `${SMTP_URL}?ignoreTLS=true` }).send();
  expect(server.logins).toEqual([`curfew ${PASSWORD}`]);
  expect(server.received).toHaveLength(1);
});

test('a refused login is tried again, and no password is in the log or the database, even when the server repeats it', async () => {
  const mailServer = await startGuarded({ secure: true });
  const wrong = 'an outdated password';
  const login = `curfew:${encodeURIComponent(wrong)}`;
  const SMTP_URL = `smtps://${login}@127.0.0.1:${mailServer.port}?tls.rejectUnauthorized=false`;
  const server = await startMailing({ SMTP_URL });
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  expect(mailServer.logins).toEqual([`curfew ${wrong}`]);
  const mail = await server.core.db.mail.findFirstOrThrow();
  expect(mail).toMatchObject({ failedAt: null, lastError: 'EAUTH: 535' });
  const seen = server.logged.join('') + JSON.stringify(mail);
  expect(seen).toContain('a mail could not be sent');
  for (const secret of [
    wrong,
    encodeURIComponent(wrong),
    btoa(wrong),
    btoa(`\0curfew\0${wrong}`),
    SMTP_URL,
  ]) {
    expect(seen).not.toContain(secret);
  }
});

test('without a mail server, development writes the whole mail to the log', async () => {
  const server = await startMailing({});
  const { user, session } = await signedInAnew(server);
  await notify(server, { user, session });
  await server.core.outbox.round();
  const mails = server.logged.map((line) => JSON.parse(line)).filter(({ to }) => to === user.email);
  expect(mails).toMatchObject([{ level: 30, subject: 'New sign-in on Chrome on macOS' }]);
  expect(mails[0].text).toContain(`${server.origin}/\n`);
  expect(await server.core.db.mail.findFirst()).toMatchObject({ sentAt: expect.any(Date) });
});

test('without a mail server, production makes no mail, and says once how to change that', async () => {
  const server = await startMailing({ NODE_ENV: 'production' });
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  expect(await server.core.db.mail.count()).toBe(0);
  const warnings = server.logged.filter((line) => line.includes('SMTP_URL'));
  expect(warnings).toHaveLength(1);
  expect(JSON.parse(warnings[0] ?? '')).toMatchObject({ level: 40 });
});

test('a mail leads to where people reach the server', async () => {
  const mailServer = await startMailServer();
  const SMTP_URL = `smtp://127.0.0.1:${mailServer.port}`;
  const server = await startMailing({
    NODE_ENV: 'production',
    CURFEW_URL: 'https://auth.example.com',
    SMTP_URL,
  });
  await notify(server, await signedInAnew(server));
  await server.core.outbox.round();
  const [mail] = mailServer.received;
  expect(mail?.text?.match(/\w+:\/\/\S+/g)).toEqual(['https://auth.example.com/']);
  expect(mail?.sender).toBe('no-reply@auth.example.com');
});

test('a mail whose text this release can’t write is left to one that can', async () => {
  const server = await startTestServer();
  const { user } = await signedInAnew(server);
  await transact(server.core, [user.id], async ({ mail }) =>
    mail({
      kind: 'NEW_SIGN_IN',
      userId: user.id,
      recipient: 'ada@example.com',
      details: { isNewDevice: true } as never,
    }),
  );
  await server.core.outbox.round();
  expect(await server.core.db.mail.findFirst()).toMatchObject({
    failedAt: null,
    lastError: 'its text could not be written',
  });
});
