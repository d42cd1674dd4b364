/** Signing up, signing in and changing the password. */
import { changePassword } from '../accounts/reauthenticate.ts';
import { signIn } from '../accounts/sign-in.ts';
import { type Credentials, type SignedIn, type SignInPlace, signUp } from '../accounts/sign-up.ts';
import { type Context, requireAsker } from '../context.ts';
import type { Core } from '../core.ts';
import {
  AccountDisabledError,
  EmailTakenError,
  InvalidCredentialsError,
  InvalidInputError,
  RateLimitedError,
  SessionLimitReachedError,
} from '../errors.ts';
import { BEARER_PREFIX } from '../http/credentials.ts';
import { builder } from './builder.ts';
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

interface Delivered extends Omit<SignedIn, 'token'> {
  token: string | null;
}

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
  }),
});

function implementSuccess(name: 'SignUpSuccess' | 'SignInSuccess') {
  return builder.objectRef<Delivered>(name).implement({
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
    resolve: (_root, { input }, context) => startAndDeliver(signUp, input, context),
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
    resolve: (_root, { input }, context) => startAndDeliver(signIn, input, context),
  }),
);

async function startAndDeliver(
  start: (core: Core, credentials: Credentials, place: SignInPlace) => Promise<SignedIn>,
  { delivery, ...credentials }: Credentials & { delivery: Delivery },
  context: Context,
): Promise<Delivered> {
  const { core, client, cookies } = context;
  if (delivery === 'COOKIE' && !cookies) {
    throw new InvalidInputError(
      ['delivery'],
      'A cookie can’t be set here. Ask for BEARER, or send this mutation over HTTP.',
    );
  }
  const kind = delivery === 'COOKIE' ? 'BROWSER' : 'API';
  const { token, ...started } = await start(core, credentials, {
    kind,
    client,
    presented: context.session,
  });
  context.session = started.session;
  if (kind === 'BROWSER') {
    cookies?.set(token);
    return { ...started, token: null };
  }
  return { ...started, token: BEARER_PREFIX + token };
}

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  fields: (t) => ({
    currentPassword: t.string({ required: true }),
    newPassword: t.string({ required: true, description: 'From 8 to 256 characters.' }),
  }),
});

const ChangePasswordSuccess = builder.objectRef<{ revokedCount: number }>('ChangePasswordSuccess').implement({
  fields: (t) => ({
    revokedCount: t.exposeInt('revokedCount', { description: 'How many other sessions this call ended.' }),
  }),
});

builder.mutationField('changePassword', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ChangePasswordSuccess,
    description: 'Changes the password and ends every other session.',
    args: { input: t.arg({ type: ChangePasswordInput, required: true }) },
    complexity: PASSWORD_COMPLEXITY,
    errors: {
      types: [InvalidInputError, InvalidCredentialsError, RateLimitedError],
      union: { name: 'ChangePasswordResult' },
    },
    resolve: async (_root, { input }, context) => ({
      revokedCount: await changePassword(context.core, requireAsker(context), input),
    }),
  }),
);
