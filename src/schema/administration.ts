/** Other people’s accounts and sessions: for administrators, and some of it for the backends of apps too. */
import { disableUser, enableUser } from '../accounts/disable.ts';
import { findUser, listUsers, type UserKey } from '../accounts/find.ts';
import { requireAdministrator, requireAuthority } from '../context.ts';
import type { Session, User } from '../db/generated/prisma/client.ts';
import {
  BadArgumentError,
  InvalidInputError,
  ReauthenticationRequiredError,
  SessionNotFoundError,
  UserNotFoundError,
} from '../errors.ts';
import { endAllSessions } from '../sessions/end-all.ts';
import { endAnySession, endUserSessions } from '../sessions/end-others.ts';
import { builder } from './builder.ts';
import { decodeIdOf } from './global-id.ts';
import { pageComplexity, resolvePage } from './pages.ts';
import {
  clearOwnCookie,
  resolveSessions,
  SessionConnection,
  SessionEdge,
  SessionRef,
  SessionStatus,
} from './session.ts';
import { readUserId, UserRef } from './user.ts';

const STEP_UP =
  'An administrator’s password must have been given within the confirmation window (an hour by default): see confirmPassword.';

builder.queryField('user', (t) =>
  t.withAuth({ $any: { administrator: true, service: true } }).field({
    type: UserRef,
    nullable: true,
    description:
      'For administrators and backends: an account by one of these; null when there is none. An email is the one that somebody signs in with here.',
    args: { id: t.arg.id(), externalId: t.arg.string(), email: t.arg.string() },
    resolve: (_root, args, { core }) => findUser(core, readUserKey(args)),
  }),
);

/** @throws BadArgumentError unless there is just one. */
function readUserKey(args: {
  id?: string | null | undefined;
  externalId?: string | null | undefined;
  email?: string | null | undefined;
}): UserKey {
  const given = Object.entries(args).flatMap(([name, value]) =>
    typeof value === 'string' ? [{ name, value }] : [],
  );
  const [key] = given;
  if (!key || given.length > 1) {
    throw new BadArgumentError('Ask for a user by one of “id”, “externalId” and “email”.');
  }
  if (key.name === 'id') return { id: readUserId(key.value) };
  assertText(key.name, key.value);
  return key.name === 'email' ? { email: key.value.trim().toLowerCase() } : { externalId: key.value };
}

/** PostgreSQL knows no others. @throws BadArgumentError */
function assertText(name: string, value: string): void {
  if (value.isWellFormed() && !value.includes('\0')) return;
  throw new BadArgumentError(`“${name}” must be Unicode text without NUL characters.`);
}

const UserEdge = builder.edgeObject({ type: UserRef, name: 'UserEdge' });
const UserConnection = builder.connectionObject({ type: UserRef, name: 'UserConnection' }, UserEdge);

builder.queryField('users', (t) =>
  t.connection(
    {
      authScopes: { administrator: true },
      type: UserRef,
      description:
        'For administrators: all accounts, newest first. A page has 20 unless asked for up to 100.',
      args: {
        emailPrefix: t.arg.string({ description: 'Only those whose email begins so. Case doesn’t matter.' }),
      },
      complexity: pageComplexity,
      resolve: (_root, args, { core }) => {
        const emailPrefix = args.emailPrefix ?? '';
        assertText('emailPrefix', emailPrefix);
        return resolvePage(
          args,
          ({ id, createdAt }: User) => ({ rank: 0, at: createdAt, id }),
          (page) => listUsers(core, emailPrefix, page),
        );
      },
    },
    UserConnection,
    UserEdge,
  ),
);

builder.queryField('userSessions', (t) =>
  t.connection(
    {
      authScopes: { $any: { administrator: true, service: true } },
      type: SessionRef,
      description:
        'For administrators and backends: the sessions of any user, by last activity, newest first. A page has 20 unless asked for up to 100.',
      args: {
        userId: t.arg.id({ required: true }),
        status: t.arg({ type: SessionStatus, defaultValue: 'ACTIVE' }),
      },
      complexity: pageComplexity,
      resolve: (_root, args, { core }) => {
        const list = { userId: readUserId(args.userId), currentId: null, status: args.status ?? 'ACTIVE' };
        return resolveSessions(core, list, args);
      },
    },
    SessionConnection,
    SessionEdge,
  ),
);

const EndSessionSuccess = builder.objectRef<{ session: Session }>('EndSessionSuccess').implement({
  fields: (t) => ({ session: t.expose('session', { type: SessionRef }) }),
});

builder.mutationField('endSession', (t) =>
  t.withAuth({ $any: { administrator: true, service: true } }).field({
    type: EndSessionSuccess,
    description: `For administrators and backends: ends anybody’s session. ${STEP_UP}`,
    args: { id: t.arg.id({ required: true }) },
    errors: {
      types: [SessionNotFoundError, ReauthenticationRequiredError],
      union: { name: 'EndSessionResult' },
    },
    resolve: async (_root, args, context) => {
      const id = decodeIdOf('Session', args.id);
      if (id === null) throw new SessionNotFoundError({ key: 'error.noSuchSession' });
      const session = await endAnySession(context.core, requireAuthority(context), id);
      if (id === context.session?.id) clearOwnCookie(context);
      return { session };
    },
  }),
);

const EndUserSessionsSuccess = builder
  .objectRef<{ revokedCount: number }>('EndUserSessionsSuccess')
  .implement({
    fields: (t) => ({
      revokedCount: t.exposeInt('revokedCount', { description: 'How many sessions this call ended.' }),
    }),
  });

builder.mutationField('endUserSessions', (t) =>
  t.withAuth({ $any: { administrator: true, service: true } }).field({
    type: EndUserSessionsSuccess,
    description: `For administrators and backends: ends all sessions of a user. ${STEP_UP}`,
    args: { userId: t.arg.id({ required: true }) },
    errors: {
      types: [UserNotFoundError, ReauthenticationRequiredError],
      union: { name: 'EndUserSessionsResult' },
    },
    resolve: async (_root, args, context) => {
      const userId = decodeUserId(args.userId);
      const revokedCount = await endUserSessions(context.core, requireAuthority(context), userId);
      if (userId === context.session?.userId) clearOwnCookie(context);
      return { revokedCount };
    },
  }),
);

/** @throws UserNotFoundError for any text that is not a user's id. */
function decodeUserId(globalId: string): string {
  const id = decodeIdOf('User', globalId);
  if (id === null) throw new UserNotFoundError();
  return id;
}

const EndAllSessionsSuccess = builder.objectRef<{ revokedCount: number }>('EndAllSessionsSuccess').implement({
  fields: (t) => ({
    revokedCount: t.exposeInt('revokedCount', { description: 'How many sessions this call ended.' }),
  }),
});

builder.mutationField('endAllSessions', (t) =>
  t.withAuth({ administrator: true }).field({
    type: EndAllSessionsSuccess,
    description: `For administrators: ends the sessions of everybody that began before; with keepCurrent, all but the one asking. It answers when all is done, and is finished even if the server dies meanwhile. ${STEP_UP}`,
    args: { keepCurrent: t.arg.boolean({ required: true, defaultValue: false }) },
    errors: { types: [ReauthenticationRequiredError], union: { name: 'EndAllSessionsResult' } },
    resolve: async (_root, { keepCurrent }, context) => {
      const revokedCount = await endAllSessions(context.core, requireAdministrator(context), keepCurrent);
      if (!keepCurrent) clearOwnCookie(context);
      return { revokedCount };
    },
  }),
);

const DisableUserSuccess = builder
  .objectRef<{ user: User; revokedCount: number }>('DisableUserSuccess')
  .implement({
    fields: (t) => ({
      user: t.expose('user', { type: UserRef }),
      revokedCount: t.exposeInt('revokedCount', { description: 'How many sessions this call ended.' }),
    }),
  });

builder.mutationField('disableUser', (t) =>
  t.withAuth({ administrator: true }).field({
    type: DisableUserSuccess,
    description: `For administrators: ends all sessions of a user, and refuses sign-ins from now on. ${STEP_UP}`,
    args: { userId: t.arg.id({ required: true }) },
    errors: {
      types: [UserNotFoundError, InvalidInputError, ReauthenticationRequiredError],
      union: { name: 'DisableUserResult' },
    },
    resolve: (_root, { userId }, context) =>
      disableUser(context.core, requireAdministrator(context), decodeUserId(userId)),
  }),
);

const EnableUserSuccess = builder.objectRef<{ user: User }>('EnableUserSuccess').implement({
  fields: (t) => ({ user: t.expose('user', { type: UserRef }) }),
});

builder.mutationField('enableUser', (t) =>
  t.withAuth({ administrator: true }).field({
    type: EnableUserSuccess,
    description: `For administrators: lets a disabled user sign in again. ${STEP_UP}`,
    args: { userId: t.arg.id({ required: true }) },
    errors: {
      types: [UserNotFoundError, ReauthenticationRequiredError],
      union: { name: 'EnableUserResult' },
    },
    resolve: async (_root, { userId }, context) => ({
      user: await enableUser(context.core, requireAdministrator(context), decodeUserId(userId)),
    }),
  }),
);
