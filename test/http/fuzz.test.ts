/**
 * Twenty thousand hostile credentials, requests, operations and sockets, made up
 * anew in each run. Whatever comes in: no 5xx, no crash, nothing in the log as a
 * fault of the server's, nobody signed in by what is nearly a token, nothing of
 * anybody shown to others, and good requests are answered in between.
 *
 * The seed is printed, and in the message of a failure; `FUZZ_SEED` runs it again.
 */
import { Agent, request } from 'node:http';
import { Writable } from 'node:stream';
import fc, { type Arbitrary } from 'fast-check';
import { print } from 'graphql';
import { pino } from 'pino';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { BEARER_PREFIX } from '../../src/http/credentials.ts';
import { makeServiceKey } from '../../src/service-keys.ts';
import { deriveSigningKeys, makeSecret, writeToken } from '../../src/sessions/token.ts';
import { Device, PASSWORD } from '../device.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { openRawWebSocket, writeFrame, writeText } from '../frames.ts';
import { hostileConversation } from '../hostile/conversations.ts';
import { carried, cookieHeader, mutatedToken } from '../hostile/credentials.ts';
import { hostileCursor, hostileId, hostileVariables, mutatedDocument } from '../hostile/operations.ts';
import { hostileRequest } from '../hostile/requests.ts';
import { headerText, json, seldom } from '../hostile/text.ts';
import * as operations from '../operations.ts';
import { openRaw, readToEnd, writeRequest } from '../raw.ts';
import { startTestServer } from '../server.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`The fuzz runs with FUZZ_SEED=${seed}\n`);

/** Sent at once. */
const BATCH = 100;
const AT_LEAST = 20_000;
/** For a machine that is busy with other things; a test takes some seconds by itself. */
const TIMEOUT_MS = 240_000;
/** A connection that is kept for more by mistake is ended by us, as clients do. */
const PATIENCE_MS = 3000;

const faults: string[] = [];
const log = new Writable({
  write(line, _encoding, done) {
    faults.push(String(line));
    done();
  },
});
const keepFault = (fault: unknown) => void faults.push(String((fault as Error | undefined)?.stack ?? fault));
process.on('unhandledRejection', keepFault);
process.on('uncaughtExceptionMonitor', keepFault);

const backend = makeServiceKey('shop');
const server = await startTestServer(
  {
    CURFEW_TRUSTED_PROXIES: '127.0.0.1',
    CURFEW_SIGN_IN_LIMIT: '100000/3m',
    CURFEW_SERVICE_KEYS: backend.setting,
  },
  { log: pino({ level: 'error' }, log) },
);
const { core } = server;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
let cases = 0;

afterAll(() => {
  agent.destroy();
  process.off('unhandledRejection', keepFault);
  process.off('uncaughtExceptionMonitor', keepFault);
});

/** Somebody who does nothing wrong, and of whom nobody else may see anything. */
async function settle() {
  const user = await userFactory.create({}, { transient: { db: core.db } });
  const owned = { transient: { core, userId: user.id } };
  const api = await sessionFactory.api().create({}, owned);
  const browser = await sessionFactory.create({}, owned);
  const ended = await sessionFactory.ended().create({}, owned);
  const device = new Device(server);
  Object.assign(device.headers, api.headers);
  const { viewer } = await device.ask(operations.Viewer);
  const { mySessions } = await device.ask(operations.MySessions, {});
  await device.ask(operations.ConfirmPassword, { password: PASSWORD });
  const { myAuditEvents } = await device.ask(operations.MyAuditEvents, {});
  const nodes = [viewer, ...mySessions.nodes, ...myAuditEvents.nodes];
  return {
    device,
    /** Good ones, as the header or the cookie carries them: confirming the password gave a new one. */
    tokens: [device.headers['authorization']?.slice(`Bearer ${BEARER_PREFIX}`.length) ?? '', browser.token],
    /** Good ones once. */
    spent: [api.token, ended.token],
    sessionId: api.session.id,
    ids: nodes.map((node) => node?.id ?? ''),
    cursors: [...mySessions.edges, ...myAuditEvents.edges].map(({ cursor }) => cursor),
    /** What shows that an answer has something of theirs in it. */
    marks: [user.email ?? '', user.id, ...nodes.map((node) => node?.id ?? '')],
  };
}

const people = [await settle(), await settle()];
const genuine = people.flatMap(({ tokens }) => tokens);
const ids = people.flatMap((person) => person.ids);
const cursors = people.flatMap((person) => person.cursors);

/** Tokens that are none: nearly good ones, those that were good once, and some with a good mac and nothing else. */
const worthless = fc.oneof(
  { weight: 8, arbitrary: mutatedToken(genuine) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...people.flatMap(({ sessionId, spent }) => [
        ...spent,
        writeToken(core.keys, sessionId, makeSecret()),
        writeToken(core.keys, '00000000-0000-0000-0000-000000000000', makeSecret()),
        writeToken(deriveSigningKeys(['another secret, of another server']), sessionId, makeSecret()),
      ]),
    ),
  },
);

/** The one who attacks: has an account too, and sessions that their own operations may end. */
const attacker = await userFactory.create({}, { transient: { db: core.db } });
const startAttack = () => sessionFactory.api().create({}, { transient: { core, userId: attacker.id } });
let attack = await startAttack();

/** Nothing of anybody is in an answer whose question didn't have a token of theirs whole. */
function expectNothingOfOthers(question: string, answer: string): void {
  for (const { tokens, marks } of people) {
    if (tokens.some((token) => question.includes(token))) continue;
    for (const mark of marks) expect(answer).not.toContain(mark);
  }
}

async function expectWell(): Promise<void> {
  for (const { device, ids } of people) {
    const { viewer } = await device.ask(operations.Viewer);
    expect(viewer?.id).toBe(ids[0]);
  }
  expect(faults).toEqual([]);
}

/** @param check rejects for what must not be; the message has the case in it, and the seed. */
async function fuzz<Case>(
  arbitrary: Arbitrary<Case>,
  count: number,
  check: (input: Case) => Promise<void>,
): Promise<void> {
  const batches = fc.array(arbitrary, { minLength: BATCH, maxLength: BATCH });
  const property = fc.asyncProperty(batches, async (batch) => {
    const checks = batch.map((input) =>
      check(input).catch((cause: unknown) => {
        throw new Error(`${show(input)}\n${(cause as Error).message}`, { cause });
      }),
    );
    const failed = (await Promise.allSettled(checks)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    cases += batch.length;
    await expectWell();
    attack = await startAttack();
  });
  // A batch shrinks slowly, and the case that failed is shown by itself.
  const { failed, errorInstance } = await fc.check(property, {
    seed,
    numRuns: Math.ceil(count / BATCH),
    endOnFailure: true,
  });
  if (failed)
    throw new Error(`With FUZZ_SEED=${seed}: ${(errorInstance as Error).message}`, { cause: errorInstance });
}

function show(input: unknown): string {
  return JSON.stringify(input, (_key, value: unknown) =>
    isBytes(value) ? Buffer.from(value.data).toString('latin1') : value,
  );
}

/** As `JSON.stringify` hands a Buffer on. */
function isBytes(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data);
}

/** A subscription is refused, and would go on for ever as an event stream. */
const JSON_ALONE = { 'content-type': 'application/json', accept: 'application/json' };

interface Answer {
  status: number;
  text: string;
}

/** A request in good form, over a connection that is kept. */
function post(body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { ...JSON_ALONE, ...headers } };
    const sent = request(server.endpoint, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What holds for every answer. @returns it, read. */
async function ask(body: string, headers: Record<string, string>) {
  const { status, text } = await post(body, headers);
  expect(status).toBeLessThan(500);
  expectNothingOfOthers(`${JSON.stringify(headers)} ${body}`, text);
  // Node refuses a head that is too large by itself, in no words.
  const answer = (text === '' ? {} : JSON.parse(text)) as { data?: { viewer?: unknown } | null };
  return { status, text, answer };
}

const WHO = JSON.stringify({ query: '{ viewer { id email } currentSession { id } }' });
const NOBODY = { data: { viewer: null, currentSession: null } };

afterEach(async () => {
  await vi.waitFor(async () => {
    const metrics = await fetch(`${server.url}/metrics`).then((response) => response.text());
    expect(metrics).toMatch(/^curfew_sockets 0$/m);
  });
  expect(server.hub.countHeld()).toBe(0);
  expect(server.hub.countSubscribers()).toBe(0);
  await expectWell();
});

test(
  'a token that is nearly good signs nobody in',
  async () => {
    await fuzz(carried(worthless), 7000, async (headers) => {
      const { status, answer } = await ask(WHO, headers);
      expect({ status, answer }).toEqual({ status: 200, answer: NOBODY });
    });
  },
  TIMEOUT_MS,
);

test(
  'a good token in the wrong place signs nobody in',
  async () => {
    const misplaced = people.flatMap(({ tokens: [api = '', browser = ''] }) => [
      { authorization: `Bearer ${BEARER_PREFIX}${browser}` },
      { cookie: `session=${api}` },
      { cookie: `__Host-session=${browser}` },
      { authorization: `Bearer ${api}` },
      { 'x-authorization': `Bearer ${BEARER_PREFIX}${api}` },
      { 'set-cookie': `session=${browser}` },
    ]);
    const spelled = fc.tuple(
      fc.constantFrom(...misplaced),
      headerText.map((value) => value.trim()),
    );
    await fuzz(spelled, 500, async ([headers, noise]) => {
      const { status, answer } = await ask(WHO, { ...headers, 'x-noise': noise });
      expect({ status, answer }).toEqual({ status: 200, answer: NOBODY });
    });
  },
  TIMEOUT_MS,
);

test(
  'a service key that is nearly good is nobody’s',
  async () => {
    const [email = ''] = people[0]?.marks ?? [];
    const question = JSON.stringify({ query: `{ user(email: "${email}") { id } }` });
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    expect((await post(question, bearer(backend.key))).text).toContain('"id"');
    const nearly = fc
      .tuple(fc.nat({ max: backend.key.length - 1 }), fc.string({ unit: 'grapheme-ascii', maxLength: 3 }))
      .map(([at, other]) => backend.key.slice(0, at) + other + backend.key.slice(at + 1))
      .filter((key) => key.trim() !== backend.key);
    await fuzz(fc.oneof(nearly, worthless), 500, async (key) => {
      const { text } = await ask(question, bearer(key));
      expect(text).toContain('"UNAUTHENTICATED"');
    });
  },
  TIMEOUT_MS,
);

test(
  'of many cookies, only a good one of one person signs that person in',
  async () => {
    const tokens = people.map(({ tokens: [, browser = ''] }) => browser);
    await fuzz(cookieHeader(tokens), 3800, async (cookie) => {
      const { status, answer } = await ask(WHO, { cookie });
      const presented = tokens.filter((token) => cookie.includes(token));
      if (status === 200 && presented.length === 0) expect(answer).toEqual(NOBODY);
    });
  },
  TIMEOUT_MS,
);

const documents = Object.values(operations).map((document) => print(document));
/** The fragment is sent along with whatever spreads it. */
const whole = documents
  .filter((document) => !document.startsWith('fragment'))
  .map((document) =>
    document.includes('...SessionParts') && !document.includes('fragment SessionParts')
      ? `${document}\n${print(operations.SessionParts)}`
      : document,
  );

test(
  'documents that are nearly good are answered or refused',
  async () => {
    const id = fc.constantFrom(...ids);
    const sent = fc.tuple(mutatedDocument(whole), id, seldom(json), seldom(json));
    await fuzz(sent, 1800, async ([query, id, operationName, extensions]) => {
      const odd = [
        ...(operationName === null ? [] : [`"operationName":${operationName}`]),
        ...(extensions === null ? [] : [`"extensions":${extensions}`]),
      ];
      const members = [
        `"query":${JSON.stringify(query)}`,
        `"variables":{"id":"${id}","keepCurrent":true}`,
        ...odd,
      ];
      await ask(`{${members.join(',')}}`, attack.headers);
    });
  },
  TIMEOUT_MS,
);

const VARIABLES = {
  MySessions: ['first', 'after', 'last', 'before', 'status'],
  MyAuditEvents: ['first', 'after'],
  NodeById: ['id'],
  RevokeSession: ['id'],
  SignOutEverywhere: ['keepCurrent'],
} satisfies Partial<Record<keyof typeof operations, string[]>>;

/** Each one that passes for a password takes the processor some 30 ms, as it should. */
const PASSWORD_VARIABLES = {
  ConfirmPassword: ['password'],
  ChangePassword: ['input'],
  SignIn: ['input'],
  SignUp: ['input'],
} satisfies Partial<Record<keyof typeof operations, string[]>>;

test(
  'variables of any kind are taken or refused',
  async () => {
    const among = (named: Record<string, string[]>) => fc.constantFrom(...Object.entries(named));
    const operation = fc.oneof(
      { weight: 20, arbitrary: among(VARIABLES) },
      { weight: 1, arbitrary: among(PASSWORD_VARIABLES) },
    );
    const sent = operation.chain(([name, names]) => fc.tuple(fc.constant(name), hostileVariables(names)));
    await fuzz(sent, 1500, async ([name, variables]) => {
      const query = whole.find((document) => new RegExp(`^\\w+ ${name}\\b`).test(document));
      const { status } = await ask(
        `{"query":${JSON.stringify(query)},"variables":${variables}}`,
        attack.headers,
      );
      expect([200, 400]).toContain(status);
    });
  },
  TIMEOUT_MS,
);

test(
  'ids and cursors of others, and of nobody, show and end nothing',
  async () => {
    const sent = fc.oneof(
      hostileId(ids).map((id) => ({ query: '{ node(id: $id) { __typename id } }', type: 'ID!', id })),
      hostileId(ids).map((id) => ({ query: '{ revokeSession(id: $id) { __typename } }', type: 'ID!', id })),
      fc
        .tuple(
          fc.constantFrom('mySessions', 'myAuditEvents'),
          fc.constantFrom('after', 'before'),
          hostileCursor(cursors),
        )
        .map(([field, side, id]) => ({
          query: `{ ${field}(${side}: $id) { edges { cursor } nodes { id } } }`,
          type: 'String',
          id,
        })),
    );
    await fuzz(sent, 1700, async ({ query, type, id }) => {
      const kind = query.includes('revokeSession') ? 'mutation' : 'query';
      const body = JSON.stringify({ query: `${kind} ($id: ${type}) ${query}`, variables: { id } });
      const { status, answer } = await ask(body, attack.headers);
      expect(status).toBe(200);
      if (kind === 'mutation')
        expect(answer.data).toEqual({ revokeSession: { __typename: 'SessionNotFoundError' } });
      else if (query.includes('node(')) expect(answer.data ?? { node: null }).toEqual({ node: null });
    });
  },
  TIMEOUT_MS,
);

test(
  'requests of any bytes are answered or refused, and the connection ends',
  async () => {
    const credentials = carried(worthless).map((headers) =>
      Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\r\n'),
    );
    const bodies = [WHO, ...whole.map((query) => JSON.stringify({ query }))];
    const last = writeRequest('GET /health/live', {});
    await fuzz(hostileRequest(credentials, bodies), 1700, async ({ bytes, isTorn }) => {
      const socket = await openRaw(server);
      socket.write(bytes);
      if (isTorn) socket.end();
      else socket.write(last);
      // An upgrade that succeeds by accident would wait for frames.
      socket.once('data', (chunk) => String(chunk).includes(' 101 ') && socket.end());
      const impatience = setTimeout(() => socket.end(), PATIENCE_MS);
      const answer = await readToEnd(socket);
      clearTimeout(impatience);
      expect(answer).not.toMatch(/^HTTP\/1.1 5/m);
      if (!isTorn) expect(answer).toMatch(/^(HTTP\/1.1 \d{3} |$)/);
      expectNothingOfOthers(bytes.toString('latin1'), answer);
    });
  },
  TIMEOUT_MS,
);

test(
  'sockets that speak the protocol badly, or not at all, are answered or closed',
  async () => {
    // Made when a batch is: then there is one that is good.
    const own = fc.constant(null).map(() => attack.headers['authorization'] ?? '');
    const authorization = fc.oneof(
      worthless.map((token) => `Bearer ${BEARER_PREFIX}${token}`),
      own,
    );
    const sent = fc.record({
      headers: fc.oneof(
        carried(worthless),
        fc.constant({}),
        own.map((value) => ({ authorization: value })),
      ),
      conversation: hostileConversation(
        fc.oneof(fc.constantFrom(...whole), mutatedDocument(whole)),
        authorization,
      ),
    });
    await fuzz(sent, 1500, async ({ headers, conversation: { init, parts, isTorn } }) => {
      const { socket, messages, ended, hear } = await openRawWebSocket(server, headers);
      if (init !== null) {
        socket.write(writeText(init));
        await hear('"connection_ack"');
      }
      for (const part of parts) socket.write(part);
      if (isTorn) {
        socket.end();
      } else {
        // Nobody waits for what is under way, but this has gone through all of it.
        socket.write(writeText('{"type":"subscribe","id":"last","payload":{"query":"{ viewer { id } }"}}'));
        await hear('"last"');
        socket.write(writeFrame({ opcode: 8, payload: Buffer.alloc(0) }));
      }
      await ended;
      expectNothingOfOthers(
        `${JSON.stringify(headers)} ${init} ${Buffer.concat(parts)}`,
        messages.join('\n'),
      );
      expect(messages.join('\n')).not.toContain('INTERNAL_SERVER_ERROR');
    });
  },
  TIMEOUT_MS,
);

test(`there were at least ${AT_LEAST} cases`, () => {
  expect(cases).toBeGreaterThanOrEqual(AT_LEAST);
});
