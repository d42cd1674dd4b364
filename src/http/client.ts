/** The device behind a request: its address and what it calls itself. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { ForwardedHeader } from '../config.ts';
import type { Client } from '../core.ts';
import { parseAddress } from '../networks.ts';
import { MAX_USER_AGENT_LENGTH } from '../sessions/device.ts';
import { readForwarded } from './forwarded.ts';

interface Peer {
  /** Null for none, as that of a connection that was closed already. */
  address: string | null;
  isTrusted: boolean;
}

/**
 * @param trustedProxies addresses and ranges that are believed when they say for whom they ask.
 * @param header the one in which they say it; the other is not looked at.
 */
export function createClientReader(
  trustedProxies: string[],
  header: ForwardedHeader,
): (request: IncomingMessage) => Client {
  const isTrusted = proxyAddr.compile(trustedProxies);
  /** Who is at the other end of a connection is looked at once, and not with each of its requests. */
  const peers = new WeakMap<Socket, Peer>();

  function readPeer(socket: Socket): Peer {
    const known = peers.get(socket);
    if (known) return known;
    const address = readAddress(socket.remoteAddress);
    const peer = { address, isTrusted: address !== null && isTrusted(address, 0) };
    peers.set(socket, peer);
    return peer;
  }

  /**
   * From the socket on, the first address that is not a trusted proxy's: all
   * that stands before it in the header is only what that one said.
   *
   * What a trusted proxy names that is no address ends the way: null. Going on
   * would believe what anybody wrote; the proxy's own address would be taken
   * for the device's. For limits all whose address is null are one, so that
   * nobody gains by it.
   */
  function findAddress({ socket, headers }: IncomingMessage): string | null {
    const peer = readPeer(socket);
    if (!peer.isTrusted) return peer.address;
    let { address } = peer;
    for (const forwardedFor of readForwarded(headers, header)) {
      address = readAddress(forwardedFor);
      if (address === null || !isTrusted(address, 0)) return address;
    }
    return address;
  }

  return (request) => ({
    ipAddress: findAddress(request),
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) || null,
  });
}

/** Without its zone; null for what is no address. */
function readAddress(text: string | null | undefined): string | null {
  return parseAddress(withoutPort(text ?? '').replace(/%.*$/, ''));
}

/** Some proxies write `203.0.113.7:51234`, `[2001:db8::7]:51234` or, to hide it, `[2001:db8::7]:_a`. */
function withoutPort(text: string): string {
  const [, bracketed, bare] = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3}))(?::(?:\d+|_[\w.-]+))?$/.exec(text) ?? [];
  return bracketed ?? bare ?? text;
}
