/**
 * One WebSocket: the adapter between `ws` and graphql-ws, and the ways in which
 * it comes to its end. Whatever the peer does, each of them has a deadline.
 *
 * There are many of these, and most do nothing: they hold little, and no timer
 * once they are signed in.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Client } from '../core.ts';
import type { Connection } from '../live/hub.ts';
import type { CredentialHeaders, PresentedToken } from './credentials.ts';

/** What a socket that is to be closed may still take to answer what it was asked. */
const DRAIN_TIMEOUT_MS = 2000;
/** How long a peer may take to answer our close frame. */
const CLOSE_TIMEOUT_MS = 5000;
/** How long a socket may stay open without `connection_init`, and without a session. */
const INITIALISATION_TIMEOUT_MS = 3000;
const ANONYMOUS_TIMEOUT_MS = 60_000;
/** Bytes waiting for a peer that doesn't read, before it is dropped. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** What a close frame has room for (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

const GOING_AWAY = 1001;
/** After HTTP's 205: the peer is to begin anew. Stock clients connect again after it. */
const TOKEN_RENEWED = 4205;
const TRY_AGAIN_LATER = 1013;

/** What is needed of its upgrade request: who asks, and in which language. */
export type OpeningHeaders = CredentialHeaders & Pick<IncomingHttpHeaders, 'accept-language'>;

/** What the operations on a socket share. */
export interface SocketState {
  /** What the upgrade request carried; null once what was asked with it is known. */
  headers: OpeningHeaders | null;
  presented: PresentedToken | null;
  /** Null when none is asked for that there is. */
  language: string | null;
  /** That of its upgrade request. */
  requestId: string;
  /** The device behind it. */
  client: Client;
  connection: Connection;
  /** Whether it has sent `connection_init`. */
  isInitialised: boolean;
  /** Operations under way, by the ids that the peer gave them; true for those that are answered once. */
  operations: Map<string, boolean>;
  /** The operation whose message is being taken. */
  begun: string | null;
  /** Unties the socket from its session; null while it has none. */
  detach: (() => void) | null;
  isOpen(): boolean;
  close(code: number, reason: string): void;
}

export interface Opening {
  headers: OpeningHeaders;
  requestId: string;
  client: Client;
  pingRound: number;
  log: Logger;
  onClose(socket: OpenSocket, code: number): void;
}

export class OpenSocket implements Connection, SocketState {
  readonly #socket: WebSocket;
  /** Messages that are being handled; a subscription is for as long as it lasts. */
  #underWay = 0;
  #onIdle: (() => void) | null = null;
  #isDeaf = false;
  /** Its subscriptions say nothing more; what is answered once still is. */
  #isMute = false;
  /** What the server closed it with; the peer may have closed it at the same time. */
  #closeCode: number | null = null;
  /** Whether the peer has answered the last ping. */
  #isAnswering = true;
  headers: OpeningHeaders | null;
  presented: PresentedToken | null = null;
  language: string | null = null;
  detach: (() => void) | null = null;
  isInitialised = false;
  /** Which share of the sockets it is pinged with. */
  readonly pingRound: number;
  readonly requestId: string;
  readonly client: Client;
  readonly operations = new Map<string, boolean>();
  begun: string | null = null;

  constructor(protocol: Server<SocketState>, socket: WebSocket, opening: Opening) {
    const { log } = opening;
    this.#socket = socket;
    this.headers = opening.headers;
    this.requestId = opening.requestId;
    this.client = opening.client;
    this.pingRound = opening.pingRound;

    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => this.#send(data),
        close: (code = CloseCode.InternalServerError, reason = '') => this.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            if (!this.#isDeaf) this.#hear(() => handle(String(data)), log);
          }),
      },
      this,
    );

    socket.on('pong', () => {
      this.#isAnswering = true;
    });
    // Frames that break the protocol or are too large: `ws` closes the socket itself, and waits for its peer.
    socket.on('error', (error) => {
      log.debug({ err: error, requestId: this.requestId }, 'a socket failed');
      later(CLOSE_TIMEOUT_MS, () => socket.terminate());
    });
    socket.on('close', (code, reason) => {
      opening.onClose(this, this.#closeCode ?? code);
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: error, requestId: this.requestId }, 'a closed socket could not be cleaned up');
      });
    });
  }

  get connection(): Connection {
    return this;
  }

  isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Its session ended: finishes what is being sent, then closes with 4403. */
  end(reason: string): void {
    if (this.#isDeaf) return;
    this.#isDeaf = true;
    const idle = new Promise<void>((resolve) => {
      if (this.#underWay === 0) resolve();
      else this.#onIdle = resolve;
    });
    void Promise.race([idle, delay(DRAIN_TIMEOUT_MS)]).then(() => this.close(CloseCode.Forbidden, reason));
  }

  /** Whoever holds it by the token of before hears no more, however long the answers under way take. */
  renew(): void {
    this.#isMute = true;
    void this.#closeOnceAnswered(TOKEN_RENEWED, 'The session has a new token');
  }

  drop(): void {
    this.#socket.terminate();
  }

  close(code: number, reason: string): void {
    this.#closeCode ??= code;
    // graphql-ws names the operation's id in it, and a reason that is too long would throw.
    this.#socket.close(code, Buffer.byteLength(reason) <= MAX_REASON_BYTES ? reason : '');
    later(CLOSE_TIMEOUT_MS, () => this.#socket.terminate());
  }

  /** The server goes away: answers what is under way, then closes with 1001. */
  goAway(): Promise<void> {
    return this.#closeOnceAnswered(GOING_AWAY, 'The server is going away');
  }

  /** Subscriptions are not completed: the peer is to have them again over its next socket. */
  async #closeOnceAnswered(code: number, reason: string): Promise<void> {
    this.#isDeaf = true;
    const deadline = Date.now() + DRAIN_TIMEOUT_MS;
    const isAnswering = () => [...this.operations.values()].includes(true);
    while (isAnswering() && Date.now() < deadline) await delay(10);
    this.close(code, reason);
  }

  /**
   * Closes it when it has not signed in in time. Without a session an operation lasts no longer than its answer.
   *
   * @returns whether there is nothing more to wait for.
   */
  checkSignedIn(openForMs: number): boolean {
    if (this.detach || !this.isOpen()) return true;
    if (!this.isInitialised && openForMs > INITIALISATION_TIMEOUT_MS) {
      this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
    } else if (openForMs > ANONYMOUS_TIMEOUT_MS) {
      this.close(CloseCode.Unauthorized, 'Not signed in');
    }
    return !this.isOpen();
  }

  /** Asks the peer whether it is there. One that did not answer since the last time is gone. */
  ping(): void {
    if (this.#isAnswering) this.#socket.ping();
    else this.#socket.terminate();
    this.#isAnswering = false;
  }

  #send(data: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen() || (this.#isMute && !this.#isAnswer(data))) return resolve();
      if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
        this.close(TRY_AGAIN_LATER, 'Read what you are sent');
        return resolve();
      }
      // A send that fails is followed by the socket's close, which ends its operations.
      this.#socket.send(data, () => resolve());
    });
  }

  /** False for what a subscription says. */
  #isAnswer(data: string): boolean {
    const { id } = JSON.parse(data) as { id?: string };
    return id === undefined || this.operations.get(id) === true;
  }

  #hear(handle: () => Promise<void>, log: Logger): void {
    this.#underWay++;
    this.begun = null;
    const handled = handle();
    // It lasts until its message is handled, even when the peer has said that it is complete.
    const operation = this.begun as string | null;
    handled
      .catch((error: unknown) => {
        // A good message of the wrong direction, such as `next`: graphql-ws throws for it.
        if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
          return this.close(CloseCode.BadRequest, 'Invalid message received');
        }
        log.error({ err: error, requestId: this.requestId }, 'a socket message could not be handled');
        this.close(CloseCode.InternalServerError, 'Internal server error');
      })
      .finally(() => {
        if (operation !== null) this.operations.delete(operation);
        this.#underWay--;
        if (this.#underWay === 0) this.#onIdle?.();
      });
  }
}

/** Keeps no process alive. */
function later(ms: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, ms).unref();
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
