/** Signing up, signing in and changing the password. */
import { changePassword, type PasswordChanged } from '../accounts/reauthenticate.ts';
import { type SignInFrom, signIn } from '../accounts/sign-in.ts';
import { type SignedIn, signUp } from '../accounts/sign-up.ts';
import { type Context, requireAsker } from '../context.ts';
import {
  AccountDisabledError,
  EmailTakenError,
  InvalidCredentialsError,
  InvalidInputError,
  RateLimitedError,
  SessionLimitReachedError,
} from '../errors.ts';
import { makeDeviceId } from '../sessions/device-id.ts';
import { builder } from './builder.ts';
import { assertRenewable, type Delivered, deliver, NEW_TOKEN } from './delivery.ts';
import { decodeOptionalId } from './global-id.ts';
import { SessionRef } from './session.ts';
import { UserRef } from './user.ts';

/** Passwords are costly to hash on purpose; few of them fit into one operation. */
const PASSWORD_COMPLEXITY = 3000;

export const TokenDelivery = builder.enumType('TokenDelivery', {
  description: 'How the client wants to carry its session.',
  values: {
    COOKIE: { description: 'An HttpOnly cookie is set; no token is returned.' },
    BEARER: {
      description: 'The token is returned once, for the Authorization header; no cookie is set.',
    },
  } as const,
});

type Delivery = typeof TokenDelivery.$inferType;

const SignUpInput = builder.inputType('SignUpInput', {
  fields: (t) => ({
    email: t.string({ required: true, description: 'Case doesn’t matter.' }),
    password: t.string({ required: true, description: 'From 8 to 256 characters.' }),
    delivery: t.field({ type: TokenDelivery, required: true, defaultValue: 'COOKIE' }),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  fields: (t) => ({
    email: t.string({ required: true, description: 'Case doesn’t matter.' }),
    password: t.string({ required: true }),
    delivery: t.field({ type: TokenDelivery, required: true, defaultValue: 'COOKIE' }),
    replaceSessionId: t.id({
      description:
        'A session of the account to end, for this one to take its place: one of those that SessionLimitReachedError lists.',
    }),
  }),
});

function implementSuccess(name: 'SignUpSuccess' | 'SignInSuccess') {
  return builder.objectRef<Delivered<SignedIn>>(name).implement({
    fields: (t) => ({
      user: t.expose('user', { type: UserRef }),
      session: t.expose('session', { type: SessionRef }),
      token: t.exposeString('token', {
        nullable: true,
        description: 'With delivery BEARER, the token; it is never shown again.',
      }),
    }),
  });
}

builder.mutationField('signUp', (t) =>
  t.field({
    type: implementSuccess('SignUpSuccess'),
    description: 'Creates an account and starts its first session.',
    args: { input: t.arg({ type: SignUpInput, required: true }) },
    complexity: PASSWORD_COMPLEXITY,
    errors: {
      types: [InvalidInputError, EmailTakenError, RateLimitedError],
      union: { name: 'SignUpResult' },
    },
    resolve: (_root, { input: { delivery, ...credentials } }, context) =>
      startAndDeliver(context, delivery, null, (place) =>
        signUp(context.core, { ...credentials, language: context.language() }, place),
      ),
  }),
);

builder.mutationField('signIn', (t) =>
  t.field({
    type: implementSuccess('SignInSuccess'),
    description:
      'Checks a password and starts a new session. A session that the request was made with is ended, never reused.',
    args: { input: t.arg({ type: SignInInput, required: true }) },
    complexity: PASSWORD_COMPLEXITY,
    errors: {
      types: [
        InvalidInputError,
        InvalidCredentialsError,
        AccountDisabledError,
        RateLimitedError,
        SessionLimitReachedError,
      ],
      union: { name: 'SignInResult' },
    },
    resolve: (_root, { input: { delivery, replaceSessionId, ...credentials } }, context) =>
      startAndDeliver(context, delivery, decodeOptionalId('Session', replaceSessionId), (place) =>
        signIn(context.core, credentials, place),
      ),
  }),
);

async function startAndDeliver(
  context: Context,
  delivery: Delivery,
  replaceId: string | null,
  start: (place: SignInFrom) => Promise<SignedIn>,
): Promise<Delivered<SignedIn>> {
  const { client, cookies, session: presented } = context;
  const kind = delivery === 'COOKIE' ? 'BROWSER' : 'API';
  if (kind === 'BROWSER' && !cookies) {
    throw new InvalidInputError(['delivery'], { key: 'error.noCookieHere' });
  }
  const known = cookies?.readDevice() ?? null;
  const deviceId = kind === 'BROWSER' ? (known ?? makeDeviceId()) : known;
  const started = await start({
    kind,
    client,
    deviceId,
    hasDeviceCookie: known !== null,
    presented,
    replaceId,
  });
  if (kind === 'BROWSER' && deviceId !== null) cookies?.setDevice(deviceId);
  return deliver(context, started);
}

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  fields: (t) => ({
    currentPassword: t.string({ required: true }),
    newPassword: t.string({ required: true, description: 'From 8 to 256 characters.' }),
  }),
});

const ChangePasswordSuccess = builder
  .objectRef<Delivered<PasswordChanged>>('ChangePasswordSuccess')
  .implement({
    fields: (t) => ({
      revokedCount: t.exposeInt('revokedCount', { description: 'How many other sessions this call ended.' }),
      token: t.exposeString('token', { nullable: true, description: NEW_TOKEN }),
    }),
  });

builder.mutationField('changePassword', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ChangePasswordSuccess,
    description:
      'Changes the password and ends every other session. This one gets a new token, and the one before is good no more.',
    args: { input: t.arg({ type: ChangePasswordInput, required: true }) },
    complexity: PASSWORD_COMPLEXITY,
    errors: {
      types: [InvalidInputError, InvalidCredentialsError, RateLimitedError],
      union: { name: 'ChangePasswordResult' },
    },
    resolve: async (_root, { input }, context) => {
      assertRenewable(context);
      return deliver(context, await changePassword(context.core, requireAsker(context), input));
    },
  }),
);
