/** Users of better-auth, written straight into its tables, with cookies as it signs them. */
import { createHmac, randomBytes } from 'node:crypto';
import { type Place, settle, withClient } from './database.ts';
import { USER_AGENTS } from './people.ts';
import type { RunningServer } from './server.ts';
import { fireAndCheck, type Shot } from './shot.ts';
import { type Stage, startPeer } from './stage.ts';

const SECRET = 'the secret of a peer in a bench, and of nothing else';

export interface BetterAuth {
  server: RunningServer;
  place: Place;
}

/** The place has its tables as soon as it has been started there once. */
export async function startBetterAuth(
  stage: Stage,
  place: Place,
  { cookieCache }: { cookieCache: boolean },
): Promise<BetterAuth> {
  const server = await startPeer(stage, 'better-auth', {
    DATABASE_URL: place.url,
    BETTER_AUTH_SECRET: SECRET,
    COOKIE_CACHE: cookieCache ? 'on' : 'off',
  });
  return { server, place };
}

export interface BetterAuthPerson {
  email: string;
  /** Of the first of the sessions. */
  cookie: string;
  tokens: string[];
}

export async function makeBetterAuthPeople(
  { address }: Place,
  count: number,
  sessions: number,
): Promise<BetterAuthPerson[]> {
  const people = Array.from({ length: count }, () => {
    const id = makeId();
    return { id, email: `${id.toLowerCase()}@example.com`, tokens: Array.from({ length: sessions }, makeId) };
  });
  const rows = people.flatMap(({ id, tokens }) =>
    tokens.map((token, index) => ({ id: makeId(), token, userId: id, agent: USER_AGENTS[index] })),
  );
  await withClient(address, async (client) => {
    await client.query(
      `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
       SELECT id, email, email, true, now(), now() FROM unnest($1::text[], $2::text[]) AS given(id, email)`,
      [people.map(({ id }) => id), people.map(({ email }) => email)],
    );
    await client.query(
      `INSERT INTO session (id, token, "userId", "userAgent", "ipAddress", "createdAt", "updatedAt", "expiresAt")
       SELECT id, token, user_id, agent, '127.0.0.1', now(), now(), now() + interval '7 days'
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS given(id, token, user_id, agent)`,
      [
        rows.map(({ id }) => id),
        rows.map(({ token }) => token),
        rows.map(({ userId }) => userId),
        rows.map(({ agent }) => agent),
      ],
    );
    await settle(client);
  });
  return people.map(({ email, tokens }) => ({ email, tokens, cookie: writeCookie(tokens[0] ?? '') }));
}

function makeId(): string {
  return randomBytes(24).toString('base64url').slice(0, 32);
}

function writeCookie(token: string): string {
  const signature = createHmac('sha256', SECRET).update(token).digest('base64');
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}

/** @param path below `/api/auth`. */
export function betterAuthShot({ server }: BetterAuth, path: string, cookie: string, body?: object): Shot {
  // It wants to be told where a POST comes from.
  const headers = { cookie, origin: server.url, 'content-type': 'application/json' };
  const url = `${server.url}/api/auth/${path}`;
  return body
    ? { method: 'POST', url, headers, body: JSON.stringify(body) }
    : { method: 'GET', url, headers: { cookie } };
}

/** The cookies of somebody who has asked once, and so carries what the cookie cache holds. */
export async function fillCookieCache(
  auth: BetterAuth,
  { cookie, email }: BetterAuthPerson,
): Promise<string> {
  const { headers } = await fireAndCheck(betterAuthShot(auth, 'get-session', cookie), [email]);
  const set = headers['set-cookie'] ?? [];
  return [cookie, ...set.flatMap((line) => line.split(';', 1)[0] ?? [])].join('; ');
}
