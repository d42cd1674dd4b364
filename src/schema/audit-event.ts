import { isIP } from 'node:net';
import { type AuditFilter, listAuditEvents } from '../audit/trail.ts';
import { type Context, isByAdministrator, requireAsker } from '../context.ts';
import type { Core } from '../core.ts';
import type { AuditEvent } from '../db/generated/prisma/client.ts';
import { SessionEndReason as EndReasons } from '../db/generated/prisma/enums.ts';
import { BadArgumentError } from '../errors.ts';
import { describeDevice } from '../sessions/device.ts';
import { builder } from './builder.ts';
import { DeviceRef } from './device.ts';
import { encodeGlobalId, NOBODY } from './global-id.ts';
import { type PageArgs, pageComplexity, resolvePage } from './pages.ts';
import { SessionEndReason, SessionRef } from './session.ts';
import { readUserId, UserRef } from './user.ts';

const AuditEventType = builder.enumType('AuditEventType', {
  values: {
    SIGNED_UP: { description: 'The account was made.' },
    SESSION_STARTED: { description: 'A device signed in.' },
    SIGN_IN_FAILED: { description: 'A password was wrong.' },
    SESSION_ENDED: { description: 'A session ended; its `endReason` says why.' },
    IP_CHANGED: { description: 'A session was used from another address.' },
    PASSWORD_CONFIRMED: { description: 'The password was given again within a session.' },
    PASSWORD_CHANGED: { description: 'A session changed the password.' },
    SUSPICIOUS_SIGN_IN: {
      description:
        'A device signed in from another address than the one before it, less than an hour earlier.',
    },
    ENDED_TOKEN_USED: { description: 'Somebody used the token of a session that had ended.' },
    LIMIT_EXCEEDED: { description: 'Tries were refused, because there had been too many.' },
    SESSION_CONFIRMED: { description: 'The backend of the app vouched for a session anew.' },
    ROLE_CHANGED: { description: 'The user became an administrator, or no longer is one.' },
    USER_DISABLED: { description: 'The account was disabled.' },
    USER_ENABLED: { description: 'The account may be used again.' },
    ALL_SESSIONS_ENDED: { description: 'An administrator ended the sessions of everybody.' },
    LANGUAGE_CHANGED: { description: 'A session changed the language of mails.' },
  } as const,
});

const AuditActorKind = builder.enumType('AuditActorKind', {
  values: {
    USER: { description: 'The user whom it is about, or who claims to be.' },
    ADMINISTRATOR: {},
    SERVICE: { description: 'The backend of an app.' },
    SYSTEM: { description: 'Time, or somebody at the server’s own command line.' },
  } as const,
});

const AuditActor = builder.objectRef<AuditEvent>('AuditActor').implement({
  description: 'Who caused an event.',
  fields: (t) => ({
    kind: t.expose('actorKind', { type: AuditActorKind }),
    id: t.id({
      nullable: true,
      description: 'The id of the User. Of an administrator it is told to administrators alone.',
      resolve: async (event, _args, context) =>
        event.actorId !== null && (await mayKnowCause(event, context))
          ? encodeGlobalId('User', event.actorId)
          : null,
    }),
    name: t.exposeString('actorName', { nullable: true, description: 'The name of a SERVICE.' }),
  }),
});

/**
 * What an administrator or a backend did to a user tells that user nothing of
 * where these are. A device that a backend signed in is the user's own.
 */
async function mayKnowCause({ type, actorKind }: AuditEvent, context: Context): Promise<boolean> {
  if (actorKind === 'USER' || type === 'SESSION_STARTED' || type === 'SIGNED_UP') return true;
  return isByAdministrator(context);
}

/** A detail that is text; null for any other. */
function readText({ details }: AuditEvent, name: string): string | null {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return null;
  const value = details[name];
  return typeof value === 'string' ? value : null;
}

const AuditEventRef = builder.prismaNode('AuditEvent', {
  description: 'Something that happened to an account or to one of its sessions.',
  id: { field: 'id' },
  nullable: true,
  findUnique: async (id, context) =>
    (await isByAdministrator(context)) ? { id } : { id, userId: context.session?.userId ?? NOBODY },
  fields: (t) => ({
    type: t.expose('type', { type: AuditEventType }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime' }),
    actor: t.field({ type: AuditActor, resolve: (event) => event }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description:
        'Whom it is about; null when that is nobody in particular, or the account is no longer on record.',
      // Prisma asks once for all of a page.
      resolve: ({ userId }, _args, { core }) =>
        userId === null ? null : core.db.user.findUnique({ where: { id: userId } }),
    }),
    ipAddress: t.string({
      nullable: true,
      description:
        'The address of the device that caused it: of a session that a backend started, the user’s. Null when there was none, as when time did it, and when it is not told: that of an administrator or a backend is told to administrators alone.',
      resolve: async (event, _args, context) =>
        (await mayKnowCause(event, context)) ? event.ipAddress : null,
    }),
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: 'The device that caused it; told like the address.',
      resolve: async (event, _args, context) =>
        event.userAgent !== null && (await mayKnowCause(event, context))
          ? describeDevice(event.userAgent)
          : null,
    }),
    session: t.field({
      type: SessionRef,
      nullable: true,
      description:
        'The session it happened to; null when it happened to the account alone, or the session is no longer on record.',
      // Prisma asks once for all of a page.
      resolve: ({ sessionId }, _args, { core }) =>
        sessionId === null ? null : core.db.session.findUnique({ where: { id: sessionId } }),
    }),
    endReason: t.field({
      type: SessionEndReason,
      nullable: true,
      description: 'Of SESSION_ENDED: why.',
      resolve: (event) => {
        const reason = readText(event, 'reason');
        return Object.values(EndReasons).find((known) => known === reason) ?? null;
      },
    }),
    previousIpAddress: t.string({
      nullable: true,
      description: 'The address before, where the event is about another one.',
      resolve: (event) => readText(event, 'previousIpAddress'),
    }),
    limit: t.string({
      nullable: true,
      description: 'Of LIMIT_EXCEEDED: which.',
      resolve: (event) => readText(event, 'limit'),
    }),
  }),
});

const AuditEventEdge = builder.edgeObject({ type: AuditEventRef, name: 'AuditEventEdge' });

const AuditEventConnection = builder.connectionObject(
  { type: AuditEventRef, name: 'AuditEventConnection' },
  AuditEventEdge,
);

function resolveEvents(core: Core, filter: AuditFilter, args: PageArgs) {
  return resolvePage(
    args,
    ({ id, occurredAt }: AuditEvent) => ({ rank: 0, at: occurredAt, id }),
    (page) => listAuditEvents(core, filter, page),
  );
}

builder.queryField('myAuditEvents', (t) =>
  t.connection(
    {
      authScopes: { signedIn: true },
      type: AuditEventRef,
      description: 'The viewer’s own audit trail, newest first. A page has 20 unless asked for up to 100.',
      complexity: pageComplexity,
      resolve: (_root, args, context) => {
        const { userId } = requireAsker(context).session;
        return resolveEvents(context.core, { userId }, args);
      },
    },
    AuditEventConnection,
    AuditEventEdge,
  ),
);

const AuditEventFilter = builder.inputType('AuditEventFilter', {
  description: 'Which events; what is left out doesn’t matter.',
  fields: (t) => ({
    userId: t.id({ description: 'Whom it is about.' }),
    types: t.field({ type: [AuditEventType], description: 'One of these.' }),
    ipAddress: t.string({ description: 'The address of whoever caused it.' }),
    since: t.field({ type: 'DateTime', description: 'From this instant on.' }),
    until: t.field({ type: 'DateTime', description: 'Before this instant.' }),
  }),
});

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      authScopes: { administrator: true },
      type: AuditEventRef,
      description:
        'For administrators: the audit trail of everybody, newest first. A page has 20 unless asked for up to 100.',
      args: { filter: t.arg({ type: AuditEventFilter }) },
      complexity: pageComplexity,
      resolve: (_root, args, { core }) => resolveEvents(core, readFilter(args.filter ?? {}), args),
    },
    AuditEventConnection,
    AuditEventEdge,
  ),
);

/** @throws BadArgumentError */
function readFilter(filter: typeof AuditEventFilter.$inferInput): AuditFilter {
  const { userId, ipAddress } = filter;
  if (typeof ipAddress === 'string' && (isIP(ipAddress) === 0 || ipAddress.includes('%'))) {
    throw new BadArgumentError('“ipAddress” must be an IP address, such as 203.0.113.7 or 2001:db8::7.');
  }
  return {
    userId: typeof userId === 'string' ? readUserId(userId) : undefined,
    types: filter.types ?? undefined,
    ipAddress: ipAddress ?? undefined,
    since: filter.since ?? undefined,
    until: filter.until ?? undefined,
  };
}
