/** Who asks, made in the same way for a request and for each operation on a socket. */
import type { IncomingMessage } from 'node:http';
import type { Client, Core } from './core.ts';
import type { Session } from './db/generated/prisma/client.ts';
import { UnauthenticatedError } from './errors.ts';
import type { CookieJar, CookieNames, PresentedToken } from './http/credentials.ts';
import type { Connection, Hub } from './live/hub.ts';
import type { Asker } from './sessions/end.ts';
import { resumeSession } from './sessions/resume.ts';

export interface Context {
  core: Core;
  hub: Hub;
  client: Client;
  /** In the log with whatever goes wrong. */
  requestId: string;
  /** Null where no cookie can be set, as on a socket. */
  cookies: CookieJar | null;
  /** What carries the answer, for the hub to close. */
  connection: Connection;
  /** The live session behind the request. A sign-in within the request puts the new one here. */
  session: Session | null;
}

/** What all requests share, and how to tell a device by one. */
export interface ContextSource {
  core: Core;
  hub: Hub;
  cookies: CookieNames;
  describeClient(request: IncomingMessage): Client;
}

/** The live session of a token that was presented. @throws when the database can't be asked. */
export async function resumePresented(
  { core }: ContextSource,
  presented: PresentedToken | null,
  client: Client,
): Promise<Session | null> {
  const session = presented && (await resumeSession(core, presented.token, client));
  // A browser's token is good in its cookie alone, and a Bearer token in a header alone.
  return session?.kind === presented?.kind ? session : null;
}

/** @throws UnauthenticatedError when there is no live session. */
export function requireAsker({ session, client }: Context): Asker {
  if (!session) throw new UnauthenticatedError();
  return { session, client };
}
