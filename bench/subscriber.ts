/** One device that listens for `sessionRevoked`, by hand rather than by a client library: there are thousands. */
import WebSocket from 'ws';

const SUBSCRIBE = JSON.stringify({
  type: 'subscribe',
  id: 'live',
  payload: { query: 'subscription { sessionRevoked { reason isCurrent } }' },
});
/** Asked behind the subscription and answered after it is attached, which nothing else tells. */
const ASK = JSON.stringify({ type: 'subscribe', id: 'ask', payload: { query: '{ __typename }' } });

interface Message {
  type: string;
  id?: string;
}

/** Each at the moment when it reaches the device. */
export interface Hearing {
  heard?(): void;
  closed?(code: number): void;
}

/** @returns the socket once it is subscribed. @throws when the server refuses any of it. */
export function openSubscriber(url: string, authorization: string, hearing: Hearing): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
    });
    socket.once('error', reject);
    socket.on('message', (data) => {
      const { type, id } = JSON.parse(String(data)) as Message;
      if (type === 'connection_ack') {
        socket.send(SUBSCRIBE);
        socket.send(ASK);
      } else if (type === 'error') {
        reject(new Error(`A subscriber was refused: ${data}`));
      } else if (id === 'live') {
        if (type === 'next') hearing.heard?.();
      } else if (id === 'ask' && type === 'complete') {
        resolve(socket);
      }
    });
    socket.once('close', (code) => {
      hearing.closed?.(code);
      reject(new Error(`A subscriber was closed with ${code}`));
    });
  });
}
