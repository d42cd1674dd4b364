/**
 * Every setting, read from the environment and checked once. A setting that is
 * wrong stops the start with a message that names it, says what is wrong with
 * its value, and shows a valid one.
 */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

export type SessionLimitPolicy = 'evict' | 'reject';

/** How long sessions live, how many a user may have, and how long they stay on record. */
export interface Policy {
  /** Absolute lifetime; a session ends `EXPIRED` however active it is. */
  sessionLifetimeMs: number;
  /** A session not used for this long ends `IDLE`. */
  idleTimeoutMs: number;
  /** Live sessions of each kind a user may have. */
  sessionLimit: number;
  /** At the limit: `evict` the least recently active, or `reject` the sign-in. */
  sessionLimitPolicy: SessionLimitPolicy;
  /** How long after a password was given a session may end others. */
  confirmationWindowMs: number;
  /** How long ended sessions, audit events and mails are kept. */
  auditRetentionMs: number;
}

/** How many sockets and event streams there may be at once. */
export interface SocketLimits {
  perSession: number;
  perUser: number;
  /** WebSockets from one address, or from one /64 of IPv6. */
  perAddress: number;
  /** Operations under way on one WebSocket. */
  subscriptionsPerSocket: number;
}

/** The request header in which proxies say for whom they ask. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

/** A key of a trusted backend: its name, for the audit trail, and the SHA-256 of it. */
export interface ServiceKey {
  name: string;
  hash: Buffer;
}

/** So many tries in so long a window. */
export interface RateLimit {
  tries: number;
  windowMs: number;
}

export interface Config {
  /** `NODE_ENV=production`: secrets are required, cookies are Secure, GraphiQL and introspection are off. */
  production: boolean;
  host: string;
  /** 0 lets the system choose a free port. */
  port: number;
  /** The origin under which people reach this server; null outside of production: where it listens. */
  url: string | null;
  /** Null: Curfew runs its own PostgreSQL under `dataDir`. */
  databaseUrl: string | null;
  /** Where to LISTEN, when a pooler is behind `databaseUrl`; null: there too. */
  listenUrl: string | null;
  /** Null: news of sessions goes by PostgreSQL alone. */
  redisUrl: string | null;
  /** Absolute path. */
  dataDir: string;
  /** Signing keys, newest first; null: one is made and kept under `dataDir`. */
  secrets: string[] | null;
  /** Web origins allowed besides the server's own, such as `https://app.example.com`. */
  origins: string[];
  /** Addresses and ranges of proxies that are believed when they say for whom they ask. */
  trustedProxies: string[];
  forwardedHeader: ForwardedHeader;
  policy: Policy;
  signInLimit: RateLimit;
  serviceKeys: ServiceKey[];
  /** Null: mail is logged, and in production not made. */
  smtpUrl: string | null;
  /** The sender of mail; null: `no-reply` at the host of `url`. */
  mailFrom: string | null;
  /** The file of the only operations that are allowed; absolute. Null: all are. */
  operationsFile: string | null;
  introspection: boolean;
  /** Whether the page is served, if it is built. */
  page: boolean;
  /** Whether operations that are sent often go the short way. */
  knownOperations: boolean;
  /** Sessions remembered by this process; 0 for none. */
  memorySessions: number;
  socketLimits: SocketLimits;
  /** The Bearer token that `/metrics` asks for; null: open outside production, and absent in it. */
  metricsToken: string | null;
  logLevel: LogLevel;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Dates stay in range, and a timer of a week is still a timer, up to ten years. */
const MAX_DURATION_MS = 3650 * UNIT_MS.d;

function parseDurationMs(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** In whole days where it can be, otherwise in seconds. */
function formatDuration(ms: number): string {
  return ms % UNIT_MS.d === 0 ? `${ms / UNIT_MS.d}d` : `${ms / UNIT_MS.s}s`;
}

/** A schema whose one message says what would be right, whatever was wrong. */
function setting<T>(parse: (text: string) => T | null, expected: string) {
  return z.string().transform((text, ctx): T => {
    const value = parse(text.trim());
    if (value === null) {
      ctx.issues.push({ code: 'custom', input: text, message: expected });
      return z.NEVER;
    }
    return value;
  });
}

const duration = (minMs: number, example: string) =>
  setting(
    (text) => {
      const ms = parseDurationMs(text);
      return ms !== null && ms >= minMs && ms <= MAX_DURATION_MS ? ms : null;
    },
    `must be a number and a unit (ms, s, m, h or d), at least ${formatDuration(minMs)} and at most 3650d, such as ${example}`,
  );

const integer = (min: number, max: number, example: string) =>
  setting((text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : null;
  }, `must be a whole number from ${min} to ${max}, such as ${example}`);

const oneOf = <T extends string>(values: readonly T[]) =>
  setting((text) => values.find((value) => value === text) ?? null, `must be one of ${values.join(', ')}`);

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function list<T extends string>(isValid: (part: string) => boolean, expected: string) {
  return setting((text) => {
    const parts = splitList(text);
    return parts.length > 0 && parts.every(isValid) ? (parts as T[]) : null;
  }, expected);
}

function isWebOrigin(text: string): boolean {
  // A wildcard would pass for a host name, and match nothing.
  if (!/^https?:\/\/[^*]+$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

/** What may follow the “?” of SMTP_URL. */
const SMTP_OPTIONS = ['requireTLS=true', 'ignoreTLS=true', 'tls.rejectUnauthorized=false'];

function isSmtpUrl(text: string): boolean {
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text) || !canDecode(text)) return false;
  const { hostname, pathname, hash, searchParams } = new URL(text);
  const isKnown = ([name, value]: [string, string]) => SMTP_OPTIONS.includes(`${name}=${value}`);
  return hostname !== '' && /^\/?$/.test(pathname) && hash === '' && [...searchParams].every(isKnown);
}

/** For the audit trail, and for people. */
const SERVICE_NAME = /^[\w.-]{1,64}$/;

export function isServiceName(text: string): boolean {
  return SERVICE_NAME.test(text);
}

/** `shop:<hash>`, so that a key can be told from another by name. */
function parseServiceKey(text: string): ServiceKey | null {
  const [, name, hash] = /^(.*):([\da-f]{64})$/.exec(text) ?? [];
  return name && hash && isServiceName(name) ? { name, hash: Buffer.from(hash, 'hex') } : null;
}

function parseServiceKeys(text: string): ServiceKey[] | null {
  const keys = splitList(text).map(parseServiceKey);
  const good = keys.filter((key) => key !== null);
  return good.length > 0 && good.length === keys.length ? good : null;
}

/** As in a From header: an address, or a name and an address. Nothing that could begin another header. */
function isSender(text: string): boolean {
  const [, bracketed, bare] = /^(?:[^<>@"\p{Cc}]{1,100} )?<([^<>]+)>$|^([^<>]+)$/u.exec(text) ?? [];
  return /^[^\s@",;:\p{Cc}]+@[^\s@",;:\p{Cc}]+$/u.test(bracketed ?? bare ?? '');
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  // A prefix of 0 would trust everybody; proxy-addr refuses it, and zones, too.
  const bits = version === 4 ? 32 : 128;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && canDecode(text);
}

function isRedisUrl(text: string): boolean {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text) || !canDecode(text)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname !== '' && /^(\/\d*)?$/.test(pathname);
}

/** False for a “%” that is no escape: the database client would fail on it. */
function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function parseRateLimit(text: string): RateLimit | null {
  const [tries = '', window = ''] = text.split('/');
  const windowMs = parseDurationMs(window);
  if (!/^[1-9]\d{0,5}$/.test(tries) || windowMs === null) return null;
  if (windowMs < UNIT_MS.s || windowMs > UNIT_MS.d) return null;
  return { tries: Number(tries), windowMs };
}

const postgresUrl = setting(
  (text) => (isPostgresUrl(text) ? text : null),
  'must be a PostgreSQL URL, with special characters escaped (% as %25), such as postgresql://user:password@localhost:5432/curfew',
);

/** Written as in the environment, so that defaults read as documented. */
const settings = {
  HOST: setting(
    (text) => (/^[^\s/]+$/.test(text) ? text : null),
    'must be an address or host name to listen on, such as 0.0.0.0',
  ).default('127.0.0.1'),
  PORT: integer(0, 65_535, '4000').default(4000),
  CURFEW_URL: setting(
    (text) => (isWebOrigin(text) ? text : null),
    'must be the origin under which people reach this server, without a path or a slash at the end, such as https://auth.example.com',
  ).optional(),
  DATABASE_URL: postgresUrl.optional(),
  CURFEW_LISTEN_URL: postgresUrl.optional(),
  REDIS_URL: setting(
    (text) => (isRedisUrl(text) ? text : null),
    'must be a URL of a Redis server, with special characters escaped (% as %25), such as redis://:password@localhost:6379',
  ).optional(),
  CURFEW_DATA_DIR: setting(
    (text) => (text.includes('\0') ? null : resolve(text)),
    'must be a path, such as .curfew',
  ).default(() => resolve('.curfew')),
  CURFEW_SECRETS: list(
    (part) => part.length >= 32,
    'must be one or more secrets of at least 32 characters, newest first, separated by commas; make one with: openssl rand -base64 32',
  ).optional(),
  CURFEW_ORIGINS: list(
    isWebOrigin,
    'must be web origins separated by commas, without a path or a slash at the end, such as https://app.example.com',
  ).default([]),
  CURFEW_TRUSTED_PROXIES: list(
    isAddressRange,
    'must be IP addresses or ranges of them, but not of all, separated by commas, such as 10.0.0.0/8, ::1',
  ).default([]),
  CURFEW_FORWARDED_HEADER: oneOf(['x-forwarded-for', 'forwarded']).default('x-forwarded-for'),
  CURFEW_SESSION_LIFETIME: duration(1000, '30d').default(30 * UNIT_MS.d),
  CURFEW_IDLE_TIMEOUT: duration(1000, '14d').default(14 * UNIT_MS.d),
  CURFEW_SESSION_LIMIT: integer(1, 1000, '10').default(10),
  CURFEW_SESSION_LIMIT_POLICY: oneOf(['evict', 'reject']).default('evict'),
  CURFEW_CONFIRMATION_WINDOW: duration(1000, '1h').default(UNIT_MS.h),
  CURFEW_SIGN_IN_LIMIT: setting(
    parseRateLimit,
    'must be tries per window, the window from 1s to 1d, such as 10/3m',
  ).default({ tries: 10, windowMs: 3 * UNIT_MS.m }),
  // Longer than anything else that looks back: comparisons, transactions, notices of new sign-ins.
  CURFEW_AUDIT_RETENTION: duration(UNIT_MS.d, '400d').default(400 * UNIT_MS.d),
  CURFEW_SERVICE_KEYS: setting(
    parseServiceKeys,
    `must be names and SHA-256 hashes of keys (64 hexadecimal digits), separated by commas; make one with curfew service-key shop, which writes one such as shop:${'5f2c'.repeat(16)}`,
  ).default([]),
  SMTP_URL: setting(
    (text) => (isSmtpUrl(text) ? text : null),
    `must be a URL of an SMTP server, with special characters escaped (% as %25) and at most the options ${SMTP_OPTIONS.join(', ')}, such as smtps://user:password@smtp.example.com`,
  ).optional(),
  CURFEW_MAIL_FROM: setting(
    (text) => (isSender(text) ? text : null),
    'must be the sender of mail, such as Example <no-reply@example.com>',
  ).optional(),
  CURFEW_OPERATIONS: setting(
    (text) => (text.includes('\0') ? null : resolve(text)),
    'must be the path of a JSON file of operations by their ids, such as persisted-documents.json',
  ).optional(),
  CURFEW_INTROSPECTION: oneOf(['on', 'off']).optional(),
  CURFEW_PAGE: oneOf(['on', 'off']).default('on'),
  CURFEW_KNOWN_OPERATIONS: oneOf(['on', 'off']).default('on'),
  CURFEW_MEMORY_SESSIONS: integer(0, 10_000_000, '100000').default(100_000),
  CURFEW_SOCKETS_PER_SESSION: integer(1, 100_000, '100').default(100),
  CURFEW_SOCKETS_PER_USER: integer(1, 100_000, '500').default(500),
  CURFEW_SOCKETS_PER_ADDRESS: integer(1, 1_000_000, '2000').default(2000),
  CURFEW_SUBSCRIPTIONS_PER_SOCKET: integer(1, 10_000, '100').default(100),
  CURFEW_METRICS_TOKEN: setting(
    (text) => (/^[\w.~+/=-]{16,}$/.test(text) ? text : null),
    'must be at least 16 letters, digits or -._~+/=, for Prometheus to send as a Bearer token; make one with: openssl rand -base64 32',
  ).optional(),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
};

const schema = z.object(settings);

/** All but the first are alike. */
const MODES = ['production', 'development', 'test'];

/** Values of these are secrets; a message about them never repeats one. */
const SECRET_SETTINGS = new Set([
  'CURFEW_SECRETS',
  'DATABASE_URL',
  'CURFEW_LISTEN_URL',
  'REDIS_URL',
  'SMTP_URL',
  'CURFEW_SERVICE_KEYS',
  'CURFEW_METRICS_TOKEN',
]);

/** What production asks for besides: nothing made up at the start, and TLS. */
function findProductionFaults(given: Readonly<Record<string, string>>): string[] {
  const faults: string[] = [];
  if (given['CURFEW_SECRETS'] === undefined) {
    faults.push(
      'CURFEW_SECRETS: must be set when NODE_ENV is production, so that every process signs alike; make one with: openssl rand -base64 32',
    );
  }
  if (given['CURFEW_URL'] === undefined) {
    faults.push(
      'CURFEW_URL: must be set when NODE_ENV is production, since mail leads people there: the origin under which they reach this server, such as https://auth.example.com',
    );
  }
  for (const name of ['CURFEW_URL', 'CURFEW_ORIGINS']) {
    for (const origin of splitList(given[name] ?? '')) {
      // One that is no origin at all is told as such.
      if (!isWebOrigin(origin) || origin.startsWith('https://')) continue;
      faults.push(
        `${name}: “${origin}” must be https:// when NODE_ENV is production, since without TLS whoever is on the way reads and changes everything, such as https://${new URL(origin).host}`,
      );
    }
  }
  return faults;
}

/**
 * Reads the settings. A setting that is empty counts as not set.
 *
 * @throws ConfigError that lists every fault, one on a line.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(env)) if (value.trim() !== '') given[name] = value;
  const faults: string[] = [];
  for (const name of Object.keys(given)) {
    if (name.startsWith('CURFEW_') && !(name in settings)) {
      faults.push(`${name}: there is no such setting. Those there are: ${Object.keys(settings).join(', ')}`);
    }
  }
  const parsed = schema.safeParse(given);
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0]);
    // On one line, whatever it holds.
    const value = SECRET_SETTINGS.has(name) ? 'its value' : `“${given[name]?.replaceAll(/\s+/g, ' ')}”`;
    faults.push(`${name}: ${value} ${message}`);
  }
  const mode = given['NODE_ENV'] ?? 'development';
  if (!MODES.includes(mode)) {
    faults.push(`NODE_ENV: “${mode}” must be one of ${MODES.join(', ')}`);
  }
  const production = mode === 'production';
  if (production) faults.push(...findProductionFaults(given));
  if (parsed.data?.CURFEW_LISTEN_URL !== undefined && given['DATABASE_URL'] === undefined) {
    faults.push(
      'CURFEW_LISTEN_URL: is for a DATABASE_URL that leads to a pooler, and there is no DATABASE_URL. Set that too, or leave this out',
    );
  }
  if (!parsed.success || faults.length > 0) {
    throw new ConfigError(faults.join('\n'));
  }
  const { data } = parsed;
  return {
    production,
    host: data.HOST,
    port: data.PORT,
    url: data.CURFEW_URL ?? null,
    databaseUrl: data.DATABASE_URL ?? null,
    listenUrl: data.CURFEW_LISTEN_URL ?? null,
    redisUrl: data.REDIS_URL ?? null,
    dataDir: data.CURFEW_DATA_DIR,
    secrets: data.CURFEW_SECRETS ?? null,
    origins: data.CURFEW_ORIGINS,
    trustedProxies: data.CURFEW_TRUSTED_PROXIES,
    forwardedHeader: data.CURFEW_FORWARDED_HEADER,
    policy: {
      sessionLifetimeMs: data.CURFEW_SESSION_LIFETIME,
      idleTimeoutMs: data.CURFEW_IDLE_TIMEOUT,
      sessionLimit: data.CURFEW_SESSION_LIMIT,
      sessionLimitPolicy: data.CURFEW_SESSION_LIMIT_POLICY,
      confirmationWindowMs: data.CURFEW_CONFIRMATION_WINDOW,
      auditRetentionMs: data.CURFEW_AUDIT_RETENTION,
    },
    signInLimit: data.CURFEW_SIGN_IN_LIMIT,
    serviceKeys: data.CURFEW_SERVICE_KEYS,
    smtpUrl: data.SMTP_URL ?? null,
    mailFrom: data.CURFEW_MAIL_FROM ?? null,
    operationsFile: data.CURFEW_OPERATIONS ?? null,
    introspection: data.CURFEW_INTROSPECTION ? data.CURFEW_INTROSPECTION === 'on' : !production,
    page: data.CURFEW_PAGE === 'on',
    knownOperations: data.CURFEW_KNOWN_OPERATIONS === 'on',
    memorySessions: data.CURFEW_MEMORY_SESSIONS,
    socketLimits: {
      perSession: data.CURFEW_SOCKETS_PER_SESSION,
      perUser: data.CURFEW_SOCKETS_PER_USER,
      perAddress: data.CURFEW_SOCKETS_PER_ADDRESS,
      subscriptionsPerSocket: data.CURFEW_SUBSCRIPTIONS_PER_SOCKET,
    },
    metricsToken: data.CURFEW_METRICS_TOKEN ?? null,
    logLevel: data.LOG_LEVEL,
  };
}
