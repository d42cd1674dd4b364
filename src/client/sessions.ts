/** The sessions of the one who is signed in, over plain HTTP: the list of them, and how they are ended. */
import { post } from './post.ts';
import type { WatchOptions } from './watch.ts';

/** With `sessionId`, nothing is listed or ended for another session, whoever's the cookie is by now. */
export type Endpoint = Pick<WatchOptions, 'url' | 'headers' | 'fetch' | 'sessionId'>;

/** As `Session` of the server's schema; instants are ISO 8601. */
export interface SessionEntry {
  id: string;
  isCurrent: boolean;
  device: { name: string; type: string };
  ipAddress: string | null;
  createdAt: string;
  lastActiveAt: string;
}

/**
 * What came of ending sessions. `password-needed`: it is too long since the
 * password was given; have `confirmPassword` called, then try again. Nothing was ended.
 */
export type EndResult =
  | { kind: 'ended' }
  | { kind: 'password-needed'; message: string }
  | { kind: 'refused'; message: string };

export const LIST_SESSIONS =
  'query ListSessions { mySessions(first: 100) { nodes { id isCurrent device { name type } ipAddress createdAt lastActiveAt } } }';

export const REVOKE_SESSION =
  'mutation RevokeOne($id: ID!) { outcome: revokeSession(id: $id) { __typename ... on UserError { message } } }';

export const SIGN_OUT_EVERYWHERE =
  'mutation SignOutAll($keepCurrent: Boolean!) { outcome: signOutEverywhere(keepCurrent: $keepCurrent) { __typename ... on UserError { message } } }';

/** The server answered that it could not do it. */
export class RequestError extends Error {
  override name = 'RequestError';
  /** `extensions.code` of the first error, such as `UNAUTHENTICATED`; null for what is no answer of the server's. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

interface Body<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: unknown } }[];
}

/** @throws RequestError; whatever `fetch` throws. */
async function send<Data>({ sessionId, ...sender }: Endpoint, query: string, variables = {}): Promise<Data> {
  const headers = async () => ({
    ...(await sender.headers?.()),
    ...(sessionId !== undefined && { 'curfew-session': sessionId }),
  });
  const response = await post({ ...sender, headers }, { query, variables });
  const body = (await response.json().catch(() => null)) as Body<Data> | null;
  const [error] = body?.errors ?? [];
  if (error) {
    const code = error.extensions?.code;
    throw new RequestError(error.message, typeof code === 'string' ? code : null);
  }
  if (!body?.data) throw new RequestError(`The server answered with ${response.status}, and no data.`, null);
  return body.data;
}

/** The live ones, the current one first; at most 100. @throws RequestError; whatever `fetch` throws. */
export async function listSessions(endpoint: Endpoint): Promise<SessionEntry[]> {
  const { mySessions } = await send<{ mySessions: { nodes: SessionEntry[] } }>(endpoint, LIST_SESSIONS);
  return mySessions.nodes;
}

/** @throws RequestError; whatever `fetch` throws. Then it is not known whether it was ended. */
export function revokeSession(endpoint: Endpoint, id: string): Promise<EndResult> {
  return end(endpoint, REVOKE_SESSION, { id });
}

/** @throws RequestError; whatever `fetch` throws. Then it is not known whether they were ended. */
export function signOutEverywhere(endpoint: Endpoint, keepCurrent: boolean): Promise<EndResult> {
  return end(endpoint, SIGN_OUT_EVERYWHERE, { keepCurrent });
}

async function end(
  endpoint: Endpoint,
  query: string,
  variables: Record<string, unknown>,
): Promise<EndResult> {
  const { outcome } = await send<{ outcome: { __typename: string; message?: string } }>(
    endpoint,
    query,
    variables,
  );
  const { __typename: type, message = '' } = outcome;
  if (type === 'ReauthenticationRequiredError') return { kind: 'password-needed', message };
  return type.endsWith('Success') ? { kind: 'ended' } : { kind: 'refused', message };
}
