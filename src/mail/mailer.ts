/**
 * Hands mails over: to an SMTP server, or, where there is none in development,
 * to the log. What comes back of a failure is fit for the log and the database:
 * no password, no address.
 */
import { isIP } from 'node:net';
import { createTransport, type NodemailerError } from 'nodemailer';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Text } from './messages.ts';

export interface Message extends Text {
  /** Makes the Message-ID: the same for each try, so that whoever gets it twice can tell. */
  id: string;
  to: string;
  date: Date;
}

export interface Mailer {
  /** How many mails may be sent at once. */
  readonly concurrency: number;
  /** @throws MailError when it was not taken, or nobody knows whether it was. */
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** To be called when no `send` is under way. */
  close(): void;
}

/** Why a mail was not taken. */
export class MailError extends Error {
  override name = 'MailError';
  /** The recipient or the mail was refused for good: trying again is of no use. */
  readonly isPermanent: boolean;

  constructor(message: string, { isPermanent = false, cause }: { isPermanent?: boolean; cause?: unknown }) {
    super(message, { cause });
    this.isPermanent = isPermanent;
  }
}

/** @returns null in production without an SMTP server: no mail is made. */
export function createMailer(config: Config, log: Logger): Mailer | null {
  const sender = parseSender(config.mailFrom ?? `no-reply@${findMailHost(config.url)}`);
  if (config.smtpUrl !== null) return createSmtpMailer(config.smtpUrl, sender);
  if (!config.production) return createLogMailer(log);
  log.warn(
    'nobody is mailed about sign-ins, since there is no SMTP_URL. Set it to a mail server, such as smtps://user:password@smtp.example.com',
  );
  return null;
}

/** Mail has no addresses at bare IP addresses. */
function findMailHost(url: string | null): string {
  const host = url === null ? 'localhost' : new URL(url).hostname;
  return isIP(host.replace(/^\[|\]$/g, '')) ? 'localhost' : host;
}

interface Sender {
  name: string;
  address: string;
}

/** Not left to the mail library, which takes a comma in a name for the end of an address. */
function parseSender(text: string): Sender {
  const [, name = '', address = text] = /^(?:(.*) )?<(.*)>$/.exec(text) ?? [];
  return { name, address };
}

function createLogMailer(log: Logger): Mailer {
  return {
    concurrency: 1,
    async send({ to, subject, text }) {
      log.info({ to, subject, text }, 'a mail, logged instead of sent: there is no SMTP_URL');
    },
    close() {},
  };
}

const CONCURRENCY = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/** For each answer of the server. */
const ANSWER_TIMEOUT_MS = 30_000;
/** A server that closes an idle connection waits longer, so that none is used at just that moment. */
const IDLE_TIMEOUT_MS = 30_000;

function createSmtpMailer(smtpUrl: string, from: Sender): Mailer {
  const transport = createTransport({
    ...parseSmtpUrl(smtpUrl),
    pool: true,
    maxConnections: CONCURRENCY,
    // Whether to try again is for the outbox to decide.
    maxRequeues: 0,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    idleTimeout: IDLE_TIMEOUT_MS,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return {
    concurrency: CONCURRENCY,
    async send({ id, to, date, subject, text, language }, signal) {
      if (!isAddress(to)) throw new MailError('the recipient is not an address', { isPermanent: true });
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          messageId: `<${id}@${domain}>`,
          date,
          subject,
          text,
          // RFC 3834: answering machines stay silent.
          headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
          xMailer: false,
          signal,
        });
      } catch (error) {
        throw explainFailure(error as NodemailerError, to);
      }
    },
    close: () => transport.close(),
  };
}

/** One, without anything that could begin another, a header or a command. */
function isAddress(text: string): boolean {
  return /^[^\s\p{C}<>()[\]\\,;:"@]+@[^\s\p{C}<>()[\]\\,;:"@]+$/u.test(text);
}

/** What `isSmtpUrl` lets pass, taken apart here: the mail library would take any of its options from it. */
function parseSmtpUrl(text: string) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(text);
  const isSet = (name: string) => searchParams.get(name) === 'true';
  const hasLogin = username !== '' || password !== '';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port && { port: Number(port) }),
    secure: protocol === 'smtps:',
    // A password never goes over the wire in the clear because somebody took the offer of TLS out of it.
    requireTLS: isSet('requireTLS') || (hasLogin && !isSet('ignoreTLS')),
    ignoreTLS: isSet('ignoreTLS'),
    tls: { rejectUnauthorized: searchParams.get('tls.rejectUnauthorized') !== 'false' },
    ...(hasLogin && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

const MAX_REASON_LENGTH = 300;

/**
 * What the server says of the envelope and the message is told, without the
 * address. What it says at other times may be an echo of the login: of that only
 * the numbers are.
 */
function explainFailure(error: NodemailerError, recipient: string): MailError {
  const { code = error.name, command, response, responseCode, message } = error;
  const isOfMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const reason = response
    ? `${isOfMail ? command : code}: ${isOfMail ? response : (responseCode ?? 'no reply code')}`
    : `${code}: ${message}`;
  return new MailError(
    reason
      .replaceAll(recipient, '(the recipient)')
      .replaceAll(/[\s\p{C}]+/gu, ' ')
      .slice(0, MAX_REASON_LENGTH),
    {
      isPermanent: error.permanent === true && (command === 'RCPT TO' || command === 'DATA'),
      cause: error,
    },
  );
}
