/**
 * What isn't yours looks like what doesn't exist: each argument by which
 * somebody's objects may be found is given those of another user, and then some
 * that nobody has. The arguments are found in the schema, so that a new field
 * is tried without a word here; one that can't be is a failure.
 */
import { randomUUID } from 'node:crypto';
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/global-id.ts';
import { schema } from '../../src/schema/index.ts';
import { decodeCursor, encodeCursor } from '../../src/schema/pages.ts';
import { Device, newEmail, PASSWORD, send } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { ConfirmPassword, MyAuditEvents, MySessions, Viewer } from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer();
const { core } = server;

type Kind = 'id' | 'cursor' | 'email';

/** An argument, or a field of one that is an input object, by which something may be found. */
interface Opening {
  operation: 'query' | 'mutation';
  field: string;
  /** Such as `['input', 'replaceSessionId']`. */
  path: string[];
  kind: Kind;
}

function kindOf({ name, type }: GraphQLArgument | GraphQLInputField): Kind | null {
  const named = getNamedType(type).name;
  if (named === 'ID') return 'id';
  if (named !== 'String') return null;
  if (name === 'after' || name === 'before') return 'cursor';
  return /^email/.test(name) ? 'email' : null;
}

function findOpenings(
  argument: GraphQLArgument | GraphQLInputField,
  above: string[] = [],
): Pick<Opening, 'path' | 'kind'>[] {
  const path = [...above, argument.name];
  const type = getNamedType(argument.type);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((field) => findOpenings(field, path));
  }
  const kind = kindOf(argument);
  return kind === null ? [] : [{ path, kind }];
}

function openingsOf(operation: Opening['operation']): Opening[] {
  const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(type?.getFields() ?? {}).flatMap(({ name: field, args }) =>
    args.flatMap((argument) => findOpenings(argument).map((opening) => ({ operation, field, ...opening }))),
  );
}

/** That an email is taken is what signing up has to say; signing in with it is tried where it is limited. */
const openings = [...openingsOf('query'), ...openingsOf('mutation')].filter(
  ({ operation, kind }) => kind !== 'email' || operation === 'query',
);

/** What the other required arguments are given, where a value made up from their type would not do. */
const GIVEN: Record<string, (asker: Asker) => string> = {
  email: ({ email }) => email,
  password: () => PASSWORD,
  currentPassword: () => PASSWORD,
  newPassword: () => 'an altogether different password',
  userExternalId: () => randomUUID(),
};

function makeUp(name: string, type: GraphQLInputType, asker: Asker): unknown {
  if (isNonNullType(type)) return makeUp(name, type.ofType, asker);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) return fill(Object.values(type.getFields()), [], null, asker);
  if (GIVEN[name]) return GIVEN[name](asker);
  if (type.name === 'ID') return encodeGlobalId('Session', randomUUID());
  return { Boolean: true, Int: 1 }[type.name] ?? 'x';
}

/** The required ones, and the one at the path. */
function fill(
  members: readonly (GraphQLArgument | GraphQLInputField)[],
  [head, ...rest]: string[],
  value: unknown,
  asker: Asker,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const member of members) {
    const { name, type } = member;
    const named = getNamedType(type);
    if (name === head) {
      filled[name] = isInputObjectType(named)
        ? fill(Object.values(named.getFields()), rest, value, asker)
        : value;
    } else if (isNonNullType(type) && member.defaultValue === undefined) {
      filled[name] = makeUp(name, type, asker);
    }
  }
  return filled;
}

/**
 * All that can be asked of a type, objects within objects so deep. Those that members of a union have in
 * common are told apart: one may be null where another never is.
 */
function selectAll(output: GraphQLOutputType, depth: number, prefix = ''): string {
  const type = getNamedType(output);
  if (isLeafType(type)) return '';
  if (isAbstractType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((possible) => `... on ${possible.name} ${selectAll(possible, depth, `${possible.name}_`)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const chosen = fields
    .filter((field) => depth > 0 || isLeafType(getNamedType(field.type)))
    .map(({ name, type: of }) => {
      const selection = selectAll(of, depth - 1);
      return selection === '' ? name : `${prefix && `${prefix}${name}: `}${name} ${selection}`;
    });
  return `{ __typename ${chosen.join(' ')} }`;
}

function write({ operation, field }: Opening): string {
  const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  const definition = type?.getFields()[field];
  if (!definition) throw new Error(`There is no field ${field}`);
  const variables = definition.args.map(({ name, type: it }) => `$${name}: ${String(it)}`).join(', ');
  const args = definition.args.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${operation} (${variables}) { ${field}(${args}) ${selectAll(definition.type, 1)} }`;
}

function argumentsOf({ operation, field, path }: Opening, value: string, asker: Asker) {
  const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  const definition = type?.getFields()[field];
  const given = fill(definition?.args ?? [], path, value, asker);
  // A variable that is left out has the default of its argument only when that is written.
  for (const { name, defaultValue } of definition?.args ?? [])
    if (given[name] === undefined && defaultValue !== undefined) given[name] = defaultValue;
  return given;
}

interface Asker {
  email: string;
  headers: Record<string, string>;
}

/** Whoever asks has a session of their own for each question: some questions end it. */
const askers: Record<string, () => Promise<Asker>> = {
  'another user': async () => {
    const user = await userFactory.create({}, { transient: { db: core.db } });
    const { headers } = await sessionFactory.api().create({}, { transient: { core, userId: user.id } });
    return { email: user.email ?? '', headers };
  },
  'a user whose password was given too long ago': async () => {
    const user = await userFactory.create({}, { transient: { db: core.db } });
    const owned = { transient: { core, userId: user.id } };
    const { headers } = await sessionFactory.api().unconfirmed().create({}, owned);
    return { email: user.email ?? '', headers };
  },
  nobody: async () => ({ email: newEmail(), headers: {} }),
};

/** The owner of what is looked for: one session that is live, one that has ended, and a trail. */
async function settle() {
  const user = await userFactory.create({}, { transient: { db: core.db } });
  const owned = { transient: { core, userId: user.id } };
  // Where it is used from, so that nothing is written of a move.
  const here = { ipAddress: '127.0.0.1', lastIpAddress: '127.0.0.1' };
  const { headers } = await sessionFactory.api().create(here, owned);
  await sessionFactory.ended().create(here, owned);
  const device = new Device(server);
  Object.assign(device.headers, headers);
  await device.ask(ConfirmPassword, { password: PASSWORD });
  const { viewer } = await device.ask(Viewer);
  const live = (await device.ask(MySessions, {})).mySessions;
  const ended = (await device.ask(MySessions, { status: 'ENDED' })).mySessions;
  const trail = (await device.ask(MyAuditEvents, {})).myAuditEvents;
  const nodes = [viewer, ...live.nodes, ...ended.nodes, ...trail.nodes];
  const ids = nodes.map((node) => node?.id ?? '');
  const email = user.email ?? '';
  return {
    userId: user.id,
    found: {
      id: ids,
      cursor: [live, ended, trail].flatMap(({ edges }) => edges.map(({ cursor }) => cursor)),
      email: [email],
    } satisfies Record<Kind, string[]>,
    /** What would show that an answer has something of theirs in it. */
    marks: [email, ...ids, ...ids.map((id) => decodeGlobalId(id).id)],
  };
}

const MADE_UP: Record<Kind, (real: string) => string> = {
  id: (real) => encodeGlobalId(decodeGlobalId(real).typename, randomUUID()),
  cursor: (real) => encodeCursor({ ...decodeCursor(real), id: randomUUID() }),
  email: () => newEmail(),
};

/** All rows of a user, but for when they were last used. */
async function readRows(userId: string) {
  return {
    user: await core.db.user.findUniqueOrThrow({ where: { id: userId } }),
    sessions: await core.db.session.findMany({ where: { userId }, orderBy: { id: 'asc' } }),
    events: await core.db.auditEvent.findMany({ where: { userId }, orderBy: { id: 'asc' } }),
  };
}

/** An answer without what is new in each: ids, tokens, instants, and the email of whoever asked. */
function withoutNews(answer: unknown): unknown {
  const text = JSON.stringify(answer)
    .replaceAll(/"cfw_[\w-]+"/g, '"a token"')
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"an instant"')
    .replaceAll(/"[\w.+-]+@example\.com"/g, '"an email"')
    .replaceAll(/"((?:id|cursor|startCursor|endCursor)":)"[\w-]+"/g, '"$1"an id"');
  return JSON.parse(text);
}

let owner: Awaited<ReturnType<typeof settle>>;
beforeAll(async () => {
  owner = await settle();
});

async function ask(opening: Opening, value: string, makeAsker: () => Promise<Asker>) {
  const asker = await makeAsker();
  const variables = argumentsOf(opening, value, asker);
  const { data, errors } = await send(server, write(opening), variables, asker.headers);
  const text = JSON.stringify({ data, errors });
  for (const mark of owner.marks) expect(text).not.toContain(mark);
  return { data, errors };
}

/** The question was understood, and it was the object that was not to be had. */
function expectNotFound({ path }: Opening, { data, errors }: Awaited<ReturnType<typeof ask>>): void {
  for (const { extensions } of errors ?? []) {
    expect(['UNAUTHENTICATED', 'FORBIDDEN']).toContain(extensions?.['code']);
  }
  for (const result of Object.values(data ?? {}) as ({ __typename?: string; path?: string[] } | null)[]) {
    if (result?.__typename === 'InvalidInputError') expect(result.path).toEqual([path.at(-1)]);
    else
      expect(result?.__typename ?? 'null').toMatch(
        /^(null|\w+Connection|\w+NotFoundError|InvalidCredentialsError)$/,
      );
  }
}

describe.each(Object.entries(askers))('to %s', (_who, makeAsker) => {
  test.each(openings.map((opening) => [describeOpening(opening), opening] as const))(
    'what another user has looks like what nobody has, by %s',
    async (_name, opening) => {
      const before = await readRows(owner.userId);
      for (const real of owner.found[opening.kind]) {
        const ofOther = await ask(opening, real, makeAsker);
        const ofNobody = await ask(opening, MADE_UP[opening.kind](real), makeAsker);
        expectNotFound(opening, ofOther);
        expect(withoutNews(ofOther)).toEqual(withoutNews(ofNobody));
      }
      expect(await readRows(owner.userId)).toEqual(before);
    },
  );
});

function describeOpening({ field, path }: Opening): string {
  return `${field}(${path.join('.')})`;
}

test('the openings that there must be are among those found', () => {
  expect(openings.map(describeOpening)).toEqual(
    expect.arrayContaining([
      'node(id)',
      'mySessions(after)',
      'mySessions(before)',
      'myAuditEvents(after)',
      'myAuditEvents(before)',
      'revokeSession(id)',
      'signIn(input.replaceSessionId)',
      'auditEvents(filter.userId)',
      'user(id)',
      'user(email)',
      'userSessions(userId)',
      'confirmSession(id)',
      'disableUser(userId)',
      'enableUser(userId)',
      'endSession(id)',
      'endUserSessions(userId)',
    ]),
  );
});

test('nothing deeper in the schema, and no subscription, takes an id or a cursor', () => {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const others = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__') && !roots.includes(type),
  );
  const taking = others.flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields()).flatMap(({ name, args }) =>
          args
            .flatMap((argument) => findOpenings(argument))
            .map(({ path }) => `${type.name}.${name}(${path})`),
        )
      : [],
  );
  expect(taking).toEqual([]);
});

test('its owner finds each of them', async () => {
  expect(owner.found.id.length).toBeGreaterThan(3);
  const { headers } = await sessionFactory.api().create({}, { transient: { core, userId: owner.userId } });
  for (const id of owner.found.id) {
    const { data } = await send(server, `{ node(id: "${id}") { id } }`, undefined, headers);
    expect(data).toEqual({ node: { id } });
  }
});
