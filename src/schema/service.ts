/** Sessions of users who sign in at the backend of an app, which asks with its service key. */
import { confirmForBackend, signInForBackend } from '../accounts/backend.ts';
import type { Confirmed } from '../accounts/reauthenticate.ts';
import type { SignedIn } from '../accounts/sign-up.ts';
import { requireService } from '../context.ts';
import {
  AccountDisabledError,
  InvalidInputError,
  SessionLimitReachedError,
  SessionNotFoundError,
} from '../errors.ts';
import { BEARER_PREFIX } from '../http/credentials.ts';
import { TokenDelivery } from './account.ts';
import { builder } from './builder.ts';
import { decodeIdOf } from './global-id.ts';
import { SessionRef } from './session.ts';
import { UserRef } from './user.ts';

const StartSessionInput = builder.inputType('StartSessionInput', {
  fields: (t) => ({
    userExternalId: t.string({
      required: true,
      description:
        'What the backend calls its user: 1 to 255 printable characters, compared to the letter. A user who is not known yet is made.',
    }),
    contactEmail: t.string({
      description: 'Where the user gets mail; it signs nobody in. Left out, it stays as it is.',
    }),
    delivery: t.field({
      type: TokenDelivery,
      required: true,
      defaultValue: 'BEARER',
      description: 'With COOKIE, the answer has the Set-Cookie header that the backend is to pass on.',
    }),
    userAgent: t.string({ description: 'The User-Agent header of the user’s device.' }),
    ipAddress: t.string({ description: 'The address of the user’s device.' }),
  }),
});

interface Delivered extends Omit<SignedIn, 'token'> {
  token: string | null;
  setCookie: string | null;
}

const StartSessionSuccess = builder.objectRef<Delivered>('StartSessionSuccess').implement({
  fields: (t) => ({
    user: t.expose('user', { type: UserRef }),
    session: t.expose('session', { type: SessionRef }),
    token: t.exposeString('token', {
      nullable: true,
      description: 'With delivery BEARER, the token; it is never shown again.',
    }),
    setCookie: t.exposeString('setCookie', {
      nullable: true,
      description:
        'With delivery COOKIE, the value of the Set-Cookie header for the browser; it is never shown again.',
    }),
  }),
});

builder.mutationField('startSession', (t) =>
  t.withAuth({ service: true }).field({
    type: StartSessionSuccess,
    description: 'For backends: starts a session of a user whom the backend signed in itself.',
    args: { input: t.arg({ type: StartSessionInput, required: true }) },
    errors: {
      types: [InvalidInputError, AccountDisabledError, SessionLimitReachedError],
      union: { name: 'StartSessionResult' },
    },
    resolve: async (_root, { input }, context): Promise<Delivered> => {
      const kind = input.delivery === 'COOKIE' ? 'BROWSER' : 'API';
      const { token, ...started } = await signInForBackend(context.core, requireService(context), {
        externalId: input.userExternalId,
        kind,
        contactEmail: input.contactEmail ?? null,
        ipAddress: input.ipAddress ?? null,
        userAgent: input.userAgent ?? null,
      });
      return kind === 'BROWSER'
        ? { ...started, token: null, setCookie: context.writeCookie(token) }
        : { ...started, token: BEARER_PREFIX + token, setCookie: null };
    },
  }),
);

const ConfirmSessionSuccess = builder.objectRef<Confirmed>('ConfirmSessionSuccess').implement({
  fields: (t) => ({
    session: t.expose('session', { type: SessionRef }),
    confirmedUntil: t.expose('confirmedUntil', {
      type: 'DateTime',
      description: 'Until when sensitive mutations are allowed without asking again.',
    }),
  }),
});

builder.mutationField('confirmSession', (t) =>
  t.withAuth({ service: true }).field({
    type: ConfirmSessionSuccess,
    description:
      'For backends: vouches anew that the user of a session is there, so that sensitive mutations (revokeSession, signOutEverywhere) are allowed for a while.',
    args: { id: t.arg.id({ required: true }) },
    errors: {
      types: [SessionNotFoundError, InvalidInputError],
      union: { name: 'ConfirmSessionResult' },
    },
    resolve: (_root, args, context) => {
      const id = decodeIdOf('Session', args.id);
      if (id === null) throw new SessionNotFoundError('There is no such session, or it has ended.');
      return confirmForBackend(context.core, requireService(context), id);
    },
  }),
);
