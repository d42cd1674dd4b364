/**
 * What a check costs, and how long a revocation takes: `npm run bench`.
 *
 * The server runs in a process of its own, on an embedded PostgreSQL of its own.
 * Variants take turns within one run, and what counts is their ratio: a noisy
 * machine is noisy for all of them.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const ROUNDS = 7;
const ROUND_MS = 1000;
const CONCURRENCY = 32;
const REVOCATIONS = 200;

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });

interface Answer {
  data?: Record<string, Record<string, unknown>>;
  errors?: unknown;
}

function post(url: string, query: string, authorization = ''): Promise<Answer> {
  const body = JSON.stringify({ query });
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(authorization ? { authorization } : {}),
      },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve(JSON.parse(text) as Answer));
      response.once('error', reject);
    });
    outgoing.end(body);
  });
}

async function signIn(url: string, field: 'signUp' | 'signIn', email: string) {
  const success = field === 'signUp' ? 'SignUpSuccess' : 'SignInSuccess';
  const answer = await post(
    url,
    `mutation { ${field}(input: {email: "${email}", password: "correct horse", delivery: BEARER}) {
      ... on ${success} { token session { id } } } }`,
  );
  const { token, session } = answer.data?.[field] ?? {};
  if (typeof token !== 'string') throw new Error(JSON.stringify(answer));
  return { authorization: `Bearer ${token}`, id: (session as { id: string }).id };
}

/** Requests in a second, by as many clients as `CONCURRENCY`. */
async function measureRate(send: () => Promise<Answer>): Promise<number> {
  const start = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() - start < ROUND_MS) {
        const { errors } = await send();
        if (errors) throw new Error(JSON.stringify(errors));
        count++;
      }
    }),
  );
  return (count * 1000) / (performance.now() - start);
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

async function benchChecks(url: string): Promise<void> {
  const { authorization } = await signIn(url, 'signUp', 'checks@example.com');
  const variants: Record<string, () => Promise<Answer>> = {
    'no session, no check ({ __typename })': () => post(url, '{ __typename }'),
    'signed in, warm ({ __typename })': () => post(url, '{ __typename }', authorization),
    'signed in, warm ({ currentSession { id } })': () =>
      post(url, '{ currentSession { id } }', authorization),
    'one read of the database ({ viewer { id } })': () => post(url, '{ viewer { id } }', authorization),
  };
  const rates = new Map(Object.keys(variants).map((name) => [name, [] as number[]]));
  for (const [, send] of Object.entries(variants)) await measureRate(send);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, send] of Object.entries(variants)) rates.get(name)?.push(await measureRate(send));
  }
  const base = quantile([...rates.values()][0] ?? [], 0.5);
  report(`Requests per second, ${CONCURRENCY} at once, median of ${ROUNDS} rounds in turn`);
  for (const [name, values] of rates) {
    const median = quantile(values, 0.5);
    report(`  ${name.padEnd(48)} ${median.toFixed(0).padStart(7)}   × ${(median / base).toFixed(2)}`);
  }
}

/** From the moment the mutation is sent: when it is answered, the event heard, the socket closed. */
async function benchRevocations(url: string): Promise<void> {
  const laptop = await signIn(url, 'signUp', 'live@example.com');
  const delays = { answered: [] as number[], heard: [] as number[], closed: [] as number[] };
  for (let round = 0; round < REVOCATIONS; round++) {
    const phone = await signIn(url, 'signIn', 'live@example.com');
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: phone.authorization },
    });
    let closedAt = 0;
    const closed = new Promise<void>((resolve) => {
      client.on('closed', () => {
        closedAt = performance.now();
        resolve();
      });
    });
    const events = client.iterate({ query: 'subscription { sessionRevoked { isCurrent } }' });
    const event = events.next();
    // The second subscription is answered after the first one is attached.
    await client.iterate({ query: '{ __typename }' }).next();
    const sentAt = performance.now();
    const revoke = async () => {
      await post(url, `mutation { revokeSession(id: "${phone.id}") { __typename } }`, laptop.authorization);
      delays.answered.push(performance.now() - sentAt);
    };
    const answered = revoke();
    await event;
    delays.heard.push(performance.now() - sentAt);
    await closed;
    delays.closed.push(closedAt - sentAt);
    await answered;
  }
  report(`\nMilliseconds from sending revokeSession, ${REVOCATIONS} times    p50     p99`);
  for (const [name, values] of Object.entries(delays)) {
    const cells = [0.5, 0.99].map((q) => quantile(values, q).toFixed(1).padStart(7));
    report(`  ${name.padEnd(48)} ${cells.join(' ')}`);
  }
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

const dataDir = await mkdtemp(join(tmpdir(), 'curfew-bench-'));
await chmod(dataDir, 0o711);
const server = fork(new URL('../dist/main.js', import.meta.url), {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  env: {
    ...process.env,
    PORT: '0',
    DATABASE_URL: '',
    CURFEW_DATA_DIR: dataDir,
    CURFEW_SIGN_IN_LIMIT: '100000/3m',
    LOG_LEVEL: 'warn',
  },
});
try {
  let banner = '';
  server.stdout?.setEncoding('utf8');
  const url = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
    server.stdout?.on('data', (text: string) => {
      banner += text;
      const match = /http:\S+\/graphql/.exec(banner);
      if (match) resolve(match[0]);
    });
  });
  report(`Node ${process.version} on ${process.platform} ${process.arch}\n`);
  await benchChecks(url);
  await benchRevocations(url);
} finally {
  agent.destroy();
  if (server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true });
}
