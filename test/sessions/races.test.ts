/** Many clients at once, and what must hold whoever wins. */
import { describe, expect, test, vi } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/global-id.ts';
import { Device, newEmail, PASSWORD, send, signIn, signUp } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import {
  ChangePassword,
  ConfirmPassword,
  MySessions,
  RevokeSession,
  SignIn,
  SignOut,
  SignOutEverywhere,
  Viewer,
} from '../operations.ts';
import { startTestServer } from '../server.ts';

const server = await startTestServer({ CURFEW_SESSION_LIMIT: '1000' });
const { core } = server;

async function isSignedIn(device: Device): Promise<boolean> {
  return (await device.ask(Viewer)).viewer !== null;
}

test('no sign-in survives a signOutEverywhere that it was before', async () => {
  for (let round = 0; round < 5; round++) {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const signIns = Array.from({ length: 8 }, () => signIn(server, email));
    await signIns[round % signIns.length];
    const { signOutEverywhere } = await laptop.ask(SignOutEverywhere, { keepCurrent: false });
    const devices = await Promise.all(signIns);
    const live = await Promise.all(devices.map(isSignedIn));
    const rows = await core.db.session.findMany({
      where: { user: { email } },
      orderBy: { createdAt: 'asc' },
    });
    const ended = rows.filter((row) => row.endedAt !== null);
    // Serial: all that began before the revocation ended with it, and it counted them all.
    expect(signOutEverywhere).toMatchObject({ revokedCount: ended.length });
    expect(live.filter(Boolean)).toHaveLength(rows.length - ended.length);
    const revokedAt = ended[0]?.endedAt ?? new Date(0);
    for (const row of rows) if (row.endedAt === null) expect(row.createdAt >= revokedAt).toBe(true);
  }
});

test('a token is never accepted once its revocation is answered, while many requests use it', async () => {
  for (let round = 0; round < 5; round++) {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const phone = await signIn(server, email);
    let answered = false;
    let acceptedAfter = 0;
    let accepted = 0;
    const hammer = Array.from({ length: 8 }, async () => {
      for (let request = 0; request < 200; request++) {
        const startedAfter = answered;
        // Cold as often as warm.
        if (request % 3 === 0) core.memory.doubt(core.memory.sessions().map(({ id }) => id));
        const signedIn = await isSignedIn(phone);
        if (signedIn) accepted++;
        if (signedIn && startedAfter) acceptedAfter++;
        if (startedAfter) return;
      }
    });
    await isSignedIn(phone);
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    answered = true;
    await Promise.all(hammer);
    expect(accepted).toBeGreaterThan(0);
    expect(acceptedAfter).toBe(0);
  }
});

test('a revoked session is refused while its read is still under way', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const { session, headers } = await sessionFactory.api().create(
    {},
    {
      transient: { core, userId: (await core.db.user.findUniqueOrThrow({ where: { email } })).id },
    },
  );
  const phone = new Device(server);
  Object.assign(phone.headers, headers);
  // A read that has its row, and has not come back.
  let comeBack = () => {};
  const stalled = new Promise<typeof session>((resolve) => {
    comeBack = () => resolve(session);
  });
  const read = core.memory.load(session.id, () => stalled);
  const request = phone.ask(Viewer);
  const id = encodeGlobalId('Session', session.id);
  await laptop.ask(RevokeSession, { id });
  comeBack();
  expect((await request).viewer).toBeNull();
  expect(await read).toBeNull();
  expect((await phone.ask(Viewer)).viewer).toBeNull();
});

describe.each(['100000', '0'])('with %s sessions remembered', async (remembered) => {
  const own = await startTestServer({ CURFEW_MEMORY_SESSIONS: remembered });

  /** Has the next use of a session written, and its answer on its way until it is let through. */
  function stallUse() {
    let answer = () => {};
    const written = new Promise<boolean>((resolve) => {
      answer = () => resolve(true);
    });
    // A remembered session is looked at twice: at once, and then in patience.
    vi.spyOn(own.core.activity, 'touch').mockReturnValueOnce(false).mockReturnValueOnce(false);
    const touch = vi.spyOn(own.core.activity, 'touchNow').mockReturnValueOnce(written);
    return { answer, underWay: () => vi.waitFor(() => expect(touch).toHaveBeenCalled(), { interval: 5 }) };
  }

  test('a revoked session is refused while its use is still being written', async () => {
    const email = newEmail();
    const laptop = await signUp(own, email);
    const phone = await signIn(own, email);
    await phone.ask(Viewer);
    const { answer, underWay } = stallUse();
    const request = phone.ask(Viewer);
    await underWay();
    await laptop.ask(RevokeSession, { id: phone.sessionId });
    answer();
    expect((await request).viewer).toBeNull();
  });

  test('so is a token that was replaced meanwhile, and the new one is not', async () => {
    const laptop = await signUp(own);
    const thief = new Device(own);
    Object.assign(thief.headers, laptop.headers);
    await thief.ask(Viewer);
    const { answer, underWay } = stallUse();
    const request = thief.ask(Viewer);
    await underWay();
    await laptop.ask(ConfirmPassword, { password: PASSWORD });
    answer();
    expect((await request).viewer).toBeNull();
    // As a process that hears of the new token only while that is already in use.
    const next = stallUse();
    const renewed = laptop.ask(Viewer);
    await next.underWay();
    own.core.memory.outdate(decodeGlobalId(laptop.sessionId).id);
    next.answer();
    expect((await renewed).viewer).not.toBeNull();
  });
});

test('ending a session from many places at once ends it once', async () => {
  const email = newEmail();
  const laptop = await signUp(server, email);
  const phone = await signIn(server, email);
  const [revoked, out] = await Promise.all([
    Promise.all(Array.from({ length: 10 }, () => laptop.ask(RevokeSession, { id: phone.sessionId }))),
    Promise.all(Array.from({ length: 10 }, () => phone.send(SignOut))),
  ]);
  const reasons = new Set(
    revoked.map(({ revokeSession }) =>
      revokeSession.__typename === 'RevokeSessionSuccess' ? revokeSession.session.endReason : revokeSession,
    ),
  );
  for (const { data, errors } of out) {
    if (data) reasons.add(data.signOut.session.endReason);
    else expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  expect(reasons.size).toBe(1);
  const { id: userId } = await core.db.user.findUniqueOrThrow({ where: { email } });
  const rows = await core.db.auditEvent.findMany({ where: { type: 'SESSION_ENDED', userId } });
  expect(rows).toHaveLength(1);
});

test('two sessions that revoke each other: one of them is too late', async () => {
  for (let round = 0; round < 5; round++) {
    const email = newEmail();
    const devices = [await signUp(server, email), await signIn(server, email)] as const;
    const answers = await Promise.all([
      devices[0].send(RevokeSession, { id: devices[1].sessionId }),
      devices[1].send(RevokeSession, { id: devices[0].sessionId }),
    ]);
    expect(
      answers.filter(({ data }) => data?.revokeSession?.__typename === 'RevokeSessionSuccess'),
    ).toHaveLength(1);
    expect(await core.db.session.count({ where: { user: { email }, endedAt: null } })).toBe(1);
  }
});

test('no sign-in slips past the session limit', async () => {
  const limited = await startTestServer({ CURFEW_SESSION_LIMIT: '3' });
  const email = newEmail();
  await signUp(limited, email);
  await Promise.all(Array.from({ length: 12 }, () => signIn(limited, email)));
  expect(await limited.core.db.session.count({ where: { endedAt: null } })).toBe(3);
  expect(await limited.core.db.session.count({ where: { endReason: 'EVICTED' } })).toBe(10);
});

test('no sign-in slips past the session limit that refuses', async () => {
  const limited = await startTestServer({
    CURFEW_SESSION_LIMIT: '3',
    CURFEW_SESSION_LIMIT_POLICY: 'reject',
  });
  const email = newEmail();
  await signUp(limited, email);
  const input = { email, password: PASSWORD, delivery: 'BEARER' as const };
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(limited, SignIn, { input })));
  const names = answers.map(({ data }) => data?.signIn.__typename);
  expect(names.filter((name) => name === 'SignInSuccess')).toHaveLength(2);
  expect(names.filter((name) => name === 'SessionLimitReachedError')).toHaveLength(6);
});

test('no sign-in with the old password survives a password change that it raced', async () => {
  for (let round = 0; round < 3; round++) {
    const email = newEmail();
    const laptop = await signUp(server, email);
    const input = { email, password: PASSWORD, delivery: 'BEARER' as const };
    const signIns = Array.from({ length: 6 }, () => send(server, SignIn, { input }));
    const { changePassword } = await laptop.ask(ChangePassword, {
      input: { currentPassword: PASSWORD, newPassword: 'quite another one' },
    });
    expect(changePassword.__typename).toBe('ChangePasswordSuccess');
    await Promise.all(signIns);
    const { mySessions } = await laptop.ask(MySessions, {});
    expect(mySessions.nodes.map((node) => node.id)).toEqual([laptop.sessionId]);
  }
});

test('one address signs up once, however often at once', async () => {
  const email = newEmail();
  const answers = await Promise.allSettled(Array.from({ length: 6 }, () => signUp(server, email)));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await core.db.user.count({ where: { email } })).toBe(1);
});

test('a failed transaction leaves nothing: no end, no event, no announcement', async () => {
  const own = await startTestServer();
  const email = newEmail();
  const laptop = await signUp(own, email);
  const phone = await signIn(own, email);
  await own.core.db
    .$executeRaw`ALTER TABLE audit_events ADD CONSTRAINT refuse CHECK (type <> 'SESSION_ENDED')`;
  const { errors } = await laptop.send(RevokeSession, { id: phone.sessionId });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect((await phone.ask(Viewer)).viewer).not.toBeNull();
  expect(await own.core.db.session.count({ where: { endedAt: null } })).toBe(2);
});
