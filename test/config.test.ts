/** Every setting: what it is when left out, what it may be, and what is said of one that is wrong. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Config, ConfigError, loadConfig } from '../src/config.ts';
import { createClientReader } from '../src/http/client.ts';
import { DAY, HOUR, MINUTE, SECOND } from './server.ts';

const SECRET = 'a secret of at least 32 characters';
const URL_SETTING = 'https://auth.example.com';
const HASH = '0123456789abcdef'.repeat(4);
const HASH_BYTES = Buffer.from(HASH, 'hex');

/** The message that stops the start. */
function refuse(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`These settings are taken: ${JSON.stringify(env)}`);
}

const DEFAULTS: Config = {
  production: false,
  host: '127.0.0.1',
  port: 4000,
  url: null,
  databaseUrl: null,
  listenUrl: null,
  redisUrl: null,
  dataDir: resolve('.curfew'),
  secrets: null,
  origins: [],
  trustedProxies: [],
  forwardedHeader: 'x-forwarded-for',
  policy: {
    sessionLifetimeMs: 30 * DAY,
    idleTimeoutMs: 14 * DAY,
    sessionLimit: 10,
    sessionLimitPolicy: 'evict',
    confirmationWindowMs: HOUR,
    auditRetentionMs: 400 * DAY,
  },
  signInLimit: { tries: 10, windowMs: 3 * MINUTE },
  serviceKeys: [],
  smtpUrl: null,
  mailFrom: null,
  operationsFile: null,
  introspection: true,
  page: true,
  knownOperations: true,
  memorySessions: 100_000,
  socketLimits: { perSession: 100, perUser: 500, perAddress: 2000, subscriptionsPerSocket: 100 },
  metricsToken: null,
  logLevel: 'info',
};

test('with no settings there are the documented defaults', () => {
  expect(loadConfig({})).toEqual(DEFAULTS);
});

test('what else is in the environment is nobody’s business', () => {
  expect(loadConfig({ PATH: '/bin', HOSTNAME: 'x', PORTS: 'x', REDIS: undefined })).toEqual(DEFAULTS);
});

const limits = (part: Partial<Config['socketLimits']>) => ({
  socketLimits: { ...DEFAULTS.socketLimits, ...part },
});

const policy = (part: Partial<Config['policy']>) => ({ policy: { ...DEFAULTS.policy, ...part } });

test.each<[string, string, Partial<Config>]>([
  ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
  ['HOST', ' localhost ', { host: 'localhost' }],
  ['HOST', '::', { host: '::' }],
  ['PORT', '0', { port: 0 }],
  ['PORT', ' 65535 ', { port: 65_535 }],
  ['DATABASE_URL', 'postgres://a:b%25@db:5432/c', { databaseUrl: 'postgres://a:b%25@db:5432/c' }],
  ['DATABASE_URL', 'postgresql:///c?host=/run', { databaseUrl: 'postgresql:///c?host=/run' }],
  ['REDIS_URL', 'redis://:a%40b@redis:6379/2', { redisUrl: 'redis://:a%40b@redis:6379/2' }],
  ['REDIS_URL', ' rediss://redis.internal ', { redisUrl: 'rediss://redis.internal' }],
  ['CURFEW_DATA_DIR', 'var/curfew', { dataDir: resolve('var/curfew') }],
  ['CURFEW_DATA_DIR', '/var/lib/my curfew', { dataDir: '/var/lib/my curfew' }],
  ['CURFEW_SECRETS', SECRET, { secrets: [SECRET] }],
  ['CURFEW_SECRETS', `${SECRET}2, ${SECRET}1,`, { secrets: [`${SECRET}2`, `${SECRET}1`] }],
  [
    'CURFEW_ORIGINS',
    'https://a.example, http://localhost:5173',
    { origins: ['https://a.example', 'http://localhost:5173'] },
  ],
  [
    'CURFEW_TRUSTED_PROXIES',
    '10.0.0.0/8,::1, fd00::/8',
    { trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/8'] },
  ],
  ['CURFEW_SESSION_LIFETIME', '1s', policy({ sessionLifetimeMs: SECOND })],
  ['CURFEW_SESSION_LIFETIME', '3650d', policy({ sessionLifetimeMs: 3650 * DAY })],
  ['CURFEW_IDLE_TIMEOUT', '1500ms', policy({ idleTimeoutMs: 1500 })],
  ['CURFEW_IDLE_TIMEOUT', '36h', policy({ idleTimeoutMs: 36 * HOUR })],
  ['CURFEW_SESSION_LIMIT', '1', policy({ sessionLimit: 1 })],
  ['CURFEW_SESSION_LIMIT', '1000', policy({ sessionLimit: 1000 })],
  ['CURFEW_SESSION_LIMIT_POLICY', 'reject', policy({ sessionLimitPolicy: 'reject' })],
  ['CURFEW_CONFIRMATION_WINDOW', '5m', policy({ confirmationWindowMs: 5 * MINUTE })],
  ['CURFEW_AUDIT_RETENTION', '1d', policy({ auditRetentionMs: DAY })],
  ['CURFEW_SIGN_IN_LIMIT', '1/1s', { signInLimit: { tries: 1, windowMs: SECOND } }],
  ['CURFEW_SIGN_IN_LIMIT', '999999/1d', { signInLimit: { tries: 999_999, windowMs: DAY } }],
  ['CURFEW_MEMORY_SESSIONS', '0', { memorySessions: 0 }],
  ['CURFEW_MEMORY_SESSIONS', '10000000', { memorySessions: 10_000_000 }],
  ['CURFEW_SOCKETS_PER_SESSION', '1', limits({ perSession: 1 })],
  ['CURFEW_SOCKETS_PER_USER', '100000', limits({ perUser: 100_000 })],
  ['CURFEW_SOCKETS_PER_ADDRESS', '1000000', limits({ perAddress: 1_000_000 })],
  ['CURFEW_SUBSCRIPTIONS_PER_SOCKET', '10000', limits({ subscriptionsPerSocket: 10_000 })],
  ['CURFEW_METRICS_TOKEN', 'a-token+of/16==x', { metricsToken: 'a-token+of/16==x' }],
  ['CURFEW_URL', 'http://localhost:4000', { url: 'http://localhost:4000' }],
  ['SMTP_URL', 'smtp://mail', { smtpUrl: 'smtp://mail' }],
  [
    'SMTP_URL',
    'smtps://a:b%25@mail:465/?tls.rejectUnauthorized=false',
    { smtpUrl: 'smtps://a:b%25@mail:465/?tls.rejectUnauthorized=false' },
  ],
  ['CURFEW_MAIL_FROM', 'no-reply@example.com', { mailFrom: 'no-reply@example.com' }],
  ['CURFEW_MAIL_FROM', 'A, B <a@example.com>', { mailFrom: 'A, B <a@example.com>' }],
  ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['CURFEW_URL', 'https://auth.example.com', { url: 'https://auth.example.com' }],
  ['CURFEW_URL', ' http://localhost:4000 ', { url: 'http://localhost:4000' }],
  ['CURFEW_FORWARDED_HEADER', 'forwarded', { forwardedHeader: 'forwarded' }],
  ['CURFEW_AUDIT_RETENTION', '24h', policy({ auditRetentionMs: DAY })],
  ['CURFEW_AUDIT_RETENTION', '3650d', policy({ auditRetentionMs: 3650 * DAY })],
  ['CURFEW_SERVICE_KEYS', `shop:${HASH}`, { serviceKeys: [{ name: 'shop', hash: HASH_BYTES }] }],
  [
    'CURFEW_SERVICE_KEYS',
    `shop.next:${HASH}, shop_old-1:${HASH},`,
    {
      serviceKeys: [
        { name: 'shop.next', hash: HASH_BYTES },
        { name: 'shop_old-1', hash: HASH_BYTES },
      ],
    },
  ],
  ['SMTP_URL', 'smtps://a:b%25@smtp.example.com:465', { smtpUrl: 'smtps://a:b%25@smtp.example.com:465' }],
  ['SMTP_URL', 'smtp://localhost', { smtpUrl: 'smtp://localhost' }],
  ['CURFEW_MAIL_FROM', 'no-reply@example.com', { mailFrom: 'no-reply@example.com' }],
  ['CURFEW_MAIL_FROM', 'The App <no-reply@example.com>', { mailFrom: 'The App <no-reply@example.com>' }],
  ['CURFEW_OPERATIONS', 'build/operations.json', { operationsFile: resolve('build/operations.json') }],
  [
    'CURFEW_OPERATIONS',
    '/etc/curfew/my operations.json',
    { operationsFile: '/etc/curfew/my operations.json' },
  ],
  ['CURFEW_INTROSPECTION', 'on', { introspection: true }],
  ['CURFEW_INTROSPECTION', 'off', { introspection: false }],
  ['CURFEW_PAGE', 'on', { page: true }],
  ['CURFEW_PAGE', 'off', { page: false }],
  ['CURFEW_KNOWN_OPERATIONS', 'off', { knownOperations: false }],
])('%s may be “%s”', (name, value, expected) => {
  expect(loadConfig({ [name]: value })).toEqual({ ...DEFAULTS, ...expected });
});

const BAD_DURATIONS = '30 | d | 1.5h | -1d | 1 d | 1D | 1w | 1h30m | 999ms | 0s | 3651d | 9999999999s | 1e3s';

/** Separated by “ | ”. */
const BAD_VALUES: Record<string, string> = {
  HOST: 'http://localhost | a b | localhost/x | a\nb',
  PORT: '65536 | -1 | http | 4000.5 | 0x10 | 4e3 | 40 00 | 99999999999999999999',
  DATABASE_URL: 'mysql://db/curfew | db.internal | host=db | postgres//db | postgres://a:50%off@db/curfew',
  CURFEW_LISTEN_URL: 'mysql://db/curfew | db.internal | postgres://a:50%off@db/curfew',
  REDIS_URL:
    'redis | localhost:6379 | http://redis:6379 | redis:// | redis://redis/zero | redis://:50%off@redis',
  CURFEW_MEMORY_SESSIONS: '-1 | 10000001 | many | 1e5 | 1.5',
  CURFEW_SOCKETS_PER_SESSION: '0 | 100001 | -1 | many',
  CURFEW_SOCKETS_PER_USER: '0 | 100001 | -1 | many',
  CURFEW_SOCKETS_PER_ADDRESS: '0 | 1000001 | -1 | many',
  CURFEW_SUBSCRIPTIONS_PER_SOCKET: '0 | 10001 | -1 | many',
  CURFEW_METRICS_TOKEN:
    'short | fifteen-letters | with a blank in it and long enough | “quoted-and-long-enough”',
  CURFEW_DATA_DIR: 'a\0b',
  CURFEW_SECRETS: `short | ${'x'.repeat(31)} | ${SECRET},short | ,`,
  CURFEW_ORIGINS:
    '* | null | app.example.com | https://a.example/ | https://a.example/b | ftp://a.example | https://*.example.com | https://a.example https://b.example | https://u@a.example | ,',
  CURFEW_TRUSTED_PROXIES:
    'localhost | 10.0.0 | 10.0.0.0/33 | 10.0.0.0/ | 10.0.0.0/8/8 | ::/129 | 0.0.0.0/0 | ::/0 | fe80::1%eth0 | 10.0.0.1:80 | ,',
  CURFEW_SESSION_LIFETIME: BAD_DURATIONS,
  CURFEW_IDLE_TIMEOUT: BAD_DURATIONS,
  CURFEW_SESSION_LIMIT: '0 | 1001 | -1 | ten | 1.5',
  CURFEW_SESSION_LIMIT_POLICY: 'Evict | drop | evict,reject',
  CURFEW_CONFIRMATION_WINDOW: BAD_DURATIONS,
  CURFEW_SIGN_IN_LIMIT: '10 | /3m | 0/3m | 10/ | 10/3 | 10/999ms | 10/25h | 1000000/1m | -1/1m | ten/1m',
  LOG_LEVEL: 'INFO | verbose | 30',
  CURFEW_URL:
    'auth.example.com | https://a.example/ | https://a.example/b | ftp://a.example | https://*.example.com | https://a.example, https://b.example | https://u@a.example | null',
  CURFEW_FORWARDED_HEADER: 'X-Forwarded-For | x-real-ip | forwarded,x-forwarded-for | none',
  CURFEW_AUDIT_RETENTION: `${BAD_DURATIONS} | 23h | 86399s`,
  CURFEW_SERVICE_KEYS: `shop | shop: | :${HASH} | shop:${HASH}0 | shop:${HASH.toUpperCase()} | my shop:${HASH} | shop:${HASH},other | shop=${HASH} | ,`,
  SMTP_URL:
    'mail | mail:25 | http://mail | smtp:// | smtp://a:50%off@mail | smtp://mail/a | smtp://mail#a | smtp://mail?logger=true | smtp://mail?ignoreTLS=1',
  CURFEW_MAIL_FROM:
    'example | Example <no-reply> | <no-reply@example.com | no-reply@example.com> | A <a@b> <c@d> | A\nB <a@b> | a@example.com, b@example.com | a@example.com\nBcc: b@example.com | "A" <a@example.com> | a b@example.com',
  CURFEW_OPERATIONS: 'a\0b',
  CURFEW_INTROSPECTION: 'On | true | yes | 1',
  CURFEW_PAGE: 'Off | false | no | /',
  CURFEW_KNOWN_OPERATIONS: '0 | true | /',
};
const BAD = Object.entries(BAD_VALUES).map(([name, values]) => ({ name, values: values.split(' | ') }));
const NAMES = Object.keys(BAD_VALUES);

test('a setting that is empty or blank counts as not set', () => {
  const blank = Object.fromEntries(NAMES.map((name, index) => [name, ' '.repeat(index % 3)]));
  expect(loadConfig(blank)).toEqual(DEFAULTS);
});

describe.each(BAD)('a bad $name', ({ name, values }) => {
  test.each(values)('stops the start: %j', (value) => {
    const message = refuse({ [name]: value });
    expect(message.startsWith(`${name}: `)).toBe(true);
    expect(message).toMatch(/ must be /);
    expect(message.split('\n')).toHaveLength(1);
  });

  test('is answered with an example that is good', () => {
    const message = refuse({ [name]: values[0] ?? '' });
    const example = / such as (.+)$|one of ([\w-]+)|(openssl rand -base64 32)$/.exec(message);
    const [good = ''] = example?.slice(1).filter((found) => found !== undefined) ?? [];
    expect(good).not.toBe('');
    const value = good.startsWith('openssl') ? Buffer.alloc(32).toString('base64') : good;
    expect(loadConfig({ DATABASE_URL: 'postgres://db/curfew', [name]: value })).toBeDefined();
  });
});

test('where to listen is only for a database that is set', () => {
  const DATABASE_URL = 'postgres://pooler/curfew';
  const CURFEW_LISTEN_URL = 'postgres://db/curfew';
  expect(loadConfig({ DATABASE_URL, CURFEW_LISTEN_URL })).toMatchObject({ listenUrl: CURFEW_LISTEN_URL });
  expect(refuse({ CURFEW_LISTEN_URL })).toMatch(
    /^CURFEW_LISTEN_URL: .* there is no DATABASE_URL\. Set that too/,
  );
});

test('the message repeats a value that is wrong, so that it can be found', () => {
  expect(refuse({ PORT: '70000' })).toBe(
    'PORT: “70000” must be a whole number from 0 to 65535, such as 4000',
  );
});

test('values of secret settings are never repeated', () => {
  const secrets = {
    DATABASE_URL: 'mysql://curfew:hunter2@db/curfew',
    CURFEW_SECRETS: 'too-short-but-secret',
    // A slip in the name makes its value no less secret.
    CURFEW_SECRET: `${SECRET} hunter3`,
    SMTP_URL: 'http://curfew:hunter2@smtp.example.com',
    CURFEW_SERVICE_KEYS: 'shop:cfw_hunter2-in-the-clear',
  };
  const message = refuse({ ...secrets, PORT: 'x' });
  for (const word of ['hunter', 'too-short', SECRET]) expect(message).not.toContain(word);
  expect(message).toContain('DATABASE_URL: its value must be a PostgreSQL URL');
});

test('all faults are told at once, one on a line', () => {
  const env = Object.fromEntries(BAD.map(({ name, values }) => [name, values[0] ?? '']));
  const lines = refuse({ ...env, CURFEW_ODD: 'x' }).split('\n');
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([...NAMES, 'CURFEW_ODD'].sort());
});

test('a CURFEW_ setting that there is not stops the start, and says which there are', () => {
  const message = refuse({ CURFEW_SESION_LIMIT: '5' });
  expect(message).toMatch(/^CURFEW_SESION_LIMIT: there is no such setting/);
  // All of them are tried above.
  expect(message.split('Those there are: ')[1]?.split(', ').sort()).toEqual([...NAMES].sort());
});

describe('in production', () => {
  const GOOD = { NODE_ENV: 'production', CURFEW_SECRETS: SECRET, CURFEW_URL: URL_SETTING };

  test('it starts with secrets and a URL, and doesn’t tell its schema', () => {
    expect(loadConfig(GOOD)).toEqual({
      ...DEFAULTS,
      production: true,
      secrets: [SECRET],
      url: URL_SETTING,
      introspection: false,
    });
  });

  test('it tells its schema when that is asked for', () => {
    expect(loadConfig({ ...GOOD, CURFEW_INTROSPECTION: 'on' })).toMatchObject({ introspection: true });
  });

  test.each(['', ' '])('it doesn’t start without secrets: “%s”', (CURFEW_SECRETS) => {
    const message = refuse({ ...GOOD, CURFEW_SECRETS });
    expect(message).toMatch(/^CURFEW_SECRETS: must be set .*openssl rand -base64 32$/);
  });

  test.each(['', ' '])('it doesn’t start without its own URL: “%s”', (CURFEW_URL) => {
    const message = refuse({ ...GOOD, CURFEW_URL });
    expect(message).toMatch(/^CURFEW_URL: must be set .* such as https:\/\/auth\.example\.com$/);
  });

  test('it doesn’t start with origins that are reached without TLS, and says which', () => {
    const CURFEW_ORIGINS = 'https://app.example.com, http://old.example.com:8080,http://localhost:5173';
    const lines = refuse({ ...GOOD, CURFEW_URL: 'http://auth.example.com', CURFEW_ORIGINS }).split('\n');
    expect(lines.map((line) => / must be https:\/\/ .* such as (https:\S+)$/.exec(line)?.[1])).toEqual([
      'https://auth.example.com',
      'https://old.example.com:8080',
      'https://localhost:5173',
    ]);
    expect(lines.map((line) => line.split(' “')[0])).toEqual([
      'CURFEW_URL:',
      'CURFEW_ORIGINS:',
      'CURFEW_ORIGINS:',
    ]);
  });

  test('what it asks for is told along with the other faults', () => {
    const env = { NODE_ENV: 'production', PORT: 'x', LOG_LEVEL: 'x', CURFEW_ORIGINS: 'http://a.example' };
    const lines = refuse(env).split('\n');
    expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([
      'CURFEW_ORIGINS',
      'CURFEW_SECRETS',
      'CURFEW_URL',
      'LOG_LEVEL',
      'PORT',
    ]);
  });

  test.each(['prod', 'Production', 'staging'])(
    'it is not taken for development when misspelt: %s',
    (mode) => {
      expect(refuse({ NODE_ENV: mode })).toBe(
        `NODE_ENV: “${mode}” must be one of production, development, test`,
      );
    },
  );

  test.each([
    ['CURFEW_SECRETS', 'short'],
    ['CURFEW_URL', 'auth.example.com'],
    ['CURFEW_URL', 'http://auth.example.com/'],
    ['CURFEW_ORIGINS', 'http://*.example.com'],
  ])('%s that is wrong is told once: %s', (name, value) => {
    expect(refuse({ ...GOOD, [name]: value }).split('\n')).toHaveLength(1);
  });
});

test.each([
  '127.0.0.1',
  '1.0.0.0/1',
  '10.0.0.1/32',
  '::1',
  'fd00::/1',
  '::ffff:10.0.0.1',
  '::ffff:10.0.0.0/104',
])('trusted proxies that are taken are understood: %s', (range) => {
  const { trustedProxies } = loadConfig({ CURFEW_TRUSTED_PROXIES: range });
  expect(() => createClientReader(trustedProxies, 'x-forwarded-for')).not.toThrow();
});
