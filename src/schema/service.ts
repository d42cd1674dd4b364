/** Sessions of users who sign in at the backend of an app, which asks with its service key. */
import { confirmForBackend, signInForBackend } from '../accounts/backend.ts';
import type { Confirmed } from '../accounts/reauthenticate.ts';
import type { SignedIn } from '../accounts/sign-up.ts';
import { type Context, requireService } from '../context.ts';
import {
  AccountDisabledError,
  InvalidInputError,
  SessionLimitReachedError,
  SessionNotFoundError,
} from '../errors.ts';
import { BEARER_PREFIX } from '../http/credentials.ts';
import type { StartedSession } from '../sessions/start.ts';
import { TokenDelivery } from './account.ts';
import { builder } from './builder.ts';
import { decodeIdOf, decodeOptionalId } from './global-id.ts';
import { readUserLanguage } from './language.ts';
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
    language: t.string({
      description:
        'The language that the user chose at the backend, for mails: a BCP 47 tag such as “fr”; one that there are no texts in is English. Not that of the device which signs in, or whoever does would choose it. Left out, it stays as it is.',
    }),
    delivery: t.field({
      type: TokenDelivery,
      required: true,
      defaultValue: 'BEARER',
      description: 'With COOKIE, the answer has the Set-Cookie header that the backend is to pass on.',
    }),
    userAgent: t.string({ description: 'The User-Agent header of the user’s device.' }),
    ipAddress: t.string({ description: 'The address of the user’s device.' }),
    deviceId: t.string({
      description:
        'What the backend knows the device by, such as the value of a cookie of its own: up to 255 characters. Left out, a device is known again by its User-Agent.',
    }),
    replaceSessionId: t.id({
      description:
        'A session of the user to end, for this one to take its place: one of those that SessionLimitReachedError lists.',
    }),
  }),
});

/** The one of the two that carries the session, for the backend to hand on. */
interface Carried {
  token: string | null;
  setCookie: string | null;
}

type Handed<Started extends StartedSession> = Omit<Started, 'token'> & Carried;

function handOn<Started extends StartedSession>(
  context: Context,
  { token, ...started }: Started,
): Handed<Started> {
  return started.session.kind === 'BROWSER'
    ? { ...started, token: null, setCookie: context.writeCookie(token) }
    : { ...started, token: BEARER_PREFIX + token, setCookie: null };
}

const CarriedInterface = builder.interfaceRef<Carried>('CarriedSession').implement({
  description: 'What carries a session, for the backend to hand on to its device; it is never shown again.',
  fields: (t) => ({
    token: t.exposeString('token', {
      nullable: true,
      description: 'The Bearer token; null for a session in a browser.',
    }),
    setCookie: t.exposeString('setCookie', {
      nullable: true,
      description: 'The value of the Set-Cookie header for the browser; null for a Bearer token.',
    }),
  }),
});

const StartSessionSuccess = builder.objectRef<Handed<SignedIn>>('StartSessionSuccess').implement({
  interfaces: [CarriedInterface],
  fields: (t) => ({
    user: t.expose('user', { type: UserRef }),
    session: t.expose('session', { type: SessionRef }),
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
    resolve: async (_root, { input }, context) => {
      const started = await signInForBackend(context.core, requireService(context), {
        externalId: input.userExternalId,
        kind: input.delivery === 'COOKIE' ? 'BROWSER' : 'API',
        contactEmail: input.contactEmail ?? null,
        language: readUserLanguage(context.languages, input.language),
        ipAddress: input.ipAddress ?? null,
        userAgent: input.userAgent ?? null,
        deviceName: input.deviceId ?? null,
        replaceId: decodeOptionalId('Session', input.replaceSessionId),
      });
      return handOn(context, started);
    },
  }),
);

const ConfirmSessionSuccess = builder.objectRef<Handed<Confirmed>>('ConfirmSessionSuccess').implement({
  interfaces: [CarriedInterface],
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
      'For backends: vouches anew that the user of a session is there, so that sensitive mutations (revokeSession, signOutEverywhere) are allowed for a while. The session gets a new token, and the one before is good no more: hand it on.',
    args: { id: t.arg.id({ required: true }) },
    errors: {
      types: [SessionNotFoundError, InvalidInputError],
      union: { name: 'ConfirmSessionResult' },
    },
    resolve: async (_root, args, context) => {
      const id = decodeIdOf('Session', args.id);
      if (id === null) throw new SessionNotFoundError({ key: 'error.noSuchSessionNow' });
      return handOn(context, await confirmForBackend(context.core, requireService(context), id));
    },
  }),
);
