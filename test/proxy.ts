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

interface Trap {
  matches: Matches;
  spring(held: Held): void;
}

/** @param onSent is shown what clients send, chunk by chunk, before any hold looks at it. */
export async function startTcpProxy(
  target: NetConnectOpts,
  onSent: (data: Buffer, link: Link) => void = () => {},
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
    let answered: Trap | undefined;
    pass(client, upstream, (data) => {
      onSent(data, link);
      answered = take(traps.answer, data, link) ?? answered;
      const trap = take(traps.before, data, link);
      return trap && hold(trap, link);
    });
    pass(upstream, client, () => {
      const trap = answered;
      answered = undefined;
      return trap && hold(trap, link);
    });
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

/** @param inspect may give what is to be waited for before this chunk, and all after it, are passed on. */
function pass(from: Socket, to: Socket, inspect: (data: Buffer) => Promise<void> | undefined): void {
  let waiting: Buffer[] | null = null;
  from.on('data', (data: Buffer) => {
    if (waiting) {
      waiting.push(data);
      return;
    }
    const wait = inspect(data);
    if (!wait) {
      to.write(data);
      return;
    }
    // The socket is still read, so that its end is noticed.
    waiting = [data];
    void wait.then(() => {
      for (const chunk of waiting ?? []) to.write(chunk);
      waiting = null;
    });
  });
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
