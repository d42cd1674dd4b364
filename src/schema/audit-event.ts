import { listAuditEvents } from '../audit/trail.ts';
import type { AuditEvent } from '../db/generated/prisma/client.ts';
import { describeDevice } from '../sessions/device.ts';
import { builder } from './builder.ts';
import { DeviceRef } from './device.ts';
import { NOBODY } from './global-id.ts';
import { pageComplexity, resolvePage } from './pages.ts';
import { SessionRef } from './session.ts';

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
  } as const,
});

const AuditEventRef = builder.prismaNode('AuditEvent', {
  description: 'Something that happened to an account or to one of its sessions.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { session }) => ({ id, userId: session?.userId ?? NOBODY }),
  fields: (t) => ({
    type: t.expose('type', { type: AuditEventType }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime' }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'The address of whoever caused it; null when time did.',
    }),
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: 'The device of whoever caused it; null when time did.',
      resolve: ({ userAgent }) => (userAgent === null ? null : describeDevice(userAgent)),
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
  }),
});

builder.queryField('myAuditEvents', (t) =>
  t.withAuth({ signedIn: true }).connection(
    {
      type: AuditEventRef,
      description: 'The viewer’s own audit trail, newest first. A page has 20 unless asked for up to 100.',
      complexity: pageComplexity,
      resolve: (_root, args, { core, session }) =>
        resolvePage(
          args,
          ({ id, occurredAt }: AuditEvent) => ({ rank: 0, at: occurredAt, id }),
          (page) => listAuditEvents(core, { userId: session.userId }, page),
        ),
    },
    { name: 'AuditEventConnection' },
    { name: 'AuditEventEdge' },
  ),
);
