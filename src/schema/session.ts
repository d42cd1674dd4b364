import { type Confirmed, confirmPassword } from '../accounts/reauthenticate.ts';
import { type Context, findPresentedEnd, isByAdministrator, requireAsker } from '../context.ts';
import type { Core } from '../core.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import {
  InvalidCredentialsError,
  RateLimitedError,
  ReauthenticationRequiredError,
  SessionNotFoundError,
} from '../errors.ts';
import { describeDevice } from '../sessions/device.ts';
import { revokeSession, signOut, signOutEverywhere } from '../sessions/end.ts';
import { countSessions, listSessions, type SessionList } from '../sessions/list.ts';
import { findEnd, type SessionEnd } from '../sessions/policy.ts';
import { builder } from './builder.ts';
import { assertRenewable, type Delivered, deliver, NEW_TOKEN } from './delivery.ts';
import { DeviceRef } from './device.ts';
import { decodeIdOf, NOBODY } from './global-id.ts';
import { type PageArgs, pageComplexity, resolvePage } from './pages.ts';

export const SessionStatus = builder.enumType('SessionStatus', {
  values: {
    ACTIVE: { description: 'Its token is accepted.' },
    ENDED: { description: 'Its token is refused, for ever; `endReason` says why.' },
  } as const,
});

export const SessionKind = builder.enumType('SessionKind', {
  description: 'How the device carries its session.',
  values: {
    BROWSER: { description: 'A browser that holds the session in a cookie.' },
    API: { description: 'An app or script that sends the session as a Bearer token.' },
  } as const,
});

export const SessionEndReason = builder.enumType('SessionEndReason', {
  description: 'Why a session ended.',
  values: {
    SIGNED_OUT: { description: 'Signed out on its own device.' },
    REVOKED: { description: 'Ended by the user from another session.' },
    SIGNED_OUT_EVERYWHERE: { description: 'Ended by signOutEverywhere.' },
    EXPIRED: { description: 'Reached its absolute lifetime.' },
    IDLE: { description: 'Not used for longer than the idle timeout.' },
    EVICTED: { description: 'Made room for a newer session under the session limit.' },
    PASSWORD_CHANGED: { description: 'The password was changed.' },
    REVOKED_BY_ADMIN: { description: 'Ended by an administrator.' },
    REVOKED_BY_SERVICE: { description: 'Ended by the backend of the app.' },
  } as const,
});

function endOf(session: Session, { core }: Context) {
  return findEnd(session, core.policy, core.clock.now());
}

export const SessionRef = builder.prismaNode('Session', {
  description: 'One sign-in of one user on one device.',
  id: { field: 'id' },
  nullable: true,
  // Somebody else's looks like one that doesn't exist, but to administrators.
  findUnique: async (id, context) =>
    (await isByAdministrator(context)) ? { id } : { id, userId: context.session?.userId ?? NOBODY },
  fields: (t) => ({
    status: t.field({
      type: SessionStatus,
      resolve: (session, _args, context) => (endOf(session, context) ? 'ENDED' : 'ACTIVE'),
    }),
    kind: t.expose('kind', { type: SessionKind }),
    isCurrent: t.boolean({
      description: 'True for the session that this request was made with.',
      resolve: ({ id }, _args, context) => id === context.session?.id,
    }),
    device: t.field({ type: DeviceRef, resolve: ({ userAgent }) => describeDevice(userAgent) }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'The address of the device when it signed in.',
    }),
    lastIpAddress: t.exposeString('lastIpAddress', {
      nullable: true,
      description:
        'The address that it was last seen to be used from; a change within five minutes of another may not be seen.',
    }),
    isNewDevice: t.exposeBoolean('isNewDevice', {
      description: 'Whether the user had signed in before, but not on this device.',
    }),
    isSuspicious: t.exposeBoolean('isSuspicious', {
      description:
        'Whether the user had signed in from another network (address, or /64 of IPv6) less than an hour before.',
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'The User-Agent header of the device when it signed in.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the device signed in.' }),
    lastActiveAt: t.expose('lastActiveAt', {
      type: 'DateTime',
      description: 'When it was last used, to about five minutes.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends if it stays in use.',
    }),
    endedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Null while it is ACTIVE.',
      resolve: (session, _args, context) => endOf(session, context)?.at,
    }),
    endReason: t.field({
      type: SessionEndReason,
      nullable: true,
      description: 'Null while it is ACTIVE.',
      resolve: (session, _args, context) => endOf(session, context)?.reason,
    }),
  }),
});

builder.queryField('currentSession', (t) =>
  t.field({
    type: SessionRef,
    nullable: true,
    description: 'The session that this request was made with; null when there is none.',
    resolve: (_root, _args, { session }) => session,
  }),
);

const SessionEndRef = builder.objectRef<SessionEnd>('SessionEnd').implement({
  description: 'How a session ended.',
  fields: (t) => ({
    reason: t.expose('reason', { type: SessionEndReason }),
    endedAt: t.expose('at', { type: 'DateTime' }),
  }),
});

builder.queryField('currentSessionEnd', (t) =>
  t.field({
    type: SessionEndRef,
    nullable: true,
    description:
      'How the session ended whose token this request carries; null while it lives, and without such a token. For a device that slept or was offline meanwhile.',
    resolve: (_root, _args, context) => findPresentedEnd(context),
  }),
);

export const SessionEdge = builder.edgeObject({ type: SessionRef, name: 'SessionEdge' });

export const SessionConnection = builder.connectionObject(
  {
    type: SessionRef,
    name: 'SessionConnection',
    fields: (t) => ({
      totalCount: t.int({
        description: 'How many there are on all pages.',
        resolve: ({ totalCount }) => totalCount?.() ?? 0,
      }),
    }),
  },
  SessionEdge,
);

/** A page of a user’s sessions. */
export async function resolveSessions(core: Core, list: SessionList, args: PageArgs) {
  const rankOf = (id: string) => (list.status === 'ACTIVE' && id === list.currentId ? 1 : 0);
  const page = await resolvePage(
    args,
    ({ id, lastActiveAt }: Session) => ({ rank: rankOf(id), at: lastActiveAt, id }),
    (bounds) => listSessions(core, list, bounds),
  );
  return { ...page, totalCount: () => countSessions(core, list) };
}

builder.queryField('mySessions', (t) =>
  t.connection(
    {
      authScopes: { signedIn: true },
      type: SessionRef,
      description:
        'The viewer’s own sessions, the current one first, then by last activity, newest first. A page has 20 unless asked for up to 100.',
      args: { status: t.arg({ type: SessionStatus, defaultValue: 'ACTIVE' }) },
      complexity: pageComplexity,
      resolve: (_root, args, context) => {
        const { id, userId } = requireAsker(context).session;
        const list = { userId, currentId: id, status: args.status ?? 'ACTIVE' };
        return resolveSessions(context.core, list, args);
      },
    },
    SessionConnection,
    SessionEdge,
  ),
);

/** A Bearer session that ends leaves alone whatever cookie came along with it. */
export function clearOwnCookie({ session, cookies }: Context): void {
  if (session?.kind === 'BROWSER') cookies?.clearSession();
}

const SignOutResult = builder.objectRef<{ session: Session }>('SignOutResult').implement({
  fields: (t) => ({ session: t.expose('session', { type: SessionRef }) }),
});

builder.mutationField('signOut', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: SignOutResult,
    description: 'Ends the session that this request was made with.',
    resolve: async (_root, _args, context) => {
      const session = await signOut(context.core, requireAsker(context));
      clearOwnCookie(context);
      return { session };
    },
  }),
);

const RevokeSessionSuccess = builder.objectRef<{ session: Session }>('RevokeSessionSuccess').implement({
  fields: (t) => ({ session: t.expose('session', { type: SessionRef }) }),
});

builder.mutationField('revokeSession', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: RevokeSessionSuccess,
    description:
      'Ends one of the viewer’s sessions, on whatever device it is. For another than the current one, the password must have been given within the confirmation window (an hour by default): see confirmPassword.',
    args: { id: t.arg.id({ required: true }) },
    errors: {
      types: [SessionNotFoundError, ReauthenticationRequiredError],
      union: { name: 'RevokeSessionResult' },
    },
    resolve: async (_root, args, context) => {
      const id = decodeIdOf('Session', args.id);
      if (id === null) throw new SessionNotFoundError();
      const session = await revokeSession(context.core, requireAsker(context), id);
      if (id === context.session.id) clearOwnCookie(context);
      return { session };
    },
  }),
);

const SignOutEverywhereSuccess = builder
  .objectRef<{ revokedCount: number }>('SignOutEverywhereSuccess')
  .implement({
    fields: (t) => ({
      revokedCount: t.exposeInt('revokedCount', { description: 'How many sessions this call ended.' }),
    }),
  });

builder.mutationField('signOutEverywhere', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: SignOutEverywhereSuccess,
    description:
      'Ends all of the viewer’s sessions; with keepCurrent, all but the one asking. If there are others, the password must have been given within the confirmation window (an hour by default): see confirmPassword.',
    args: { keepCurrent: t.arg.boolean({ required: true, defaultValue: false }) },
    errors: { types: [ReauthenticationRequiredError], union: { name: 'SignOutEverywhereResult' } },
    resolve: async (_root, { keepCurrent }, context) => {
      const revokedCount = await signOutEverywhere(context.core, requireAsker(context), keepCurrent);
      if (!keepCurrent) clearOwnCookie(context);
      return { revokedCount };
    },
  }),
);

const ConfirmPasswordSuccess = builder.objectRef<Delivered<Confirmed>>('ConfirmPasswordSuccess').implement({
  fields: (t) => ({
    session: t.expose('session', { type: SessionRef }),
    confirmedUntil: t.expose('confirmedUntil', {
      type: 'DateTime',
      description: 'Until when sensitive mutations are allowed without asking again.',
    }),
    token: t.exposeString('token', { nullable: true, description: NEW_TOKEN }),
  }),
});

builder.mutationField('confirmPassword', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ConfirmPasswordSuccess,
    description:
      'Proves anew that the viewer is there, so that sensitive mutations (revokeSession, signOutEverywhere, and all that administrators change) are allowed for a while. The session gets a new token, and the one before is good no more.',
    args: { password: t.arg.string({ required: true }) },
    errors: {
      types: [InvalidCredentialsError, RateLimitedError],
      union: { name: 'ConfirmPasswordResult' },
    },
    resolve: async (_root, { password }, context) => {
      assertRenewable(context);
      return deliver(context, await confirmPassword(context.core, requireAsker(context), password));
    },
  }),
);
