/**
 * A TCP proxy that fails as networks do: it breaks connections, refuses them,
 * or says nothing any more. It can also stop a connection at what goes through
 * it, so that a test can act at a moment that is over before it could look.
 */
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { onCleanup } from './cleanup.ts';

/** One connection through the proxy: the client’s socket, and the one to what is behind the proxy. */
export interface Link {
  client: Socket;
  upstream: Socket;
}

/** A connection through which nothing goes. */
export interface Held {
  /** It goes on as if nothing had been. */
  release(): void;
  cut(): void;
}

type Matches = (data: Buffer, link: Link) => boolean;

export interface TcpProxy {
  /** On 127.0.0.1. */
  port: number;
  /** Breaks all connections; new ones are taken. */
  cut(): void;
  /** Breaks new connections at once, until `accept`. */
  refuse(): void;
  accept(): void;
  /** Passes nothing on, and no end of a connection either, as when a cable was pulled; until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Holds the next connection on which a client sends this, before it is passed on. */
  holdBefore(matches: Matches): Promise<Held>;
  /** Holds the next connection on which a client sends this when the answer has come, before that is passed on. */
  holdAnswer(matches: Matches): Promise<Held>;
}

/** Makes one request at a time of what a client sends, where it sends the next without waiting for an answer. */
export interface Pacer {
  /** @returns the requests that are whole by now. */
  split(data: Buffer): Buffer[];
  /** Whether an answer comes before the next is passed on. */
  isAnswered(request: Buffer): boolean;
  /** Whether what has come by now ends the answer to the request that was passed on last. */
  isAnswer(data: Buffer): boolean;
}

interface Trap {
  matches: Matches;
  spring(held: Held): void;
}

/**
 * @param onSent is shown what clients send, chunk by chunk, before any hold looks at it.
 * @param pace for each connection; without it, chunks are passed on as they come.
 */
export async function startTcpProxy(
  target: NetConnectOpts,
  onSent: (data: Buffer, link: Link) => void = () => {},
  pace: () => Pacer = () => UNPACED,
): Promise<TcpProxy> {
  const links = new Set<Link>();
  const traps = { before: new Set<Trap>(), answer: new Set<Trap>() };
  let refusing = false;
  let frozen = false;

  const server = createServer((client) => {
    client.on('error', () => {});
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target).on('error', () => {});
    const link = { client, upstream };
    links.add(link);
    const pacer = pace();
    let answered: Trap | undefined;
    const requests = new Passage(upstream, (data) => {
      onSent(data, link);
      answered = take(traps.answer, data, link) ?? answered;
      const trap = take(traps.before, data, link);
      if (pacer.isAnswered(data)) requests.stop();
      return trap && hold(trap, link);
    });
    const answers = new Passage(client, (data) => {
      const trap = answered;
      answered = undefined;
      const isAnswer = pacer.isAnswer(data);
      const held = trap && hold(trap, link);
      // What is behind it stays as well.
      if (isAnswer && held) void held.then(() => requests.go());
      else if (isAnswer) requests.go();
      return held;
    });
    client.on('data', (data: Buffer) => requests.pass(pacer.split(data)));
    upstream.on('data', (data: Buffer) => answers.pass([data]));
    client.on('close', () => upstream.end());
    upstream.on('close', () => {
      links.delete(link);
      client.destroy();
    });
    if (frozen) pause(link);
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const { client, upstream } of links) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  };
  onCleanup(() => {
    cut();
    server.close();
  });
  const setTrap = (where: 'before' | 'answer') => (matches: Matches) =>
    new Promise<Held>((spring) => traps[where].add({ matches, spring }));
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    refuse() {
      refusing = true;
    },
    accept() {
      refusing = false;
    },
    freeze() {
      frozen = true;
      links.forEach(pause);
    },
    thaw() {
      frozen = false;
      for (const { client, upstream } of links) {
        client.resume();
        upstream.resume();
      }
    },
    holdBefore: setTrap('before'),
    holdAnswer: setTrap('answer'),
  };
}

function pause({ client, upstream }: Link): void {
  client.pause();
  upstream.pause();
}

const UNPACED: Pacer = {
  split: (data) => [data],
  isAnswered: () => false,
  isAnswer: () => false,
};

/** One direction of a connection. Its socket is always read, so that its end is noticed. */
class Passage {
  readonly #to: Socket;
  readonly #inspect: (data: Buffer) => Promise<void> | undefined;
  readonly #waiting: Buffer[] = [];
  #isHeld = false;
  #isStopped = false;

  /** @param inspect may give what is to be waited for before this chunk, and all after it, are passed on. */
  constructor(to: Socket, inspect: (data: Buffer) => Promise<void> | undefined) {
    this.#to = to;
    this.#inspect = inspect;
  }

  pass(chunks: readonly Buffer[]): void {
    this.#waiting.push(...chunks);
    this.#flow();
  }

  /** Nothing goes after the chunk that is being looked at, until `go`. */
  stop(): void {
    this.#isStopped = true;
  }

  go(): void {
    this.#isStopped = false;
    this.#flow();
  }

  #flow(): void {
    while (!this.#isHeld && !this.#isStopped) {
      const chunk = this.#waiting.shift();
      if (!chunk) return;
      const wait = this.#inspect(chunk);
      if (!wait) {
        this.#to.write(chunk);
        continue;
      }
      this.#isHeld = true;
      void wait.then(() => {
        this.#isHeld = false;
        this.#to.write(chunk);
        this.#flow();
      });
    }
  }
}

function take(traps: Set<Trap>, data: Buffer, link: Link): Trap | undefined {
  for (const trap of traps) {
    if (!trap.matches(data, link)) continue;
    traps.delete(trap);
    return trap;
  }
  return undefined;
}

function hold(trap: Trap, { client, upstream }: Link): Promise<void> {
  return new Promise((release) => {
    trap.spring({
      release,
      cut() {
        client.destroy();
        upstream.destroy();
      },
    });
  });
}
