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

const REQUESTER = Symbol('requester');

type Asked = IncomingMessage & { [REQUESTER]?: Requester | Promise<Requester> };

/**
 * The same for all who ask about one request; at once when nothing has to be read.
 *
 * @throws when the database can't be asked, which the log tells.
 */
export function findRequester(source: ContextSource, request: Asked): Requester | Promise<Requester> {
  request[REQUESTER] ??= find(source, request);
  return request[REQUESTER];
}

function find(source: ContextSource, request: IncomingMessage): Requester | Promise<Requester> {
  const { core, cookies } = source;
  const presented = findPresentedToken(core.tokens, cookies.session, request.headers);
  const client = source.describeClient(request);
  const resumed = resumePresented(source, presented, client);
  if (!(resumed instanceof Promise)) return { client, presented, session: resumed };
  return resumed.then(
    (session) => ({ client, presented, session }),
    (error: unknown) => {
      logFault(core.log, requestIdOf(request), error);
      throw error;
    },
  );
}
