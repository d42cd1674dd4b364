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

const UNKNOWN: Answer = { kind: 'unknown' };

/** Never rejects, and takes no longer than that, whatever `headers` and `fetch` do. */
export async function ask({ signal, ...sender }: Asker): Promise<Answer> {
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  signal.addEventListener('abort', abort);
  const givenUp = new Promise<Answer>((resolve) => {
    giveUp.signal.addEventListener('abort', () => resolve(UNKNOWN));
  });
  try {
    return await Promise.race([send(sender, giveUp.signal), givenUp]);
  } catch {
    return UNKNOWN;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

async function send(sender: Sender, signal: AbortSignal): Promise<Answer> {
  const response = await post(sender, { query: CHECK_SESSION }, { cache: 'no-store', signal });
  return response.ok ? readAnswer(await response.json()) : UNKNOWN;
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
  if (errors || !data) return UNKNOWN;
  const { currentSession, currentSessionEnd: end } = data;
  if (typeof currentSession?.id === 'string') return { kind: 'live', sessionId: currentSession.id };
  if (currentSession !== null) return UNKNOWN;
  return end ? { kind: 'ended', how: readSignedOut(end.reason, end.endedAt) } : { kind: 'nobody' };
}
