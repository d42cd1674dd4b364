/** A server of a test's own that speaks `graphql-transport-ws` as far as a watch needs it, until the test says otherwise. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { onCleanup } from '../cleanup.ts';
import { type Watched, watch } from './watching.ts';

export interface Message {
  type: string;
  id?: string;
  payload?: { query?: string };
}

export interface Conversation {
  socket: WebSocket;
  /** The ids of what was subscribed to, by the names of the operations. */
  ids: Map<string, string>;
  /** What came, such as `subscribe Own` and `complete Own`. */
  heard: string[];
  /** Text and bytes go as they are, anything else as JSON. */
  say(message: unknown): void;
}

export interface Peer {
  endpoint: string;
  conversations: Conversation[];
  /** How many upgrades it has been asked for. */
  upgrades: number;
}

export const SESSION_ID = 'session';

/** @returns true for what it has seen to itself. */
export type Answer = (conversation: Conversation, heard: string, nth: number) => boolean | undefined;

export async function startPeer(answer: Answer = () => false, refusal?: string): Promise<Peer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const peer: Peer = { endpoint: '', conversations: [], upgrades: 0 };
  http.on('upgrade', (request, stream, head) => {
    peer.upgrades++;
    stream.on('error', () => {});
    if (refusal === undefined) sockets.handleUpgrade(request, stream, head, converse);
    else stream.end(refusal);
  });

  function converse(socket: WebSocket): void {
    const conversation: Conversation = {
      socket,
      ids: new Map(),
      heard: [],
      say: (message) =>
        socket.send(
          typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
        ),
    };
    const nth = peer.conversations.push(conversation);
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      const heard = name(conversation, message);
      conversation.heard.push(heard);
      if (!answer(conversation, heard, nth)) behave(conversation, heard);
    });
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onCleanup(() => {
    for (const { socket } of peer.conversations) socket.terminate();
    http.closeAllConnections();
    http.close();
  });
  peer.endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
  return peer;
}

function name({ ids }: Conversation, { type, id = '', payload }: Message): string {
  if (type === 'subscribe') ids.set(payload?.query?.split(' ')[1] ?? '', id);
  const [operation] = [...ids].find(([, known]) => known === id) ?? [];
  return operation === undefined ? type : `${type} ${operation}`;
}

function behave(conversation: Conversation, heard: string): void {
  if (heard === 'connection_init') conversation.say({ type: 'connection_ack' });
  if (heard === 'ping') conversation.say({ type: 'pong' });
  if (heard === 'subscribe IdentifySocket') identify(conversation, SESSION_ID);
}

export function identify({ say, ids }: Conversation, sessionId: string): void {
  const id = ids.get('IdentifySocket');
  say({ type: 'next', id, payload: { data: { currentSession: { id: sessionId } } } });
  say({ type: 'complete', id });
}

/** A watch on such a server; checks over HTTP fail, unless told otherwise. */
export function watchPeer({ endpoint }: Peer, options: Parameters<typeof watch>[2] = {}): Watched {
  const fetch = () => Promise.reject(new TypeError('fetch failed'));
  return watch({ endpoint }, { headers: {} }, { webSocketImpl: WebSocket, fetch, ...options });
}
