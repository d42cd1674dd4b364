/** Who is behind an HTTP request, the same for GraphQL and for gateways. */
import type { IncomingMessage } from 'node:http';
import { type ContextSource, resumePresented } from '../context.ts';
import type { Client } from '../core.ts';
import type { Session } from '../db/generated/prisma/client.ts';
import { findPresentedToken, type PresentedToken } from './credentials.ts';
import { logFault } from './errors.ts';
import { requestIdOf } from './request-id.ts';

export interface Requester {
  client: Client;
  presented: PresentedToken | null;
  session: Session | null;
}

/** @throws when the database can't be asked, which the log tells. */
export async function findRequester(source: ContextSource, request: IncomingMessage): Promise<Requester> {
  const { core, cookies } = source;
  const presented = findPresentedToken(core.keys, cookies.session, request.headers);
  const client = source.describeClient(request);
  try {
    return { client, presented, session: await resumePresented(source, presented, client) };
  } catch (error) {
    logFault(core.log, requestIdOf(request), error);
    throw error;
  }
}
