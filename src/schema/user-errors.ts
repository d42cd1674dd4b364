/** The outcomes that a client is expected to handle: members of the mutations' results. */
import { translatorOf } from '../context.ts';
import {
  AccountDisabledError,
  EmailTakenError,
  InvalidCredentialsError,
  InvalidInputError,
  RateLimitedError,
  ReauthenticationRequiredError,
  SessionLimitReachedError,
  SessionNotFoundError,
  type UserError,
  UserNotFoundError,
} from '../errors.ts';
import { builder } from './builder.ts';
import { SessionRef } from './session.ts';

const UserErrorInterface = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An outcome that a client is expected to handle.',
  fields: (t) => ({
    message: t.string({
      description:
        'For people to read, in the language that the request asks for with Accept-Language: English where there is none of those.',
      resolve: ({ text }, _args, context) => translatorOf(context).write(text),
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input is well formed GraphQL but not acceptable.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    path: t.exposeStringList('path', { description: 'Path of the input field, such as ["email"].' }),
  }),
});

builder.objectType(InvalidCredentialsError, {
  name: 'InvalidCredentialsError',
  description: 'Email or password is wrong; which of the two is not told.',
  interfaces: [UserErrorInterface],
});

builder.objectType(EmailTakenError, {
  name: 'EmailTakenError',
  description: 'There is an account with this email already.',
  interfaces: [UserErrorInterface],
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too many tries, from this address or with this account.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    retryAfter: t.exposeInt('retryAfter', { description: 'Seconds to wait before the next try.' }),
  }),
});

builder.objectType(SessionLimitReachedError, {
  name: 'SessionLimitReachedError',
  description:
    'The account has as many sessions of this kind as it may, and the server is set to refuse more instead of ending the oldest. Let the person choose which to end, and sign in again with its id as replaceSessionId.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    sessions: t.expose('sessions', {
      type: [SessionRef],
      description: 'Those that count for the limit, by last activity, newest first.',
    }),
  }),
});

builder.objectType(SessionNotFoundError, {
  name: 'SessionNotFoundError',
  description: 'No such session, or none that whoever asks may end or confirm: which of the two is not told.',
  interfaces: [UserErrorInterface],
});

builder.objectType(ReauthenticationRequiredError, {
  name: 'ReauthenticationRequiredError',
  description:
    'The session that asks, an administrator’s too, was confirmed too long ago; call confirmPassword, then try again.',
  interfaces: [UserErrorInterface],
});

builder.objectType(AccountDisabledError, {
  name: 'AccountDisabledError',
  description: 'Whoever signs in is who they say, and the account is disabled.',
  interfaces: [UserErrorInterface],
});

builder.objectType(UserNotFoundError, {
  name: 'UserNotFoundError',
  description: 'No such user. Told to administrators and trusted backends alone.',
  interfaces: [UserErrorInterface],
});
