/** A server that mails, and sign-ins to mail about. */
import { pino } from 'pino';
import type { Session, User } from '../../src/db/generated/prisma/client.ts';
import { noticeOfSignIn } from '../../src/mail/notice.ts';
import { transact } from '../../src/sessions/transact.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { startTestServer, type TestServer } from '../server.ts';

export interface MailingServer extends TestServer {
  /** What it wrote to the log, a line each. */
  logged: string[];
}

export async function startMailing(settings: Record<string, string>): Promise<MailingServer> {
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => void logged.push(line) });
  return { ...(await startTestServer(settings, { log })), logged };
}

/** A user, and a session of theirs on a new device. */
export async function signedInAnew(
  { core }: TestServer,
  params: Partial<Session> = {},
): Promise<{ user: User; session: Session }> {
  const user = await userFactory.create({}, { transient: { db: core.db } });
  const { session } = await sessionFactory.create(
    { isNewDevice: true, ...params },
    { transient: { core, userId: user.id } },
  );
  return { user, session };
}

/** Mails a user about a session of theirs, so many times. */
export async function notify(
  { core }: TestServer,
  { user, session }: { user: User; session: Session },
  count = 1,
): Promise<void> {
  const mail = noticeOfSignIn(user, session);
  if (!mail) throw new Error('There is nobody to be told');
  await transact(core, [user.id], async (change) => {
    for (let made = 0; made < count; made++) change.mail(mail);
  });
}
