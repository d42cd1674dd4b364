/** A mail server of a test's own: a real one, over TCP, that takes what it is sent or refuses it as the test says. */
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onCleanup } from './cleanup.ts';

export interface Received extends ParsedMail {
  /** From the envelope. */
  sender: string;
  recipients: string[];
  /** As it came. */
  raw: string;
  isEncrypted: boolean;
}

export interface MailServer {
  port: number;
  /** All that it took, oldest first. */
  received: Received[];
  /** What is asked before a recipient, or the whole of a message, is taken; an error refuses it. */
  onRecipient(address: string): Promise<void>;
  onMessage(mail: Received): Promise<void>;
}

/** How a mail server says no. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Without TLS and without login, unless the options say so. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const server: MailServer = {
    port: 0,
    received: [],
    onRecipient: async () => {},
    onMessage: async () => {},
  };
  const smtp = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 0,
    ...options,
    onRcptTo: ({ address }, _session, done) => void server.onRecipient(address).then(() => done(), done),
    onData(stream, { envelope, secure }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const mail: Received = {
          ...(await simpleParser(raw)),
          sender: envelope.mailFrom ? envelope.mailFrom.address : '',
          recipients: envelope.rcptTo.map(({ address }) => address),
          raw,
          isEncrypted: secure,
        };
        await server.onMessage(mail).then(() => {
          server.received.push(mail);
          done();
        }, done);
      });
    },
  });
  // Connections that are cut are part of the tests.
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  server.port = (smtp.server.address() as AddressInfo).port;
  onCleanup(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
  return server;
}
