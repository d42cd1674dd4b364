/** A device as tests use one: it sends operations, and keeps the session that it is given. */
import { randomUUID } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { SignIn, SignUp } from './operations.ts';
import type { TestServer } from './server.ts';

export const PASSWORD = 'correct horse battery staple';

export interface GraphQLAnswer<Data> {
  status: number;
  headers: Headers;
  data: Data | null | undefined;
  errors: { message: string; path?: string[]; extensions?: Record<string, unknown> }[] | undefined;
}

type Server = Pick<TestServer, 'endpoint'>;

/** Sends one operation over HTTP. */
export async function send<Data, Variables>(
  server: Server,
  document: TypedDocumentNode<Data, Variables> | string,
  variables?: Variables,
  headers: Record<string, string> = {},
): Promise<GraphQLAnswer<Data>> {
  const query = typeof document === 'string' ? document : print(document);
  const response = await fetch(server.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Pick<GraphQLAnswer<Data>, 'data' | 'errors'>;
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors };
}

export function newEmail(): string {
  return `${randomUUID()}@example.com`;
}

/** Mutations that give the session a new token. */
const RENEWING = ['confirmPassword', 'changePassword'] as const;

export class Device {
  readonly server: Server;
  /** What it sends with each request: its User-Agent, and its session once it is signed in. */
  readonly headers: Record<string, string>;
  sessionId = '';

  constructor(server: Server, userAgent = 'curl/8.4.0') {
    this.server = server;
    this.headers = { 'user-agent': userAgent };
  }

  /** Keeps a token or cookies that the answer renews, as apps and browsers do. */
  async send<Data, Variables>(document: TypedDocumentNode<Data, Variables> | string, variables?: Variables) {
    const answer = await send(this.server, document, variables, this.headers);
    const renewed = answer.data as
      | { [Field in (typeof RENEWING)[number]]?: { token?: string | null } }
      | null;
    for (const field of RENEWING)
      if (renewed?.[field]?.token) this.keep(renewed[field].token, answer.headers);
    if (this.headers['cookie'] !== undefined) this.#keepCookies(answer.headers);
    return answer;
  }

  /** The data of an operation that must not fail. */
  async ask<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables?: Variables,
  ): Promise<Data> {
    const { data, errors } = await this.send(document, variables);
    if (!data || errors) throw new Error(`The operation failed: ${JSON.stringify(errors)}`);
    return data;
  }

  /** From now on it seems to be there, to a server that trusts us as its proxy. */
  moveTo(ipAddress: string): void {
    this.headers['x-forwarded-for'] = ipAddress;
  }

  /** Keeps a Bearer token, or the cookie of an answer, for the requests to come. */
  keep(token: string | null, answer: Headers): void {
    if (token) {
      this.headers['authorization'] = `Bearer ${token}`;
      return;
    }
    if (answer.getSetCookie().length === 0) throw new Error('There is neither a token nor a cookie to keep');
    this.#keepCookies(answer);
  }

  #keepCookies(answer: Headers): void {
    const kept = new Map((this.headers['cookie'] ?? '').split('; ').map((pair) => splitPair(pair)));
    kept.delete('');
    for (const cookie of answer.getSetCookie()) kept.set(...splitPair(cookie.split(';')[0] ?? ''));
    this.headers['cookie'] = [...kept].map((pair) => pair.join('=')).join('; ');
  }
}

function splitPair(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=');
  return [name, value.join('=')];
}

/** The session's cookie that an answer sets, with its attributes. */
export function sessionCookieOf({ headers }: { headers: Headers }): string | undefined {
  return headers.getSetCookie().find((cookie) => /^(__Host-)?session=/.test(cookie));
}

export interface SignInOptions {
  delivery?: 'COOKIE' | 'BEARER';
  userAgent?: string;
  /** Where it seems to be, to a server that trusts us as its proxy. */
  ipAddress?: string;
}

/** A new account, signed in on a device. */
export async function signUp(
  server: Server,
  email = newEmail(),
  { delivery = 'BEARER', ...options }: SignInOptions = {},
): Promise<Device> {
  const device = new Device(server, options.userAgent);
  if (options.ipAddress) device.moveTo(options.ipAddress);
  const { data, errors, headers } = await device.send(SignUp, {
    input: { email, password: PASSWORD, delivery },
  });
  if (data?.signUp.__typename !== 'SignUpSuccess') throw new Error(JSON.stringify({ data, errors }));
  device.keep(data.signUp.token, headers);
  device.sessionId = data.signUp.session.id;
  return device;
}

/** Another device, signed in to an account. */
export async function signIn(
  server: Server,
  email: string,
  { delivery = 'BEARER', ...options }: SignInOptions = {},
): Promise<Device> {
  const device = new Device(server, options.userAgent);
  if (options.ipAddress) device.moveTo(options.ipAddress);
  const { data, errors, headers } = await device.send(SignIn, {
    input: { email, password: PASSWORD, delivery },
  });
  if (data?.signIn.__typename !== 'SignInSuccess') throw new Error(JSON.stringify({ data, errors }));
  device.keep(data.signIn.token, headers);
  device.sessionId = data.signIn.session.id;
  return device;
}
