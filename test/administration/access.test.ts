/** Who may do what: every operation on other people's accounts, as everybody who might try. */
import { print } from 'graphql';
import { describe, expect, test, vi } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { makeServiceKey } from '../../src/service-keys.ts';
import { signIn } from '../device.ts';
import {
  AuditEvents,
  ConfirmSession,
  DisableUser,
  EnableUser,
  EndAllSessions,
  EndSession,
  EndUserSessions,
  NodeById,
  StartSession,
  UserBy,
  UserSessions,
  Users,
  Viewer,
} from '../operations.ts';
import { startTestServer } from '../server.ts';
import { connect, type Socket } from '../socket.ts';
import { transports } from '../transports.ts';
import {
  type Account,
  makeAccount,
  makeAdministrator,
  makeStale,
  openShop,
  SHOP_KEY,
  SHOP_SETTINGS,
  setRole,
} from './askers.ts';

const PATIENT = { timeout: 20_000, interval: 5 };

const server = await startTestServer(SHOP_SETTINGS);
const { core } = server;
const victim = await makeAccount(server);
/** What nobody has: an operation that is allowed does no harm to the tests beside it. */
const NOBODY = '01a20000-0000-7000-8000-000000000000';
const userId = encodeGlobalId('User', NOBODY);
const sessionId = encodeGlobalId('Session', NOBODY);

interface Guarded {
  query: string;
  variables: Record<string, unknown>;
  /** Who may, and whether an administrator must have given the password lately. */
  may: readonly ('administrator' | 'service')[];
  asksForPassword: boolean;
}

const both = ['administrator', 'service'] as const;
const administrators = ['administrator'] as const;
const services = ['service'] as const;

/** By the names of their fields. */
const guarded: Record<string, Guarded> = {
  user: { query: print(UserBy), variables: { id: userId }, may: both, asksForPassword: false },
  users: { query: print(Users), variables: {}, may: administrators, asksForPassword: false },
  userSessions: { query: print(UserSessions), variables: { userId }, may: both, asksForPassword: false },
  auditEvents: { query: print(AuditEvents), variables: {}, may: administrators, asksForPassword: false },
  startSession: {
    query: print(StartSession),
    variables: { input: { userExternalId: '' } },
    may: services,
    asksForPassword: false,
  },
  confirmSession: {
    query: print(ConfirmSession),
    variables: { id: sessionId },
    may: services,
    asksForPassword: false,
  },
  endSession: { query: print(EndSession), variables: { id: sessionId }, may: both, asksForPassword: true },
  endUserSessions: { query: print(EndUserSessions), variables: { userId }, may: both, asksForPassword: true },
  disableUser: {
    query: print(DisableUser),
    variables: { userId },
    may: administrators,
    asksForPassword: true,
  },
  enableUser: { query: print(EnableUser), variables: { userId }, may: administrators, asksForPassword: true },
  // The last one: it ends all others.
  endAllSessions: {
    query: print(EndAllSessions),
    variables: { keepCurrent: true },
    may: administrators,
    asksForPassword: true,
  },
};

type Ask = (operation: Guarded) => Promise<{ data?: unknown; errors?: unknown }>;

/** The answer to each, by its name: a code for those refused, else the type of what came. */
async function askAll(ask: Ask): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(guarded)) {
    const { data, errors } = (await ask(operation)) as {
      data?: Record<string, { __typename?: string } | null> | null;
      errors?: { extensions: { code: string } }[];
    };
    answers[name] = errors?.[0]?.extensions.code ?? data?.[name]?.__typename ?? 'allowed';
  }
  return answers;
}

function expectOfAll(of: (operation: Guarded) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(guarded).map(([name, operation]) => [name, of(operation)]));
}

const refusedWith = (code: string) => expectOfAll(() => code);

/** What the operations come to for who may: nobody is there whom they are about. */
const OUTCOMES: Record<string, string> = {
  startSession: 'InvalidInputError',
  confirmSession: 'SessionNotFoundError',
  endSession: 'SessionNotFoundError',
  endUserSessions: 'UserNotFoundError',
  disableUser: 'UserNotFoundError',
  enableUser: 'UserNotFoundError',
  endAllSessions: 'EndAllSessionsSuccess',
};

const allowedFor = (who: 'administrator' | 'service') =>
  Object.fromEntries(
    Object.entries(guarded).map(([name, { may }]) => [
      name,
      may.includes(who) ? (OUTCOMES[name] ?? 'allowed') : 'FORBIDDEN',
    ]),
  );

function overHttp(account: Account): Ask {
  return ({ query, variables }) => account.device.send(query, variables);
}

describe.each(transports)('over $name', ({ run }) => {
  const askWith =
    (headers: Record<string, string>): Ask =>
    ({ query, variables }) =>
      run(server, { query, variables, headers });

  test('nobody who is not signed in', async () => {
    expect(await askAll(askWith({}))).toEqual(refusedWith('UNAUTHENTICATED'));
  });

  test('no ordinary user', async () => {
    expect(await askAll(askWith(victim.device.headers))).toEqual(refusedWith('FORBIDDEN'));
  });

  test('nobody with a key that is not known, or is one in part', async () => {
    const wrong = [
      makeServiceKey('shop').key,
      SHOP_KEY.slice(0, -1),
      `${SHOP_KEY}A`,
      SHOP_KEY.toUpperCase(),
      'cfs_',
      SHOP_SETTINGS.CURFEW_SERVICE_KEYS,
      // The hash is no key.
      `cfs_${SHOP_SETTINGS.CURFEW_SERVICE_KEYS.split(':')[1]}`,
    ];
    for (const key of wrong) {
      const answers = await askAll(askWith({ authorization: `Bearer ${key}` }));
      expect(answers).toEqual(refusedWith('UNAUTHENTICATED'));
    }
  });

  test('a service what is for services', async () => {
    const answers = await askAll(askWith({ authorization: `Bearer ${SHOP_KEY}` }));
    expect(answers).toEqual(allowedFor('service'));
  });

  test('a service is nobody who is signed in, even with a cookie beside its key', async () => {
    const { headers } = await makeCookieSession();
    const both = { ...headers, authorization: `Bearer ${SHOP_KEY}` };
    const { data } = await run(server, { query: '{ viewer { id } currentSession { id } }', headers: both });
    expect(data).toEqual({ viewer: null, currentSession: null });
    const { errors } = await run(server, { query: '{ mySessions { totalCount } }', headers: both });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

test('a service names itself in connectionParams too', async () => {
  const socket = await connect(server, { params: { authorization: `Bearer ${SHOP_KEY}` } });
  expect(await askAll(overSocket(socket))).toEqual(allowedFor('service'));
});

test('no administrator whose password was given too long ago changes anything', async () => {
  const admin = await makeAdministrator(server);
  await makeStale(core, admin);
  const answers = await askAll(overHttp(admin));
  const expected = Object.fromEntries(
    Object.entries(guarded).map(([name, { may, asksForPassword }]) => [
      name,
      asksForPassword
        ? 'ReauthenticationRequiredError'
        : may.includes('administrator')
          ? 'allowed'
          : 'FORBIDDEN',
    ]),
  );
  expect(answers).toEqual(expected);
});

test('nobody who is no administrator any more, between two requests on one socket', async () => {
  const admin = await makeAdministrator(server);
  const socket = await connect(server, { headers: admin.device.headers });
  const ask = overSocket(socket);
  expect(await ask(operation('users'))).toMatchObject({ data: { users: {} } });
  await setRole(core, admin.userId, 'USER');
  expect(await askAll(ask)).toEqual(refusedWith('FORBIDDEN'));
});

test('no administrator whose account is disabled, whatever session is left', async () => {
  const admin = await makeAdministrator(server);
  const socket = await connect(server, { headers: admin.device.headers });
  expect(await overSocket(socket)(operation('users'))).toMatchObject({ data: { users: {} } });
  await core.db.user.update({ where: { id: admin.userId }, data: { disabledAt: new Date() } });
  expect(await askAll(overSocket(socket))).toEqual(refusedWith('FORBIDDEN'));
  expect(await askAll(overHttp(admin))).toEqual(refusedWith('FORBIDDEN'));
});

test('no administrator who was demoted while the request waited for its lock', async () => {
  const admin = await makeAdministrator(server);
  const target = await makeAccount(server);
  let answer: Promise<{ errors: unknown }> | undefined;
  await core.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: admin.userId }, data: { role: 'USER' } });
    answer = admin.device.send(EndUserSessions, { userId: target.id });
    await untilWaiting();
  });
  expect((await answer)?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect((await target.device.ask(Viewer)).viewer).not.toBeNull();
});

test('administrators what is for administrators', async () => {
  const own = await startTestServer(SHOP_SETTINGS);
  const admin = await makeAdministrator(own);
  expect(await askAll(overHttp(admin))).toEqual(allowedFor('administrator'));
});

test('what is another’s is null by its id for ordinary users and services, and there for administrators', async () => {
  const ids = [victim.id, victim.device.sessionId, encodeGlobalId('AuditEvent', await findEvent(victim))];
  const stranger = await makeAccount(server);
  const admin = await makeAdministrator(server);
  for (const id of ids) {
    expect((await victim.device.ask(NodeById, { id })).node).toMatchObject({ id });
    expect((await stranger.device.ask(NodeById, { id })).node).toBeNull();
    expect((await openShop(server).ask(NodeById, { id })).node).toBeNull();
    expect((await admin.device.ask(NodeById, { id })).node).toMatchObject({ id });
  }
  await setRole(core, admin.userId, 'USER');
  for (const id of ids) expect((await admin.device.ask(NodeById, { id })).node).toBeNull();
});

function operation(name: string): Guarded {
  const found = guarded[name];
  if (!found) throw new Error(`There is no ${name}`);
  return found;
}

function overSocket(socket: Socket): Ask {
  return ({ query, variables }) => socket.run(query, variables);
}

async function findEvent({ userId }: Account): Promise<string> {
  const { id } = await core.db.auditEvent.findFirstOrThrow({ where: { userId } });
  return id;
}

async function makeCookieSession() {
  const { email } = await makeAccount(server);
  const device = await signIn(server, email, { delivery: 'COOKIE' });
  return { headers: device.headers };
}

/** Until a transaction of this database waits for a lock. */
function untilWaiting() {
  return vi.waitFor(async () => {
    const [row] = await core.db.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(row?.waiting).toBe(1);
  }, PATIENT);
}
