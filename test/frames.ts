/** A WebSocket as bytes (RFC 6455), for frames that no library would send. */
import type { Socket } from 'node:net';
import { openRaw, UPGRADE, writeRequest } from './raw.ts';
import type { TestServer } from './server.ts';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  opcode: number;
  payload: Buffer;
  /** The last one of its message. */
  fin?: boolean;
  /** The reserved bits, 0 to 7: nobody has agreed on a meaning for them. */
  reserved?: number;
  /** Clients must. */
  masked?: boolean;
  /** What the frame says of its length; the truth when left out. */
  length?: number;
}

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

export function writeFrame({
  opcode,
  payload,
  fin = true,
  reserved = 0,
  masked = true,
  length = payload.length,
}: Frame): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, MASK, payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0))]);
}

export function writeText(text: string): Buffer {
  return writeFrame({ opcode: OPCODES.text, payload: Buffer.from(text) });
}

/** The frames of a server, which masks none. @returns also what is left of a frame that is not whole yet. */
export function readFrames(bytes: Buffer): { frames: { opcode: number; text: string }[]; rest: Buffer } {
  const frames: { opcode: number; text: string }[] = [];
  let rest = bytes;
  while (true) {
    const short = rest[1];
    if (short === undefined) return { frames, rest };
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < start) return { frames, rest };
    const length =
      short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < start + length) return { frames, rest };
    frames.push({
      opcode: (rest[0] ?? 0) & 0xf,
      text: rest.subarray(start, start + length).toString(),
    });
    rest = rest.subarray(start + length);
  }
}

export interface RawWebSocket {
  socket: Socket;
  /** Text of all messages so far. */
  messages: string[];
  /** Settles when the server has closed it, cleanly or not. */
  ended: Promise<void>;
  /** Settles when a message has this in it, or the server has closed. */
  hear(part: string): Promise<void>;
}

/** An open WebSocket that answers a close frame as it should, and nothing else. @throws when the upgrade is refused. */
export async function openRawWebSocket(
  server: Pick<TestServer, 'url'>,
  headers: Record<string, string>,
): Promise<RawWebSocket> {
  const socket = await openRaw(server);
  socket.write(writeRequest('GET /graphql', { ...UPGRADE, ...headers }));
  const opening = await new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('close', () => reject(new Error('The upgrade was not answered')));
  });
  const end = opening.indexOf('\r\n\r\n');
  if (end < 0 || !/^HTTP\/1.1 101 /.test(String(opening))) throw new Error(`Not upgraded: ${opening}`);

  const messages: string[] = [];
  const listeners = new Set<() => void>();
  // The server may have sent a ping right after its answer.
  let unread: Buffer = opening.subarray(end + 4);
  socket.on('data', (chunk) => {
    const { frames, rest } = readFrames(Buffer.concat([unread, chunk]));
    unread = rest;
    for (const { opcode, text } of frames) {
      if (opcode === OPCODES.close) socket.end();
      if (opcode === OPCODES.text) messages.push(text);
    }
    for (const listener of listeners) listener();
  });
  const ended = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', resolve);
  }).finally(() => socket.destroy());
  const hear = (part: string) =>
    Promise.race([
      ended,
      new Promise<void>((resolve) => {
        const listener = () => {
          if (messages.some((message) => message.includes(part))) resolve();
        };
        listeners.add(listener);
        listener();
      }),
    ]);
  return { socket, messages, ended, hear };
}
