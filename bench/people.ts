/** Users with browsers, written straight into Curfew's tables. */
import { randomUUID } from 'node:crypto';
import { encodeGlobalId } from '../src/schema/global-id.ts';
import { deriveSigningKeys, hashSecret, makeSecret, writeToken } from '../src/sessions/token.ts';
import { type Place, SECRET, settle, withClient } from './database.ts';

/** As browsers send them; each session of a user has another, in turn. */
export const USER_AGENTS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
];

/** How Curfew names its cookie in production. */
export const COOKIE_NAME = '__Host-session';

export interface Person {
  email: string;
  userId: string;
  /** As the API names them. */
  sessionIds: string[];
  /** The header of the first of them. */
  cookie: string;
}

/** @param sessions how many each has; the first asks. */
export async function makePeople(
  { address }: Place,
  count: number,
  { sessions: each, passwordHash = 'none' }: { sessions: number; passwordHash?: string },
): Promise<Person[]> {
  const keys = deriveSigningKeys([SECRET]);
  const people = Array.from({ length: count }, () => {
    const id = randomUUID();
    const sessions = Array.from({ length: each }, (_, index) => ({
      id: randomUUID(),
      userId: id,
      secret: makeSecret(),
      userAgent: USER_AGENTS[index % USER_AGENTS.length],
    }));
    return { id, email: `${id}@example.com`, sessions };
  });
  const sessions = people.flatMap((person) => person.sessions);
  await withClient(address, async (client) => {
    await client.query(
      `INSERT INTO users (id, email, password_hash, created_at)
       SELECT id, email, $3, now() FROM unnest($1::uuid[], $2::text[]) AS given(id, email)`,
      [people.map(({ id }) => id), people.map(({ email }) => email), passwordHash],
    );
    await client.query(
      `INSERT INTO sessions (id, user_id, kind, secret_hash, user_agent, ip_address, last_ip_address,
                             created_at, last_active_at, confirmed_at, expires_at)
       SELECT id, user_id, 'BROWSER', hash, agent, '127.0.0.1', '127.0.0.1',
              now(), now(), now(), now() + interval '30 days'
       FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[]) AS given(id, user_id, hash, agent)`,
      [
        sessions.map(({ id }) => id),
        sessions.map(({ userId }) => userId),
        sessions.map(({ secret }) => Buffer.from(hashSecret(secret))),
        sessions.map(({ userAgent }) => userAgent),
      ],
    );
    await settle(client);
  });
  return people.map(({ id, email, sessions: own, sessions: [first] }) => ({
    email,
    userId: encodeGlobalId('User', id),
    sessionIds: own.map((session) => encodeGlobalId('Session', session.id)),
    cookie: first ? `${COOKIE_NAME}=${writeToken(keys, first.id, first.secret)}` : '',
  }));
}
