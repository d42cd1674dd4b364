/** Who asks, made in the same way for a request and for each operation on a socket. */
import type { IncomingMessage } from 'node:http';
import type { ServiceKey } from './config.ts';
import type { Client, Core } from './core.ts';
import type { Session } from './db/generated/prisma/client.ts';
import { ForbiddenError, UnauthenticatedError } from './errors.ts';
import type { CookieJar, CookieNames, PresentedToken } from './http/credentials.ts';
import type { Languages } from './i18n/languages.ts';
import type { Translator } from './i18n/translator.ts';
import type { Connection, Hub } from './live/hub.ts';
import { nameServiceKey } from './service-keys.ts';
import { type Administrator, type Authority, isAdministrator, type Service } from './sessions/authority.ts';
import type { Asker } from './sessions/end.ts';
import type { SessionEnd } from './sessions/policy.ts';
import { findEndOfToken, resumeSession } from './sessions/resume.ts';

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
  /** What the request carries, good or not. */
  presented: PresentedToken | null;
  /** The trusted backend behind the request, by its service key; never along with a session. */
  service: { name: string } | null;
  languages: Languages;
  /** The one that is asked for; null for none that there is. Looked for when a text is asked for. */
  language(): string | null;
  /** The Set-Cookie header of a session’s token, for a backend to pass on. */
  writeCookie(token: string): string;
  /** The same operation was found to be small enough before, whatever its variables are. */
  isMeasured?: boolean;
}

/** What all requests share, and how to tell a device by one. */
export interface ContextSource {
  core: Core;
  hub: Hub;
  cookies: CookieNames;
  /** The value of a Set-Cookie header that carries a browser's token. */
  writeCookie(token: string): string;
  serviceKeys: readonly ServiceKey[];
  languages: Languages;
  describeClient(request: IncomingMessage): Client;
}

/** The live session of a token that was presented. @throws when the database can't be asked. */
export function resumePresented(
  { core }: ContextSource,
  presented: PresentedToken | null,
  client: Client,
): Session | null | Promise<Session | null> {
  if (!presented || presented.kind === 'SERVICE') return null;
  // A browser's token is good in its cookie alone, and a Bearer token in a header alone.
  const ofKind = (session: Session | null) => (session?.kind === presented.kind ? session : null);
  const resumed = resumeSession(core, presented.claim, client);
  return resumed instanceof Promise ? resumed.then(ofKind) : ofKind(resumed);
}

/** The trusted backend whose key was presented; null for a key that is not known, and for anything else. */
export function findService(
  { serviceKeys }: ContextSource,
  presented: PresentedToken | null,
): { name: string } | null {
  const name = presented?.kind === 'SERVICE' ? nameServiceKey(serviceKeys, presented.key) : null;
  return name === null ? null : { name };
}

/** For texts in the answer. */
export function translatorOf({ languages, language }: Context): Translator {
  return languages.translatorOf(language());
}

/** @throws UnauthenticatedError when there is no live session. */
export function requireAsker({ session, client }: Context): Asker {
  if (!session) throw new UnauthenticatedError();
  return { session, client };
}

/** @throws ForbiddenError when it is no trusted backend. */
export function requireService({ service, client }: Context): Service {
  if (!service) throw new ForbiddenError();
  return { kind: 'SERVICE', name: service.name, client };
}

/** Whether it is one is looked at where it acts. @throws UnauthenticatedError when there is no live session. */
export function requireAdministrator(context: Context): Administrator {
  return { kind: 'ADMINISTRATOR', asker: requireAsker(context) };
}

/** Whoever of the two asks. @throws UnauthenticatedError */
export function requireAuthority(context: Context): Authority {
  return context.service ? requireService(context) : requireAdministrator(context);
}

/** Of one operation, each with a context of its own; never of a session, which may lose it. */
const administrators = new WeakMap<Context, Promise<boolean>>();

/** Whether an administrator asks: read at most once for an operation. */
export async function isByAdministrator(context: Context): Promise<boolean> {
  const { core, session } = context;
  if (!session) return false;
  const known = administrators.get(context) ?? isAdministrator(core, session);
  administrators.set(context, known);
  return known;
}

/** Of one operation, which may ask under many aliases. */
const ends = new WeakMap<Context, Promise<SessionEnd | null>>();

/** How the session behind the request ended; null while there is a live one, and where its token tells of none. */
export async function findPresentedEnd(context: Context): Promise<SessionEnd | null> {
  const { core, session, presented } = context;
  if (session || !presented || presented.kind === 'SERVICE') return null;
  const known = ends.get(context) ?? findEndOfToken(core, presented.claim, presented.kind);
  ends.set(context, known);
  return known;
}
