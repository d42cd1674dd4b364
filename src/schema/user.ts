import { builder } from './builder.ts';
import { NOBODY } from './global-id.ts';

export const UserRef = builder.prismaNode('User', {
  id: { field: 'id' },
  nullable: true,
  // Somebody else looks like nobody.
  description: 'An account.',
  findUnique: (id, { session }) => ({ id: session?.userId === id ? id : NOBODY }),
  fields: (t) => ({
    email: t.string({
      description: 'In lower case. Of a user of an app’s backend, what that told; empty when it told none.',
      resolve: ({ email, contactEmail }) => email ?? contactEmail ?? '',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

builder.queryField('viewer', (t) =>
  t.prismaField({
    type: 'User',
    nullable: true,
    description: 'The signed-in user; null when the request carries no live session.',
    resolve: (query, _root, _args, { core, session }) =>
      session && core.db.user.findUnique({ ...query, where: { id: session.userId } }),
  }),
);
