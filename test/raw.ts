/** Requests as bytes, for what no well-behaved client sends. */
import { connect, type Socket } from 'node:net';
import { onCleanup } from './cleanup.ts';
import type { TestServer } from './server.ts';

/** A TCP connection that keeps its own half open when the server ends its half. */
export async function openRaw(server: Pick<TestServer, 'url'>): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  // A server may well reset a connection that is full of nonsense.
  socket.on('error', () => socket.destroy());
  onCleanup(() => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** All that the server answers to these bytes until it ends the connection. */
export async function sendRaw(
  server: Pick<TestServer, 'url'>,
  ...parts: (string | Buffer)[]
): Promise<string> {
  const socket = await openRaw(server);
  for (const part of parts) socket.write(part);
  return readToEnd(socket);
}

/** All that comes from here on until the server ends the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await new Promise((resolve) => {
    socket.once('end', resolve);
    socket.once('close', resolve);
  });
  socket.destroy();
  return Buffer.concat(chunks).toString();
}

/** Headers of a request for a WebSocket. */
export const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': 13,
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': 'graphql-transport-ws',
};

/** An HTTP/1.1 request after which the server ends the connection. */
export function writeRequest(line: string, headers: Record<string, string | number>, body = ''): string {
  const fields = { Host: 'localhost', Connection: 'close', ...headers };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${head.join('')}\r\n${body}`;
}
