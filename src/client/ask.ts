/** Asks the server over HTTP whether the session lives. Whatever is not its own clear answer is none. */
import { readSignedOut, type SignedOut } from './ends.ts';
import { CHECK_SESSION } from './operations.ts';
import { post, type Sender } from './post.ts';

export type Answer =
  | { kind: 'live'; sessionId: string }
  | { kind: 'ended'; how: SignedOut }
  /** No session, and none that ended: signed out, or a token that was just replaced. */
  | { kind: 'nobody' }
  /** Offline, a server at fault, a proxy's page: it says nothing about the session. */
  | { kind: 'unknown' };

export interface Asker extends Sender {
  signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;

/** Never rejects. */
export async function ask({ signal, ...sender }: Asker): Promise<Answer> {
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  signal.addEventListener('abort', abort);
  try {
    const patience: RequestInit = { cache: 'no-store', signal: giveUp.signal };
    const response = await post(sender, { query: CHECK_SESSION }, patience);
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
