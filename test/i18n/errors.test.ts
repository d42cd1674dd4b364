/** What people read of an answer is in the language that they ask for, on every transport. */
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLInterfaceType } from 'graphql';
import { expect, test } from 'vitest';
import type { UserError } from '../../src/errors.ts';
import * as errors from '../../src/errors.ts';
import { loadLanguages } from '../../src/i18n/languages.ts';
import french from '../../src/locales/fr.ts';
import { Device, newEmail, PASSWORD, send, signUp } from '../device.ts';
import { USER_AGENTS } from '../factories/session.ts';
import { MySessions, RevokeSession, SignIn, SignUp, Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';
import { type ConnectOptions, connect } from '../socket.ts';

const server = await startTestServer();
const languages = await loadLanguages();

/** One of each class; each has a text in each language. */
const EXAMPLES = {
  InvalidInputError: new errors.InvalidInputError(['email'], { key: 'error.notAnEmail' }),
  InvalidCredentialsError: new errors.InvalidCredentialsError(),
  EmailTakenError: new errors.EmailTakenError(),
  RateLimitedError: new errors.RateLimitedError(2000, { key: '', isFirst: true }),
  SessionLimitReachedError: new errors.SessionLimitReachedError(1, []),
  AccountDisabledError: new errors.AccountDisabledError(),
  UserNotFoundError: new errors.UserNotFoundError(),
  SessionNotFoundError: new errors.SessionNotFoundError(),
  ReauthenticationRequiredError: new errors.ReauthenticationRequiredError(),
} satisfies Record<string, UserError>;

test('there is an example of each class here, and a type of each in the schema', () => {
  const classes = Object.entries(errors)
    .filter(([, value]) => value.prototype instanceof errors.UserError)
    .map(([name]) => name);
  expect(Object.keys(EXAMPLES).sort()).toEqual(classes.sort());
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  const types = schema.getPossibleTypes(schema.getType('UserError') as GraphQLInterfaceType);
  expect(types.map(({ name }) => name).sort()).toEqual(classes.sort());
});

test.each(Object.values(EXAMPLES))(
  '$name says it in English to programs, and in French to French people',
  (error) => {
    expect(languages.translatorOf('en').write(error.text)).toBe(error.message);
    const said = languages.translatorOf('fr').write(error.text);
    expect(said).not.toBe(error.message);
    expect(said).not.toMatch(/[{}]/);
  },
);

test.each([
  [1, 'Trop de tentatives. Réessayez dans 1 seconde.'],
  [90_000, 'Trop de tentatives. Réessayez dans 90 secondes.'],
])('seconds are counted as people count', (ms, text) => {
  const { text: message } = new errors.RateLimitedError(ms, { key: '', isFirst: true });
  expect(languages.translatorOf('fr').write(message)).toBe(text);
});

const WRONG = { input: { email: 'nobody@example.com', password: 'wrong password' } };

test('an error is in French for who asks so over HTTP', async () => {
  const { data } = await send(server, SignIn, WRONG, { 'accept-language': 'fr-CA, en;q=0.5' });
  expect(data?.signIn).toEqual({
    __typename: 'InvalidCredentialsError',
    message: 'L’adresse e-mail ou le mot de passe est incorrect.',
  });
});

test('what is wrong with an input is said in French, too', async () => {
  const input = { email: newEmail(), password: 'short' };
  const { data } = await send(server, SignUp, { input }, { 'accept-language': 'fr' });
  expect(data?.signUp).toEqual({
    __typename: 'InvalidInputError',
    message: 'Un mot de passe compte au moins 8 caractères.',
    path: ['password'],
  });
});

test('what programs read stays English', async () => {
  const { errors: told } = await send(server, MySessions, {}, { 'accept-language': 'fr' });
  expect(told).toMatchObject([
    { message: new errors.UnauthenticatedError().message, extensions: { code: 'UNAUTHENTICATED' } },
  ]);
});

const REVOKE = 'mutation { revokeSession(id: "x") { ... on UserError { message } } }';

const ASKING: [string, ConnectOptions][] = [
  ['its connectionParams', { params: { acceptLanguage: 'fr' } }],
  ['its handshake', { headers: { 'accept-language': 'fr;q=0.9' } }],
  [
    'its connectionParams before its handshake',
    { params: { acceptLanguage: 'fr' }, headers: { 'accept-language': 'en' } },
  ],
];

test.each(ASKING)('on a socket, the language is that of %s', async (_which, { params, headers }) => {
  const device = await signUp(server);
  const socket = await connect(server, { params, headers: { ...device.headers, ...headers } });
  const { data } = await socket.run(REVOKE);
  expect(data).toEqual({ revokeSession: { message: 'Vous n’avez pas de telle session.' } });
});

test('a language that is no text is refused with what would be right', async () => {
  const socket = await connect(server, { params: { acceptLanguage: ['fr'] } });
  const { errors: told } = await socket.run('{ viewer { id } }');
  expect(told).toMatchObject([
    {
      message: expect.stringContaining('acceptLanguage must be text'),
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
});

test('the words in a device’s name are in the language that is asked for, and names are not', async () => {
  const device = await signUp(server, newEmail(), { userAgent: USER_AGENTS.desktop });
  const nameIn = async (language: string) => {
    device.headers['accept-language'] = language;
    return (await device.ask(Viewer)).currentSession?.device;
  };
  const rest = { type: 'DESKTOP', browser: 'Chrome', os: 'macOS' };
  expect(await nameIn('fr')).toEqual({ name: 'Chrome sur macOS', ...rest });
  expect(await nameIn('en')).toEqual({ name: 'Chrome on macOS', ...rest });
});

test.each([
  ['', 'Appareil inconnu'],
  ['curl/8.4.0', 'curl'],
  ['constructor/1', 'constructor'],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36',
    'Chrome sans interface sur Linux',
  ],
])('%j is called %s in French', async (userAgent, name) => {
  const device = new Device(server, userAgent);
  device.headers['accept-language'] = 'fr';
  const input = { email: newEmail(), password: PASSWORD };
  const { data } = await device.send(SignUp, { input });
  expect(data?.signUp).toMatchObject({ session: { device: { name } } });
});

test('a device in another’s list is named in the language of who reads it', async () => {
  const device = await signUp(server, newEmail(), { userAgent: USER_AGENTS.mobile });
  device.headers['accept-language'] = 'fr';
  const { data } = await device.send(RevokeSession, { id: device.sessionId });
  expect(data?.revokeSession).toMatchObject({ session: { device: { name: 'Safari sur iOS' } } });
});

test('French is set as French is: spaces that do not break, and curved apostrophes', () => {
  for (const text of Object.values(french)) {
    expect(text).not.toMatch(/['"]/);
    expect(text).not.toMatch(/ (?:[;!?»]|:(?!:))|« /);
  }
});
