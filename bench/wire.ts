/**
 * A connection that carries requests written beforehand, one at a time, at the
 * least cost to whoever makes the load: its core is the database's too where
 * there are but two.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Hit, Shot } from './shot.ts';

type Answer = Pick<Hit, 'status' | 'text'>;

/** The request as it goes over the wire. */
export function writeRequest({ method, url, headers, body = '' }: Shot): Buffer {
  const { host, pathname, search } = new URL(url);
  const all = { host, ...headers, 'content-length': String(Buffer.byteLength(body)) };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n${body}`);
}

export class Wire {
  readonly #socket: Socket;
  #answer = '';
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // A letter for each byte, so that the length in bytes is that of the text.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection')));
    socket.on('error', () => {});
  }

  /** To where this URL leads. */
  static async open(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Wire(socket);
  }

  /** One after the other. */
  fire(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#answer += text;
    const answer = readAnswer(this.#answer);
    if (!answer) return;
    this.#answer = '';
    this.#waiting?.resolve(answer);
  }
}

/** Null while it is not whole. */
function readAnswer(said: string): Answer | null {
  const end = said.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = said.slice(0, end);
  const text = said.slice(end + 4);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  const isWhole = length === undefined ? /(^|\r\n)0\r\n\r\n$/.test(text) : text.length >= Number(length);
  return isWhole ? { status: Number(head.slice('HTTP/1.1 '.length, 12)), text } : null;
}
