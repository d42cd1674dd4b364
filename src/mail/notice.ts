/**
 * What users are told of by mail. A notice goes to the address that the account
 * had when it happened, in the language that the account had then, and holds what
 * its text is made of, as plain data: it is written when it is sent, in the words
 * of the process that sends it. So whoever signed in can't have it reworded by
 * choosing another language before it goes out.
 */
import type { Session, User } from '../db/generated/prisma/client.ts';

export interface NewMail {
  kind: 'NEW_SIGN_IN';
  userId: string;
  recipient: string;
  details: SignInNotice;
}

/** As it is kept, in JSON. */
export interface SignInNotice {
  sessionId: string;
  /** An instant in ISO 8601. */
  signedInAt: string;
  userAgent: string | null;
  ipAddress: string | null;
  /** The user had signed in before, but not on this device. */
  isNewDevice: boolean;
  /** The user had signed in from another address less than an hour before. */
  isSuspicious: boolean;
  /** That of the account, as a BCP 47 tag; null, or left out by an earlier release, when it is not known. */
  language?: string | null;
}

/** @returns null for a user without an address: nobody can be told. */
export function noticeOfSignIn(
  user: Pick<User, 'id' | 'email' | 'contactEmail' | 'language'>,
  session: Session,
): NewMail | null {
  const recipient = user.email ?? user.contactEmail;
  if (recipient === null) return null;
  const { id: sessionId, createdAt, userAgent, ipAddress, isNewDevice, isSuspicious } = session;
  const signedInAt = createdAt.toISOString();
  return {
    kind: 'NEW_SIGN_IN',
    userId: user.id,
    recipient,
    details: {
      sessionId,
      signedInAt,
      userAgent,
      ipAddress,
      isNewDevice,
      isSuspicious,
      language: user.language,
    },
  };
}
