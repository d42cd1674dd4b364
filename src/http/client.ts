/** The device behind a request: its address and what it calls itself. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { Client } from '../core.ts';
import { MAX_USER_AGENT_LENGTH } from '../sessions/device.ts';

/** @param trustedProxies addresses and ranges whose `X-Forwarded-For` is believed. */
export function createClientReader(trustedProxies: string[]): (request: IncomingMessage) => Client {
  const isTrusted = proxyAddr.compile(trustedProxies);
  return (request) => ({
    ipAddress: normalizeAddress(proxyAddr(request, isTrusted)),
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) || null,
  });
}

/** An IPv4 address in its own form, an IPv6 address without its zone, and null for what is no address. */
function normalizeAddress(text = ''): string | null {
  const address = withoutPort(text)
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '');
  return isIP(address) ? address : null;
}

/** Some proxies write `203.0.113.7:51234` or `[2001:db8::7]:51234` into the header. */
function withoutPort(text: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text;
}
