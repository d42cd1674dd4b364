/** A mail is in the language of the account, and nobody but its owner chooses that. */
import { expect, test } from 'vitest';
import { loadLanguages } from '../../src/i18n/languages.ts';
import { writeMail } from '../../src/mail/messages.ts';
import { decodeGlobalId } from '../../src/schema/global-id.ts';
import { SHOP_KEY, SHOP_SETTINGS } from '../administration/askers.ts';
import { newEmail, PASSWORD, send, signIn } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { ChangeLanguage, Language, SignIn, SignUp, StartSession } from '../operations.ts';
import { createDatabase, startTestServer, type TestServer } from '../server.ts';
import { startMailServer } from '../smtp.ts';

const mailServer = await startMailServer();
const DATABASE_URL = await createDatabase();
const server = await startTestServer({ DATABASE_URL, SMTP_URL: `smtp://127.0.0.1:${mailServer.port}` });
const limited = await startTestServer({ DATABASE_URL, CURFEW_SIGN_IN_LIMIT: '5/1d' });

async function signUpIn(
  language: string,
  { endpoint }: Pick<TestServer, 'endpoint'> = server,
): Promise<string> {
  const email = newEmail();
  const input = { email, password: PASSWORD, delivery: 'BEARER' } as const;
  await send({ endpoint }, SignUp, { input }, { 'accept-language': language });
  return email;
}

/** The newest mail, about a sign-in on a new device that asks for another language. */
async function readMailAbout(email: string, acceptLanguage: string) {
  const headers = { 'accept-language': acceptLanguage, 'user-agent': USER_AGENTS.mobile };
  await send(server, SignIn, { input: { email, password: PASSWORD, delivery: 'BEARER' } }, headers);
  await server.core.outbox.round();
  return mailServer.received.findLast(({ recipients }) => recipients.includes(email));
}

test('whoever signed up in French is warned in French, whatever whoever signs in asks for', async () => {
  const mail = await readMailAbout(await signUpIn('fr-CA, en;q=0.5'), 'en');
  expect(mail?.subject).toBe('Nouvelle connexion depuis Safari sur iOS');
  expect(mail?.text).toContain('Appareil  Safari sur iOS');
  expect(mail?.text).toMatch(/Date {6}\d+ \p{L}+ \d{4} à \d\d:\d\d UTC/u);
  expect(mail?.headers.get('content-language')).toBe('fr');
});

test('whoever signed up in none that there is is warned in English', async () => {
  const mail = await readMailAbout(await signUpIn('de'), 'fr');
  expect(mail?.subject).toBe('New sign-in on Safari on iOS');
});

test('the owner changes the language, and a sign-in does not', async () => {
  const email = await signUpIn('en');
  const device = await signIn(server, email);
  expect((await device.ask(ChangeLanguage, { language: 'FR-ca' })).changeLanguage).toMatchObject({
    user: { language: 'fr' },
  });
  device.headers['accept-language'] = 'en';
  expect((await device.ask(Language)).viewer).toEqual({ language: 'fr' });
  expect((await readMailAbout(email, 'en'))?.subject).toMatch(/^Nouvelle connexion/);
});

test('a change of the language is on the trail, once, and there are only so many in an hour', async () => {
  const email = await signUpIn('en');
  const device = await signIn(limited, email);
  const change = async (language: string) =>
    (await device.ask(ChangeLanguage, { language })).changeLanguage.__typename;
  for (const language of ['fr', 'fr', 'en']) expect(await change(language)).toBe('ChangeLanguageSuccess');
  const { id: userId } = await server.core.db.user.findUniqueOrThrow({ where: { email } });
  const changes = () =>
    server.core.db.auditEvent.findMany({
      where: { userId, type: 'LANGUAGE_CHANGED' },
      orderBy: { occurredAt: 'asc' },
    });
  expect(await changes()).toMatchObject([
    { details: { language: 'fr' }, sessionId: decodeGlobalId(device.sessionId).id, actorId: userId },
    { details: { language: 'en' } },
  ]);
  await limited.core.throttles.right.spend(Array(57).fill(`language changes ${userId}`));
  expect(await change('fr')).toBe('RateLimitedError');
  expect(await changes()).toHaveLength(2);
});

test('a mail that waits keeps the language that the account had when it was written', async () => {
  const email = await signUpIn('fr');
  const waiting = await server.core.db.user.findUniqueOrThrow({ where: { email } });
  const attacker = await signIn(server, email, { userAgent: USER_AGENTS.mobile });
  await attacker.ask(ChangeLanguage, { language: 'en' });
  const mail = await server.core.db.mail.findFirstOrThrow({ where: { userId: waiting.id } });
  expect(mail.details).toMatchObject({ language: 'fr' });
});

test.each(['de', '', '*', 'de, fr', 'x'.repeat(10_000), '../en', '\u0000'])(
  'a language that there is none of is refused with those that there are: %j',
  async (language) => {
    const device = await signIn(server, await signUpIn('fr'));
    device.headers['accept-language'] = 'en';
    expect((await device.ask(ChangeLanguage, { language })).changeLanguage).toEqual({
      __typename: 'InvalidInputError',
      message: 'There are no texts in this language. There are in: en, fr.',
      path: ['language'],
    });
    expect((await device.ask(Language)).viewer).toEqual({ language: 'fr' });
  },
);

test('a backend says the language that its user chose, and keeps nobody out by it', async () => {
  const shop = await startTestServer(SHOP_SETTINGS);
  const start = async (language?: string) => {
    const input = { userExternalId: 'user-1815', ...(language !== undefined && { language }) };
    const headers = { authorization: `Bearer ${SHOP_KEY}`, 'accept-language': 'en' };
    const { data } = await send(shop, StartSession, { input }, headers);
    const user = await shop.core.db.user.findFirst({ where: { externalId: 'user-1815' } });
    return { result: data?.startSession.__typename, language: user?.language };
  };
  expect(await start()).toEqual({ result: 'StartSessionSuccess', language: null });
  expect(await start('fr-CA')).toEqual({ result: 'StartSessionSuccess', language: 'fr' });
  expect(await start()).toEqual({ result: 'StartSessionSuccess', language: 'fr' });
  expect(await start('fr, en')).toEqual({ result: 'InvalidInputError', language: 'fr' });
  expect(await start('de')).toEqual({ result: 'StartSessionSuccess', language: 'en' });
});

test('without a session no language is changed', async () => {
  const { errors } = await send(server, ChangeLanguage, { language: 'fr' });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

const DETAILS = {
  sessionId: '0197a3c4-0000-7000-8000-000000000000',
  signedInAt: '2026-01-31T23:59:30.000Z',
  userAgent: USER_AGENTS.desktop,
  ipAddress: '203.0.113.7',
  isNewDevice: true,
  isSuspicious: true,
};
const languages = await loadLanguages();
const write = (details: Partial<typeof DETAILS & { language: string; userAgent: string }>) =>
  writeMail(
    { kind: 'NEW_SIGN_IN', details: { ...DETAILS, ...details } },
    'https://auth.example.com',
    languages,
  );

test.each([undefined, 'de', 'constructor'])(
  'a mail of an earlier release, or of one with more languages, is English: %j',
  (language) => {
    expect(write({ ...(language !== undefined && { language }) }).subject).toBe(
      'New sign-in on Chrome on macOS',
    );
  },
);

test('in French, too, a User-Agent becomes neither a line nor a link', () => {
  const { subject, text } = write({
    language: 'fr',
    userAgent: 'evil.example/1.0 (Windows NT 10.0)\r\nBcc: eve@x',
  });
  expect(subject).toBe('Nouvelle connexion depuis evil example sur Windows');
  expect(text.match(/https?:\/\/\S*/g)).toEqual(['https://auth.example.com/']);
  expect(text).toContain('31 janvier 2026 à 23:59 UTC');
});
