import { listAuditEvents } from '../audit/trail.ts';
import type { AuditEvent } from '../db/generated/prisma/client.ts';
import { describeDevice } from '../sessions/device.ts';
import { builder } from './builder.ts';
import { DeviceRef } from './device.ts';
import { NOBODY } from './global-id.ts';
import { pageComplexity, resolvePage } from './pages.ts';

const AuditEventType = builder.enumType('AuditEventType', {
  values: {
    SIGNED_UP: { description: 'The account was made.' },
    SESSION_STARTED: { description: 'A device signed in.' },
    SIGN_IN_FAILED: { description: 'A password was wrong.' },
    SESSION_ENDED: { description: 'A session ended; its `endReason` says why.' },
    IP_CHANGED: { description: 'A session was used from another address. Not recorded yet.' },
    PASSWORD_CONFIRMED: { description: 'The password was given again within a session.' },
    PASSWORD_CHANGED: { description: 'A session changed the password.' },
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
    session: t.relation('session', {
      nullable: true,
      description: 'The session it happened to; null when it happened to the account alone.',
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
          (page) => listAuditEvents(core, session.userId, page),
        ),
    },
    { name: 'AuditEventConnection' },
    { name: 'AuditEventEdge' },
  ),
);
