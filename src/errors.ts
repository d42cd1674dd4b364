/**
 * What the domain answers when it can't do what was asked. Outcomes that a
 * client is expected to handle are `UserError`s and become members of a
 * mutation's result; `UnauthenticatedError` ends the operation.
 *
 * Messages are for people and go to clients: no secret, no internal name.
 */

import type { Session } from './db/generated/prisma/client.ts';

export abstract class UserError extends Error {}

/** The input is well formed but not acceptable. */
export class InvalidInputError extends UserError {
  override name = 'InvalidInputError';
  /** Where the fault is, such as `['email']`. */
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}

/** Email or password is wrong; which of the two is not told. */
export class InvalidCredentialsError extends UserError {
  override name = 'InvalidCredentialsError';

  constructor(message = 'The email or the password is wrong.') {
    super(message);
  }
}

export class EmailTakenError extends UserError {
  override name = 'EmailTakenError';

  constructor() {
    super('There is an account with this email already. Sign in instead.');
  }
}

/** What has no tries left. */
export interface RefusedKey {
  key: string;
  /** It is the first refusal of the key in its window, and worth recording. */
  isFirst: boolean;
}

export class RateLimitedError extends UserError {
  override name = 'RateLimitedError';
  /** Whole seconds to wait before the next try. */
  readonly retryAfter: number;
  /** Not for clients. */
  readonly refused: RefusedKey;

  constructor(retryAfterMs: number, refused: RefusedKey) {
    const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    super(`Too many tries. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`);
    this.retryAfter = seconds;
    this.refused = refused;
  }
}

/** At the session limit, under the policy `reject`. */
export class SessionLimitReachedError extends UserError {
  override name = 'SessionLimitReachedError';
  /** The live ones that count for the limit, the most recently active first. */
  readonly sessions: Session[];

  constructor(limit: number, sessions: Session[]) {
    super(
      `This account is signed in ${limit} ${limit === 1 ? 'time' : 'times'}, which is its limit. Choose a session to end, and sign in with its id as replaceSessionId.`,
    );
    this.sessions = sessions;
  }
}

/** The password was right, and the account is disabled. */
export class AccountDisabledError extends UserError {
  override name = 'AccountDisabledError';

  constructor() {
    super('This account is disabled. Ask whoever runs this service.');
  }
}

/** For administrators and trusted backends, to whom this may be told. */
export class UserNotFoundError extends UserError {
  override name = 'UserNotFoundError';

  constructor() {
    super('There is no such user.');
  }
}

/** No such session, or not one of the viewer's; which of the two is not told. */
export class SessionNotFoundError extends UserError {
  override name = 'SessionNotFoundError';

  constructor(message = 'You have no such session.') {
    super(message);
  }
}

/** The session was confirmed too long ago to end others. */
export class ReauthenticationRequiredError extends UserError {
  override name = 'ReauthenticationRequiredError';

  constructor() {
    super('Give your password again with confirmPassword, then try again.');
  }
}

/** There is no live session behind the request, or it ended while the request was under way. */
export class UnauthenticatedError extends Error {
  override name = 'UnauthenticatedError';

  constructor() {
    super('You are not signed in, or your session has ended. Sign in, then try again.');
  }
}

/** It is for administrators, or for trusted backends, and whoever asks is neither. */
export class ForbiddenError extends Error {
  override name = 'ForbiddenError';

  constructor() {
    super('You may not do this.');
  }
}

/** An argument such as an id or a cursor is not of the form that this API hands out. */
export class BadArgumentError extends Error {
  override name = 'BadArgumentError';
}

/** A session, or its user, has as many sockets and event streams open as it may. */
export class TooManyConnectionsError extends Error {
  override name = 'TooManyConnectionsError';
  readonly scope: 'session' | 'user';

  constructor(scope: 'session' | 'user', limit: number) {
    super(
      `${scope === 'session' ? 'A session' : 'An account'} may have ${limit} live connections at once. Close some first.`,
    );
    this.scope = scope;
  }
}
