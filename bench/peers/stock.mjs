// What Curfew is built of, put together plainly: Yoga, Pothos with its Prisma plugin, and Prisma, all with their
// defaults, over the same tables. The session is read on every request, and nothing is remembered or prepared.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { PrismaPg } from '@prisma/adapter-pg';
import { createYoga } from 'graphql-yoga';
import UAParser from 'ua-parser-js';
import { getDatamodel } from '../../dist/db/generated/pothos.js';
import { PrismaClient } from '../../dist/db/generated/prisma/client.js';

const IDLE_TIMEOUT_MS = 14 * 24 * 60 * 60 * 1000;

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 10 }),
});

const whereLive = () => ({
  endedAt: null,
  expiresAt: { gt: new Date() },
  lastActiveAt: { gt: new Date(Date.now() - IDLE_TIMEOUT_MS) },
});

const builder = new SchemaBuilder({
  plugins: [RelayPlugin, PrismaPlugin],
  relay: { nodesOnConnection: true },
  prisma: { client: prisma, dmmf: getDatamodel() },
});

builder.scalarType('DateTime', { serialize: (date) => date.toISOString() });
builder.enumType('SessionKind', { values: ['BROWSER', 'API'] });

const Device = builder.objectRef('Device').implement({
  fields: (t) => ({
    name: t.string({ resolve: ({ browser, os }) => `${browser.name} on ${os.name}` }),
    type: t.string({ resolve: ({ device }) => device.type ?? 'desktop' }),
  }),
});

builder.prismaNode('Session', {
  id: { field: 'id' },
  fields: (t) => ({
    kind: t.expose('kind', { type: 'SessionKind' }),
    isCurrent: t.boolean({ resolve: ({ id }, _args, { session }) => id === session?.id }),
    device: t.field({
      type: Device,
      select: { userAgent: true },
      resolve: ({ userAgent }) => UAParser(userAgent ?? ''),
    }),
    ipAddress: t.exposeString('ipAddress', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastActiveAt: t.expose('lastActiveAt', { type: 'DateTime' }),
  }),
});

builder.prismaNode('User', {
  id: { field: 'id' },
  fields: (t) => ({ email: t.exposeString('email', { nullable: true }) }),
});

builder.queryType({
  fields: (t) => ({
    currentSession: t.prismaField({
      type: 'Session',
      nullable: true,
      resolve: (_query, _root, _args, { session }) => session,
    }),
    viewer: t.prismaField({
      type: 'User',
      nullable: true,
      resolve: (query, _root, _args, { session }) =>
        session && prisma.user.findUnique({ ...query, where: { id: session.userId } }),
    }),
    mySessions: t.prismaConnection({
      type: 'Session',
      cursor: 'id',
      resolve: (query, _root, _args, { session }) =>
        prisma.session.findMany({
          ...query,
          where: { userId: session?.userId, ...whereLive() },
          orderBy: [{ lastActiveAt: 'desc' }, { id: 'desc' }],
        }),
    }),
  }),
});

/** The cookie of Curfew, but for its mac: the id of the session, and a secret of which the row has the hash. */
async function readSession(request) {
  const token = /(?:^|; )__Host-session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  if (!token) return null;
  const bytes = Buffer.from(token, 'base64url');
  const id = bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const session = await prisma.session.findUnique({ where: { id, ...whereLive() } });
  const hash = createHash('sha256').update(bytes.subarray(16, 48)).digest();
  return session && timingSafeEqual(hash, session.secretHash) ? session : null;
}

const yoga = createYoga({
  schema: builder.toSchema(),
  context: async ({ request }) => ({ session: await readSession(request) }),
});
const http = createServer(yoga);
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${http.address().port}/graphql\n`);
});
process.on('SIGTERM', () => process.exit());
