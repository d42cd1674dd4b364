/**
 * The account of the demo: ten weeks of a person's sign-ins, told by the
 * domain's own functions on a clock that goes through them. So its sessions and
 * its audit trail fit together, as if all of it had happened.
 */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Counters, countElsewhere } from '../../src/accounts/counters.ts';
import { changeLanguage } from '../../src/accounts/language.ts';
import { changePassword, confirmPassword } from '../../src/accounts/reauthenticate.ts';
import { changeRole } from '../../src/accounts/roles.ts';
import { signIn } from '../../src/accounts/sign-in.ts';
import { signUp } from '../../src/accounts/sign-up.ts';
import { createThrottles } from '../../src/accounts/throttle.ts';
import { UserMemory } from '../../src/accounts/user-memory.ts';
import type { Place } from '../../src/commands/database.ts';
import { loadConfig } from '../../src/config.ts';
import type { Core } from '../../src/core.ts';
import { InvalidCredentialsError } from '../../src/errors.ts';
import { loadLanguages } from '../../src/i18n/languages.ts';
import { announce, createBus } from '../../src/live/bus.ts';
import { Outbox } from '../../src/mail/outbox.ts';
import { createMetrics } from '../../src/metrics.ts';
import { Activity } from '../../src/sessions/activity.ts';
import { deriveDeviceKeys } from '../../src/sessions/device-id.ts';
import { type Asker, endLapsed, revokeSession, signOut, signOutEverywhere } from '../../src/sessions/end.ts';
import { endAnySession, endUserSessions } from '../../src/sessions/end-others.ts';
import { SessionMemory } from '../../src/sessions/memory.ts';
import { Sightings } from '../../src/sessions/sightings.ts';
import { deriveSigningKeys, TokenReader } from '../../src/sessions/token.ts';
import { createStoryClock, type StoryClock } from './clock.ts';
import { type DemoDevice, makeDevices, ON_THE_WAY } from './devices.ts';
import { copyAll, withStage } from './stage.ts';

/** Who ends a session from the outside; gone when the story is over. */
const SUPPORT_EMAIL = 'support@demo.curfew.example';

const FIRST_PASSWORD = 'the first password of the demo';
const WRONG_PASSWORD = 'not the password of the demo';

/** Far more than a story needs, and counted apart: whoever signs in to it later has all of their tries. */
const SIGN_IN_LIMIT = { tries: 1000, windowMs: 1000 };
const ownCounters: Counters = {
  create: ({ tries, windowMs }) =>
    countElsewhere(new RateLimiterMemory({ points: tries, duration: windowMs / 1000 })),
  close() {},
};

export interface DemoAccount {
  email: string;
  password: string;
}

/** Makes the account anew: what it had is ended, told to whoever listens, and gone. Nobody else's is touched. */
export async function makeDemoAccount(place: Place, { email, password }: DemoAccount): Promise<void> {
  const present = await openCore(place);
  try {
    await withStage(async (stage) => {
      const story = createStoryClock(place.clock.now());
      const past = await openCore({ ...stage, clock: story });
      try {
        await tell(past.core, story, { email, password });
        await remove(past.core, SUPPORT_EMAIL);
      } finally {
        await past.close();
      }
      await remove(present.core, email);
      await copyAll(stage.db, place.db);
    });
  } finally {
    await present.close();
  }
}

async function remove(core: Core, email: string): Promise<void> {
  const user = await core.db.user.findUnique({ where: { email } });
  if (!user) return;
  const service = { kind: 'SERVICE', name: 'seed', client: { ipAddress: null, userAgent: null } } as const;
  await endUserSessions(core, service, user.id);
  await core.db.user.delete({ where: { id: user.id } });
}

/** What the domain works with, without a server. Nobody gets the tokens that it makes, and nobody is mailed. */
async function openCore({ db, query, inTransaction, clock }: Place) {
  const { policy } = loadConfig({});
  const log = pino({ level: 'silent' });
  const metrics = createMetrics();
  const secrets = [randomBytes(32).toString('base64')];
  const keys = deriveSigningKeys(secrets);
  // It tells, and never listens.
  const bus = createBus({ query, log, metrics, postgres: () => Promise.reject(), redis: null });
  const core: Core = {
    db,
    query,
    inTransaction,
    // Nobody asks with a token, or for a list.
    lookUp: () => Promise.resolve(null),
    listFirst: () => Promise.resolve([]),
    policy,
    keys,
    tokens: new TokenReader(keys, 0),
    deviceKeys: deriveDeviceKeys(secrets),
    memory: new SessionMemory(0, () => false),
    users: new UserMemory(db, 0, () => false),
    activity: new Activity(db, clock, log, policy.idleTimeoutMs),
    sightings: new Sightings({ db, query, clock, log }),
    bus,
    throttles: createThrottles(SIGN_IN_LIMIT, ownCounters),
    outbox: new Outbox({ db, clock, log, metrics, mailer: null, languages: await loadLanguages() }),
    clock,
    metrics,
    log,
  };
  const close = async () => {
    await core.activity.close();
    await core.sightings.close();
    await bus.close();
  };
  return { core, close };
}

/** A session of the story. */
interface Visit extends DemoDevice {
  id: string;
}

async function tell(core: Core, clock: StoryClock, { email, password }: DemoAccount): Promise<void> {
  const { moveTo } = clock;
  const devices = makeDevices();
  let current = FIRST_PASSWORD;

  const enter = async (device: DemoDevice, replaced: Visit | null = null): Promise<Visit> => {
    const place = { ...device, hasDeviceCookie: true, presented: null, replaceId: replaced?.id ?? null };
    const { session } = await signIn(core, { email, password: current }, place);
    return { ...device, id: session.id };
  };
  const findSession = (visit: Visit) => core.db.session.findUniqueOrThrow({ where: { id: visit.id } });
  const use = async (visit: Visit) => {
    const session = await findSession(visit);
    if (!core.activity.touch(session)) await core.activity.touchNow(session);
    await core.activity.flush();
  };
  const ask = async (visit: Visit): Promise<Asker> => {
    await use(visit);
    return { session: await findSession(visit), client: visit.client };
  };
  const mistype = async (device: DemoDevice) => {
    const place = { ...device, hasDeviceCookie: false, presented: null, replaceId: null };
    await signIn(core, { email, password: WRONG_PASSWORD }, place).catch((error: unknown) => {
      if (!(error instanceof InvalidCredentialsError)) throw error;
    });
  };

  moveTo({ days: 75 });
  const first = { ...devices.oldLaptop, presented: null, replaceId: null };
  const { session } = await signUp(core, { email, password: current, language: null }, first);
  const oldLaptop: Visit = { ...devices.oldLaptop, id: session.id };
  moveTo({ days: 74, hours: 3 });
  const oldPhone = await enter(devices.oldPhone);
  moveTo({ days: 70 });
  await use(oldPhone);
  moveTo({ days: 66, hours: 5 });
  const atLibrary = await enter(devices.library);
  moveTo({ days: 66, hours: 4 });
  await signOut(core, await ask(atLibrary));
  moveTo({ days: 63 });
  await use(oldLaptop);
  // The old phone went into a drawer.
  moveTo({ days: 55, hours: 23, minutes: 59 });
  await endLapsed(core, { ids: [oldPhone.id], limit: 1 });
  moveTo({ days: 54 });
  await use(oldLaptop);
  moveTo({ days: 52 });
  const report = await enter(devices.report);
  moveTo({ days: 49, hours: 7 });
  const backend = { kind: 'SERVICE', name: 'fraud-check', client: devices.report.client } as const;
  await endAnySession(core, backend, report.id);
  moveTo({ days: 46 });
  await use(oldLaptop);
  moveTo({ days: 44, hours: 23, minutes: 59 });
  await endLapsed(core, { ids: [oldLaptop.id], limit: 1 });

  moveTo({ days: 44, hours: 20 });
  const firstLaptop = await enter(devices.laptop);
  moveTo({ days: 43 });
  await changeLanguage(core, await ask(firstLaptop), 'en');
  moveTo({ days: 40 });
  const firstTablet = await enter(devices.tablet);
  moveTo({ days: 33 });
  await use(firstLaptop);
  moveTo({ days: 32, hours: 6 });
  await enter(devices.phone, firstTablet);
  moveTo({ days: 31, hours: 4 });
  await enter(devices.library);
  moveTo({ days: 31, hours: 1 });
  await confirmPassword(core, await ask(firstLaptop), current);
  await signOutEverywhere(core, await ask(firstLaptop), true);

  moveTo({ days: 30, hours: 2 });
  const secondPhone = await enter(devices.phone);
  moveTo({ days: 28 });
  const firstWorkstation = await enter(devices.workstation);
  moveTo({ days: 25 });
  await endBySupport(core, firstWorkstation);
  for (const minutes of [9, 8]) {
    moveTo({ days: 20, minutes });
    await mistype(devices.stranger);
  }
  moveTo({ days: 19, hours: 22 });
  const input = { currentPassword: current, newPassword: password };
  await changePassword(core, await ask(firstLaptop), input);
  current = password;
  moveTo({ days: 19, hours: 21 });
  core.sightings.seeRefused(await findSession(secondPhone), 'ENDED', devices.phone.client);
  await core.sightings.flush();

  moveTo({ days: 19, hours: 20 });
  const phone = await enter(devices.phone);
  moveTo({ days: 18 });
  const workstation = await enter(devices.workstation);
  moveTo({ days: 14, hours: 23, minutes: 59 });
  await signOut(core, await ask(firstLaptop));
  moveTo({ days: 14, hours: 22 });
  const laptop = await enter(devices.laptop);
  moveTo({ days: 12 });
  const tablet = await enter(devices.tablet);
  moveTo({ days: 9 });
  const backups = await enter(devices.backups);
  moveTo({ days: 7 });
  await use(workstation);
  await use(phone);
  moveTo({ days: 6, hours: 3 });
  const meetingRoom = await enter(devices.meetingRoom);
  moveTo({ days: 6, hours: 2, minutes: 10 });
  await confirmPassword(core, await ask(workstation), current);
  await revokeSession(core, await ask(workstation), meetingRoom.id);
  moveTo({ days: 3 });
  await use(tablet);
  moveTo({ days: 1, hours: 2 });
  await use(workstation);
  moveTo({ hours: 5 });
  await use(backups);
  moveTo({ hours: 2, minutes: 26 });
  await signOut(core, await ask(laptop));
  moveTo({ hours: 2, minutes: 25 });
  const laptopNow = await enter(devices.laptop);
  for (const minutes of [7, 6]) {
    moveTo({ hours: 2, minutes });
    await mistype(devices.stranger);
  }
  // Soon after the laptop, and from elsewhere; more than an hour ago, or whoever signs in next would be marked, too.
  moveTo({ hours: 2, minutes: 5 });
  await enter(devices.stranger);
  moveTo({ hours: 1 });
  core.sightings.seeMoved(await findSession(phone), { ...phone.client, ipAddress: ON_THE_WAY });
  await core.sightings.flush();
  moveTo({ minutes: 40 });
  await use(laptopNow);
  moveTo({ minutes: 2 });
  await use(phone);
}

/** An administrator comes, ends it, and goes. */
async function endBySupport(core: Core, { id }: Visit): Promise<void> {
  const client = { ipAddress: '192.0.2.10', userAgent: null };
  const place = { client, kind: 'API', deviceId: null, presented: null, replaceId: null } as const;
  const password = randomBytes(32).toString('base64');
  const { session } = await signUp(core, { email: SUPPORT_EMAIL, password, language: null }, place);
  await changeRole({ ...core, announce }, SUPPORT_EMAIL, 'ADMIN');
  await endAnySession(core, { kind: 'ADMINISTRATOR', asker: { session, client } }, id);
}
