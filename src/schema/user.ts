import { isByAdministrator } from '../context.ts';
import type { User } from '../db/generated/prisma/client.ts';
import { BadArgumentError } from '../errors.ts';
import { countSessions } from '../sessions/list.ts';
import { builder } from './builder.ts';
import { decodeIdOf, NOBODY } from './global-id.ts';
import { SessionKind } from './session.ts';

const Role = builder.enumType('Role', {
  values: {
    USER: {},
    ADMIN: { description: 'An administrator, who may see and end the sessions of everybody.' },
  } as const,
});

interface SessionQuota {
  used: number;
  max: number;
}

const SessionQuotaRef = builder.objectRef<SessionQuota>('SessionQuota').implement({
  description: 'How many live sessions of a kind a user has, and may have.',
  fields: (t) => ({
    used: t.exposeInt('used'),
    max: t.exposeInt('max', {
      description: 'At this many, a sign-in ends the least recently active, or is refused.',
    }),
  }),
});

export const UserRef = builder.prismaNode('User', {
  description: 'An account.',
  id: { field: 'id' },
  nullable: true,
  // Somebody else looks like nobody, but to administrators.
  findUnique: async (id, context) => ({
    id: context.session?.userId === id || (await isByAdministrator(context)) ? id : NOBODY,
  }),
  fields: (t) => ({
    email: t.string({
      description: 'In lower case. Of a user of an app’s backend, what that told; empty when it told none.',
      resolve: ({ email, contactEmail }) => email ?? contactEmail ?? '',
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'What the backend of an app calls its user; null for those who sign in here.',
    }),
    language: t.exposeString('language', {
      nullable: true,
      description:
        'The language of mails to the user, as a BCP 47 tag such as “fr”; null when it is not known, and mails are in English.',
    }),
    role: t.expose('role', { type: Role }),
    disabledAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when the account is disabled; null while it is not.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    sessionQuota: t.field({
      type: SessionQuotaRef,
      description: 'Each kind of session has a limit of its own.',
      args: {
        kind: t.arg({
          type: SessionKind,
          description: 'Left out: that of the session that this request was made with.',
        }),
      },
      resolve: async ({ id: userId }: User, { kind }, { core, session }) => ({
        used: await countSessions(core, {
          userId,
          status: 'ACTIVE',
          kind: kind ?? session?.kind ?? 'BROWSER',
        }),
        max: core.policy.sessionLimit,
      }),
    }),
  }),
});

/** The row's id in the global id of a user. @throws BadArgumentError for any other text. */
export function readUserId(globalId: string): string {
  const id = decodeIdOf('User', globalId);
  if (id === null)
    throw new BadArgumentError('This is not the id of a user. Use one as a query returned it.');
  return id;
}

builder.queryField('viewer', (t) =>
  t.field({
    type: UserRef,
    nullable: true,
    description: 'The signed-in user; null when the request carries no live session.',
    resolve: (_root, _args, { core, session }) => session && core.users.find(session),
  }),
);
