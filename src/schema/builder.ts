/** The builder that every file of the schema adds to, and what holds for all of them. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { type Context, isByAdministrator } from '../context.ts';
import type PrismaTypes from '../db/generated/pothos.ts';
import { getDatamodel } from '../db/generated/pothos.ts';
import { ForbiddenError, UnauthenticatedError } from '../errors.ts';
import { decodeGlobalId, encodeGlobalId } from './global-id.ts';
import { describeExcess, LIMITS, LIST_MULTIPLIER } from './limits.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
  };
  AuthScopes: {
    signedIn: boolean;
    /** Read anew for each operation. */
    administrator: boolean;
    /** A trusted backend, by its key. */
    service: boolean;
  };
  AuthContexts: { signedIn: Context & { session: NonNullable<Context['session']> } };
  Connection: { totalCount?: () => Promise<number> };
}>({
  // Errors comes before Prisma, so that it wraps what Prisma's fields throw.
  plugins: [ScopeAuthPlugin, ErrorsPlugin, ComplexityPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { session, service }) =>
      session || service ? new ForbiddenError() : new UnauthenticatedError(),
    authScopes: (context) => ({
      signedIn: context.session !== null,
      administrator: () => isByAdministrator(context),
      service: context.service !== null,
    }),
  },
  errors: { directResult: true },
  complexity: {
    limit: ({ isMeasured }) => (isMeasured ? {} : LIMITS),
    defaultListMultiplier: LIST_MULTIPLIER,
    complexityError: (kind, size) => describeExcess(kind, size),
  },
  relay: {
    cursorType: 'String',
    nodesOnConnection: true,
    nodesQueryOptions: false,
    nodeQueryOptions: {
      description:
        'An object of the viewer’s own by its id, for administrators anybody’s; null for anything else.',
    },
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: decodeGlobalId,
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodeFieldOptions: { nullable: false },
  },
  prisma: {
    client: ({ core }) => core.db,
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
});

builder.queryType();
builder.mutationType();
builder.subscriptionType();
