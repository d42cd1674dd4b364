/** Signing in: what it takes beside its hash, and what it leaves to those who are signed in. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from '../src/accounts/passwords.ts';
import { betterAuthShot, fillCookieCache, startBetterAuth } from './better-auth.ts';
import { type Contender, hold, type Row, watchBusy } from './contest.ts';
import { makePeople } from './people.ts';
import { BOTH_IN_COOKIE, type Cast, readingOf } from './reads.ts';
import type { RunningServer } from './server.ts';
import { fireAndCheck, graphqlShot, type Shot } from './shot.ts';
import { clear, rateOf, type Stage, startOurs, startPeer } from './stage.ts';

/** Passwords that are to be hashed at once: as many as Node's pool has threads. */
const HASHERS = 4;

/** So many sign-ins go before the first round: there are too few in one for what they run to be compiled. */
const WARM_UP_ROUNDS = 5;

/** Who sign in at once, again and again, while others ask who they are. */
const FLOODERS = 16;
/** Before others ask, and after. */
const FLOOD_MARGIN_SECONDS = 0.5;

const PASSWORD = 'correct horse battery staple';

/** Live sessions of a user are limited; nobody signs in more often than that. */
const SIGN_INS_EACH = 8;

const SIGN_IN =
  'mutation ($input: SignInInput!) { signIn(input: $input) { ... on SignInSuccess { session { id } } } }';

export async function benchSignIns(stage: Stage, { person }: Cast): Promise<Row[]> {
  const { plan, database, loader } = stage;
  const count = plan.signIns;
  const inAll = count * (WARM_UP_ROUNDS + plan.signInRounds);
  const ours = await startOurs(stage, database);
  const passwordHash = await hashPassword(PASSWORD);
  const people = await makePeople(database, Math.ceil(inAll / SIGN_INS_EACH), {
    sessions: 1,
    passwordHash,
  });
  const argon2 = await startPeer(stage, 'argon2', { PASSWORD, PASSWORD_HASH: passwordHash });
  const signIns = Array.from({ length: SIGN_INS_EACH }, () => people)
    .flat()
    .map(({ email }) => graphqlShot(ours.url, {}, SIGN_IN, { input: { email, password: PASSWORD } }));
  const hash: Shot = { method: 'POST', url: argon2.url, headers: {} };
  const hashes = Array.from({ length: count }, () => hash);
  const timeOfEach = (
    name: string,
    server: RunningServer,
    take: () => Shot[],
    wanted: string[],
    probe: Shot,
  ) => ({
    name,
    async check() {
      await fireAndCheck(probe, []);
    },
    async warmUp() {
      const shots = Array.from({ length: WARM_UP_ROUNDS }, take).flat();
      await loader.run('drain', { shots, wanted, concurrency: HASHERS });
    },
    async measure() {
      const shots = take();
      const work = () => loader.run('drain', { shots, wanted, concurrency: HASHERS });
      const { done, busy } = await watchBusy(server.pid, (tookMs) => tookMs / 1000, work);
      return { values: [done / shots.length], busy };
    },
  });
  const asked = graphqlShot(ours.url, { cookie: person.cookie }, '{ currentSession { id } }');
  const rows = await hold(
    {
      id: 'sign-in',
      metrics: [{ name: `sign-in, ${HASHERS} at once, time of each`, unit: 'ms' }],
      ours: timeOfEach('Curfew', ours, () => signIns.splice(0, count), ['"session":{"id":"'], asked),
      peers: [
        {
          id: 'argon2id',
          ...timeOfEach('argon2id alone', argon2, () => hashes, ['"matches":true'], hash),
          goals: [1.15],
          unequal: 'The peer looks nobody up, limits nothing and writes nothing: a ceiling.',
        },
      ],
    },
    plan.signInRounds,
  );
  await clear(stage);
  return rows;
}

export async function benchAmongSignIns(stage: Stage, { person, place, peerPerson }: Cast): Promise<Row[]> {
  const ours = await startOurs(stage, stage.database);
  const auth = await startBetterAuth(stage, place, { cookieCache: true });
  const passwordHash = await hashPassword(PASSWORD);
  const people = await makePeople(stage.database, FLOODERS, { sessions: 1, passwordHash });
  const signIns = people.map(({ email }) =>
    graphqlShot(ours.url, {}, SIGN_IN, { input: { email, password: PASSWORD } }),
  );
  const peerSignIns = people.map(({ email }) =>
    betterAuthShot(auth, 'sign-in/email', '', { email, password: PASSWORD }),
  );
  for (const { email } of people) {
    const account = { name: email, email, password: PASSWORD };
    await fireAndCheck(betterAuthShot(auth, 'sign-up/email', '', account), [email]);
  }
  const warm = rateOf(stage, 'Curfew', ours, readingOf.whoAmI(ours, person));
  const cached = readingOf.getSession(auth, await fillCookieCache(auth, peerPerson), peerPerson);
  const rows = await hold(
    {
      id: 'among-sign-ins',
      metrics: [{ name: `who-am-I, warm, while ${FLOODERS} sign in`, unit: '/s' }],
      ours: among(stage, warm, { shots: signIns, wanted: ['"session":{"id":"'] }),
      peers: [
        {
          id: 'better-auth-cookie-cache',
          ...among(stage, rateOf(stage, 'better-auth get-session, cookie cache', auth.server, cached), {
            shots: peerSignIns,
            wanted: ['"token":"'],
          }),
          unequal: `${BOTH_IN_COOKIE} It hashes passwords with scrypt, of 32 MiB.`,
        },
        { id: 'quiet', ...warm, name: 'Curfew, while nobody does' },
      ],
    },
    stage.plan.rounds,
  );
  await clear(stage);
  return rows;
}

/** As many as there are shots sign in meanwhile. */
function among(
  { loader, plan }: Stage,
  contender: Contender,
  { shots, wanted }: { shots: Shot[]; wanted: string[] },
): Contender {
  const seconds = Math.max(plan.seconds, 1) + 2 * FLOOD_MARGIN_SECONDS;
  return {
    ...contender,
    async measure() {
      const flood = loader.run('flood', { shots, wanted, seconds });
      await sleep(FLOOD_MARGIN_SECONDS * 1000);
      const [sample] = await Promise.all([contender.measure(), flood]);
      return sample;
    },
  };
}
