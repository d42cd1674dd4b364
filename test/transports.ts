/** One operation in the same way over each transport, for promises that hold on all of them. */
import type { TestServer } from './server.ts';
import { connect, type Result } from './socket.ts';

export interface Operation {
  /** May be left out where another name is given. */
  query?: string;
  documentId?: unknown;
  extensions?: unknown;
  variables?: unknown;
  operationName?: string;
  headers?: Record<string, string>;
}

export interface Transport {
  name: string;
  /** @throws when what comes back is no GraphQL answer, or the socket is closed. */
  run(server: TestServer, operation: Operation): Promise<Result & { status: number }>;
}

async function post(
  server: TestServer,
  accept: string,
  { headers, ...params }: Operation,
): Promise<Response> {
  return fetch(server.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(params),
  });
}

const http: Transport = {
  name: 'HTTP',
  async run(server, operation) {
    const response = await post(server, 'application/json', operation);
    return { status: response.status, ...((await response.json()) as Result) };
  },
};

const sse: Transport = {
  name: 'SSE',
  async run(server, operation) {
    const response = await post(server, 'text/event-stream', operation);
    const text = await response.text();
    const data = /^event: next\ndata: (.*)$/m.exec(text)?.[1];
    if (data === undefined) throw new Error(`There is no event in ${response.status} ${text}`);
    return { status: response.status, ...(JSON.parse(data) as Result) };
  },
};

const webSocket: Transport = {
  name: 'WebSocket',
  async run(server, { query = '', variables, operationName, headers = {}, ...names }) {
    const socket = await connect(server, { headers });
    const result = await socket.run(query, variables, operationName, names);
    socket.ws.close();
    // What a socket answers is never a failure of HTTP.
    return { status: 200, ...result };
  },
};

export const transports = [http, sse, webSocket];
