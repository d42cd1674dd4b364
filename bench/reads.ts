/** Who am I, which sessions do I have, may I pass: what is asked again and again. */
import { createHmac } from 'node:crypto';
import {
  type BetterAuth,
  type BetterAuthPerson,
  betterAuthShot,
  fillCookieCache,
  makeBetterAuthPeople,
  startBetterAuth,
} from './better-auth.ts';
import { hold, type Row } from './contest.ts';
import { type Place, query } from './database.ts';
import { makePeople, type Person } from './people.ts';
import { quantile } from './report.ts';
import type { RunningServer } from './server.ts';
import { fireAndCheck, graphqlShot, type Shot } from './shot.ts';
import { clear, rateOf, type Stage, startOurs, startPeer } from './stage.ts';

const WHO_AM_I = '{ currentSession { id device { name } } viewer { email } }';
const MY_SESSIONS =
  '{ mySessions { nodes { id kind isCurrent device { name type } ipAddress createdAt lastActiveAt } } }';

/** Sessions of the user that is asked for. */
const SESSIONS = 5;

const MEMORY_OFF = { CURFEW_MEMORY_SESSIONS: '0' };

const ONE_READ = 'The peer reads one row of two columns; Curfew a session and its user.';
export const BOTH_IN_COOKIE =
  'The peer reads a cookie that it signed and looks nothing up: a revoked session goes on until the cookie is too old.';
const OTHER_API =
  'REST against GraphQL: the peer answers with all that it has, Curfew with what was asked for.';
const NOTHING_DONE = 'The peer checks nothing, parses nothing and looks nothing up: a ceiling.';
const SAME_TABLES = 'The peer counts, limits, logs and audits nothing, and verifies no signature.';

/** Offered to each for the latencies: a rate that none of them has trouble with. */
const OFFERED_PER_SECOND = 500;

interface Reading {
  shot: Shot;
  wanted: string[];
}

export const readingOf = {
  whoAmI: ({ url }: RunningServer, { cookie, email }: Person): Reading => ({
    shot: graphqlShot(url, { cookie }, WHO_AM_I),
    wanted: ['"currentSession":{"id":"', '"device":{"name":"', `"viewer":{"email":"${email}"}`],
  }),
  mySessions: ({ url }: RunningServer, { cookie, sessionIds }: Person): Reading => ({
    shot: graphqlShot(url, { cookie }, MY_SESSIONS),
    // Others may write the same ids with padding.
    wanted: ['"isCurrent":true', ...sessionIds.map((id) => `{"id":"${id}`)],
  }),
  getSession: (auth: BetterAuth, cookie: string, { email, tokens }: BetterAuthPerson): Reading => ({
    shot: betterAuthShot(auth, 'get-session', cookie),
    wanted: [`"token":"${tokens[0]}"`, `"email":"${email}"`],
  }),
};

/** Whoever is asked for, on both sides. */
export interface Cast {
  person: Person;
  place: Place;
  peerPerson: BetterAuthPerson;
  /** Who ask in turn, where each check is to read: those who ask for one session at once would share a read. */
  crowd: Person[];
  peerCrowd: BetterAuthPerson[];
}

/** More than there are connections. */
const CROWD = 100;

export async function makeCast(stage: Stage): Promise<Cast> {
  const crowd = await makePeople(stage.database, CROWD, { sessions: SESSIONS });
  const place = await stage.database.makeDatabase('better_auth', 'none');
  await startBetterAuth(stage, place, { cookieCache: false });
  await clear(stage);
  const peerCrowd = await makeBetterAuthPeople(place, CROWD, SESSIONS);
  const [person] = crowd;
  const [peerPerson] = peerCrowd;
  if (!person || !peerPerson) throw new Error('Nobody was made');
  return { person, place, peerPerson, crowd, peerCrowd };
}

/** A server that answers everything with what was answered to this. */
async function startEcho(
  stage: Stage,
  { shot, wanted }: Reading,
): Promise<Reading & { server: RunningServer }> {
  const { headers, text } = await fireAndCheck(shot, wanted);
  const { connection: _, 'keep-alive': __, date: ___, ...kept } = headers;
  const server = await startPeer(stage, 'node-http', { ANSWER: JSON.stringify({ headers: kept, text }) });
  return { server, shot: { ...shot, url: server.url }, wanted: [text] };
}

export async function benchWhoAmI(stage: Stage, { person, place, peerPerson }: Cast): Promise<Row[]> {
  const ours = await startOurs(stage, stage.database);
  const auth = await startBetterAuth(stage, place, { cookieCache: true });
  const stock = await startPeer(stage, 'stock', { DATABASE_URL: stage.database.url });
  const reading = readingOf.whoAmI(ours, person);
  const echo = await startEcho(stage, reading);
  const cached = readingOf.getSession(auth, await fillCookieCache(auth, peerPerson), peerPerson);
  const stockReading = readingOf.whoAmI(stock, person);
  const rows = await hold(
    {
      id: 'who-am-i',
      metrics: [{ name: 'who-am-I, warm', unit: '/s' }],
      ours: rateOf(stage, 'Curfew', ours, reading),
      peers: [
        {
          id: 'node-http',
          ...rateOf(stage, 'node:http POST, same bytes', echo.server, echo),
          goals: [0.65],
          unequal: NOTHING_DONE,
        },
        {
          id: 'better-auth-cookie-cache',
          ...rateOf(stage, 'better-auth get-session, cookie cache', auth.server, cached),
          goals: [15],
          unequal: `${BOTH_IN_COOKIE} ${OTHER_API}`,
        },
        {
          id: 'stock',
          ...rateOf(stage, 'stock Yoga + Pothos + Prisma', stock, stockReading),
          unequal: `${SAME_TABLES} It remembers nothing.`,
        },
      ],
    },
    stage.plan.rounds,
  );
  const offered = (name: string, server: Reading) => onTime(stage, name, server);
  const late = await hold(
    {
      id: 'who-am-i-latency',
      metrics: [
        { name: `who-am-I at ${OFFERED_PER_SECOND}/s, p50`, unit: 'ms' },
        { name: `who-am-I at ${OFFERED_PER_SECOND}/s, p99`, unit: 'ms' },
      ],
      ours: offered('Curfew', reading),
      peers: [
        { id: 'node-http', ...offered('node:http POST, same bytes', echo), unequal: NOTHING_DONE },
        {
          id: 'better-auth-cookie-cache',
          ...offered('better-auth get-session, cookie cache', cached),
          unequal: BOTH_IN_COOKIE,
        },
      ],
    },
    stage.plan.rounds,
  );
  await clear(stage);
  return [...rows, ...late];
}

/** Milliseconds from when each request was due, the next not waiting for it. */
function onTime({ loader, plan }: Stage, name: string, { shot, wanted }: Reading) {
  return {
    name,
    async check() {
      await fireAndCheck(shot, wanted);
    },
    async measure() {
      const job = { shots: [shot], wanted, perSecond: OFFERED_PER_SECOND, seconds: plan.seconds };
      const delays = await loader.run('fireOnTime', job);
      return { values: [quantile(delays, 0.5), quantile(delays, 0.99)], busy: null };
    },
  };
}

/** The same, asked by all of these in turn. */
function inTurn(reading: Reading, crowd: readonly { cookie: string }[]): Reading {
  return { ...reading, shot: { ...reading.shot, cookies: crowd.map(({ cookie }) => cookie) } };
}

export async function benchMemoryOff(
  stage: Stage,
  { person, place, peerPerson, crowd, peerCrowd }: Cast,
): Promise<Row[]> {
  const ours = await startOurs(stage, stage.database, MEMORY_OFF);
  const auth = await startBetterAuth(stage, place, { cookieCache: false });
  const stock = await startPeer(stage, 'stock', { DATABASE_URL: stage.database.url });
  const express = await startExpressSession(stage, crowd);
  const rows = await hold(
    {
      id: 'who-am-i-memory-off',
      metrics: [{ name: 'who-am-I, memory off', unit: '/s' }],
      ours: rateOf(stage, 'Curfew', ours, inTurn(readingOf.whoAmI(ours, person), crowd)),
      peers: [
        {
          id: 'better-auth',
          ...rateOf(
            stage,
            'better-auth get-session',
            auth.server,
            inTurn(readingOf.getSession(auth, peerPerson.cookie, peerPerson), peerCrowd),
          ),
          goals: [10],
          unequal: OTHER_API,
        },
        {
          id: 'express-session',
          ...rateOf(stage, 'express-session + connect-pg-simple', express.server, express),
          goals: [2],
          unequal: ONE_READ,
        },
        {
          id: 'stock',
          ...rateOf(
            stage,
            'stock Yoga + Pothos + Prisma',
            stock,
            inTurn(readingOf.whoAmI(stock, person), crowd),
          ),
          unequal: SAME_TABLES,
        },
      ],
    },
    stage.plan.rounds,
  );
  await clear(stage);
  return rows;
}

const EXPRESS_SECRET = 'the secret of another peer in a bench';

/** As connect-pg-simple's own table.sql has it. */
const EXPRESS_TABLE = `
  CREATE TABLE "session" ("sid" varchar PRIMARY KEY, "sess" json NOT NULL, "expire" timestamp(6) NOT NULL);
  CREATE INDEX "IDX_session_expire" ON "session" ("expire")`;

async function startExpressSession(
  stage: Stage,
  people: readonly Person[],
): Promise<Reading & { server: RunningServer }> {
  const { address, url } = await stage.database.makeDatabase('express_session', 'none');
  await query(address, EXPRESS_TABLE);
  const device = { name: 'Chrome on macOS' };
  const sessions = people.map(({ email }, index) => ({ id: `session-${index}-of-express`, email }));
  for (const { id, email } of sessions) {
    const sess = { cookie: { originalMaxAge: null, path: '/' }, email, device };
    await query(address, `INSERT INTO session VALUES ($1, $2, now() + interval '7 days')`, [id, sess]);
  }
  const server = await startPeer(stage, 'express-session', {
    DATABASE_URL: url,
    SESSION_SECRET: EXPRESS_SECRET,
  });
  const cookies = sessions.map(({ id }) => {
    const signature = createHmac('sha256', EXPRESS_SECRET).update(id).digest('base64').replace(/=+$/, '');
    return `connect.sid=${encodeURIComponent(`s:${id}.${signature}`)}`;
  });
  return {
    server,
    shot: { method: 'GET', url: `${server.url}/me`, headers: { cookie: cookies[0] ?? '' }, cookies },
    wanted: [`"currentSession":{"id":"${sessions[0]?.id}"`, `"viewer":{"email":"${sessions[0]?.email}"}`],
  };
}

export async function benchMySessions(stage: Stage, { person, place, peerPerson }: Cast): Promise<Row[]> {
  const ours = await startOurs(stage, stage.database);
  const auth = await startBetterAuth(stage, place, { cookieCache: false });
  const stock = await startPeer(stage, 'stock', { DATABASE_URL: stage.database.url });
  const list = {
    shot: betterAuthShot(auth, 'list-sessions', peerPerson.cookie),
    wanted: peerPerson.tokens.map((token) => `"token":"${token}"`),
  };
  const rows = await hold(
    {
      id: 'my-sessions',
      metrics: [{ name: `mySessions, ${SESSIONS} rows`, unit: '/s' }],
      ours: rateOf(stage, 'Curfew', ours, readingOf.mySessions(ours, person)),
      peers: [
        {
          id: 'better-auth',
          ...rateOf(stage, 'better-auth list-sessions', auth.server, list),
          goals: [8],
          unequal: `${OTHER_API} It parses no User-Agent; it hands the tokens themselves to the page.`,
        },
        {
          id: 'stock',
          ...rateOf(stage, 'stock Yoga + Pothos + Prisma', stock, readingOf.mySessions(stock, person)),
          unequal: `${SAME_TABLES} It remembers nothing.`,
        },
      ],
    },
    stage.plan.rounds,
  );
  await clear(stage);
  return rows;
}

export async function benchGateway(stage: Stage, { person }: Cast): Promise<Row[]> {
  const ours = await startOurs(stage, stage.database);
  const reading: Reading = {
    shot: { method: 'GET', url: new URL('/session', ours.url).href, headers: { cookie: person.cookie } },
    wanted: [`"userId":"${person.userId}","sessionId":"${person.sessionIds[0]}"`],
  };
  const echo = await startEcho(stage, reading);
  const rows = await hold(
    {
      id: 'gateway',
      metrics: [{ name: '/session, warm', unit: '/s' }],
      ours: rateOf(stage, 'Curfew', ours, reading),
      peers: [
        {
          id: 'node-http',
          ...rateOf(stage, 'node:http GET, same bytes', echo.server, echo),
          goals: [0.7],
          unequal: NOTHING_DONE,
        },
      ],
    },
    stage.plan.rounds,
  );
  await clear(stage);
  return rows;
}
