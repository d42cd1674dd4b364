/**
 * What a check costs, and how long a revocation takes: `npm run bench`.
 *
 * The server runs in a process of its own, on an embedded PostgreSQL of its own.
 * Variants take turns within one run, and what counts is their ratio: a noisy
 * machine is noisy for all of them.
 */
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Answer, createHttpClient, signIn } from './http.ts';
import { quantile, report } from './report.ts';
import { startCurfew } from './server.ts';

const ROUNDS = 7;
const ROUND_MS = 1000;
const CONCURRENCY = 32;
const REVOCATIONS = 200;

const { post, close } = createHttpClient(CONCURRENCY);

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

async function benchChecks(url: string): Promise<void> {
  const { authorization } = await signIn(post, url, 'signUp', 'checks@example.com');
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
  const laptop = await signIn(post, url, 'signUp', 'live@example.com');
  const delays = { answered: [] as number[], heard: [] as number[], closed: [] as number[] };
  for (let round = 0; round < REVOCATIONS; round++) {
    const phone = await signIn(post, url, 'signIn', 'live@example.com');
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

const server = await startCurfew({ DATABASE_URL: '' });
try {
  const { url } = server;
  report(`Node ${process.version} on ${process.platform} ${process.arch}\n`);
  await benchChecks(url);
  await benchRevocations(url);
} finally {
  close();
  await server.stop();
}
