/** Asks the server over HTTP whether the session lives. Whatever is not its own clear answer is none. */
import { readSignedOut, type SignedOut } from './ends.ts';
import { CHECK_SESSION } from './operations.ts';

export type Answer =
  | { kind: 'live'; sessionId: string }
  | { kind: 'ended'; how: SignedOut }
  /** No session, and none that ended: signed out, or a token that was just replaced. */
  | { kind: 'nobody' }
  /** Offline, a server at fault, a proxy's page: it says nothing about the session. */
  | { kind: 'unknown' };

export interface Asker {
  /** Of the GraphQL endpoint; absolute. */
  endpoint: string;
  headers(): Promise<Record<string, string>>;
  fetch: typeof fetch | undefined;
  signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;

/** Never rejects. */
export async function ask({ endpoint, headers, fetch: send = fetch, signal }: Asker): Promise<Answer> {
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  signal.addEventListener('abort', abort);
  try {
    const response = await send(endpoint, {
      method: 'POST',
      headers: { accept: 'application/json', ...(await headers()), 'content-type': 'application/json' },
      body: JSON.stringify({ query: CHECK_SESSION }),
      cache: 'no-store',
      credentials: 'include',
      signal: giveUp.signal,
    });
    return response.ok ? readAnswer(await response.json()) : { kind: 'unknown' };
  } catch {
    return { kind: 'unknown' };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

interface Body {
  data?: {
    currentSession?: { id?: unknown } | null;
    currentSessionEnd?: { reason?: unknown; endedAt?: unknown } | null;
  } | null;
  errors?: unknown;
}

function readAnswer(body: unknown): Answer {
  const { data, errors } = (body ?? {}) as Body;
  if (errors || !data) return { kind: 'unknown' };
  const { currentSession, currentSessionEnd: end } = data;
  if (typeof currentSession?.id === 'string') return { kind: 'live', sessionId: currentSession.id };
  if (currentSession !== null) return { kind: 'unknown' };
  return end ? { kind: 'ended', how: readSignedOut(end.reason, end.endedAt) } : { kind: 'nobody' };
}
