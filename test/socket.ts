/** A bare client of `graphql-transport-ws`: it sends what a test says, right or wrong, and keeps what comes back. */
import WebSocket from 'ws';
import { onCleanup } from './cleanup.ts';
import type { GraphQLAnswer } from './device.ts';
import type { TestServer } from './server.ts';

export interface Message {
  type: string;
  id?: string;
  payload?: unknown;
}

export interface Closed {
  code: number;
  reason: string;
}

export type Result = Pick<GraphQLAnswer<Record<string, unknown>>, 'data' | 'errors'>;

export interface OpenOptions {
  headers?: Record<string, string>;
  /** None is asked for when empty. */
  protocol?: string;
}

export interface ConnectOptions extends OpenOptions {
  /** The payload of `connection_init`; any JSON, since a test may send the wrong one. */
  params?: unknown;
}

export class Socket {
  readonly ws: WebSocket;
  /** Settles when the server has closed the socket. */
  readonly closed: Promise<Closed>;
  readonly #messages: Message[] = [];
  #waiting: ((message: Message) => void) | null = null;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (this.#waiting) this.#waiting(message);
      else this.#messages.push(message);
      this.#waiting = null;
    });
    this.closed = new Promise((resolve) => {
      ws.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /** Text and bytes go as they are, anything else as JSON. */
  send(message: unknown): void {
    this.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  subscribe(
    id: string,
    query: string,
    variables?: unknown,
    operationName?: string,
    others: Record<string, unknown> = {},
  ): void {
    this.send({ type: 'subscribe', id, payload: { query, variables, operationName, ...others } });
  }

  /** The oldest message not taken yet. @throws when the socket is closed before there is one. */
  async next(): Promise<Message> {
    const message = this.#messages.shift();
    if (message) return message;
    return Promise.race([
      new Promise<Message>((resolve) => {
        this.#waiting = resolve;
      }),
      this.closed.then(({ code, reason }) => {
        throw new Error(`The socket was closed with ${code} ${reason}`);
      }),
    ]);
  }

  /** One operation to its first answer; nothing else may be under way. */
  async run(
    query: string,
    variables?: unknown,
    operationName?: string,
    others?: Record<string, unknown>,
  ): Promise<Result> {
    this.subscribe('run', query, variables, operationName, others);
    const { type, payload } = await this.next();
    if (type === 'error') return { data: undefined, errors: payload as Result['errors'] };
    const { type: end } = await this.next();
    if (type !== 'next' || end !== 'complete') throw new Error(`There came ${type}, then ${end}`);
    return payload as Result;
  }
}

/** A socket that has not sent `connection_init`. @throws when the upgrade is refused, with its status. */
export async function open(
  server: Pick<TestServer, 'socketEndpoint'>,
  { headers = {}, protocol = 'graphql-transport-ws' }: OpenOptions = {},
): Promise<Socket> {
  const ws = new WebSocket(server.socketEndpoint, protocol ? [protocol] : [], { headers });
  onCleanup(() => ws.terminate());
  const socket = new Socket(ws);
  await new Promise((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  return socket;
}

/** A socket that the server has acknowledged. */
export async function connect(
  server: Pick<TestServer, 'socketEndpoint'>,
  { params, ...options }: ConnectOptions = {},
): Promise<Socket> {
  const socket = await open(server, options);
  socket.send({ type: 'connection_init', payload: params });
  const { type } = await socket.next();
  if (type !== 'connection_ack') throw new Error(`There came ${type} instead of connection_ack`);
  return socket;
}
