/**
 * What the domain answers when it can't do what was asked. Outcomes that a
 * client is expected to handle are `UserError`s and become members of a
 * mutation's result; `UnauthenticatedError` ends the operation.
 *
 * Messages are for people and go to clients: no secret, no internal name. Those
 * of a `UserError` are in the language of whoever asks, which is not known here;
 * programs read the codes of the others.
 */

import type { Session } from './db/generated/prisma/client.ts';
import { english } from './i18n/english.ts';
import type { Message } from './i18n/messages.ts';

export abstract class UserError extends Error {
  /** What `message` says in English, for the command line and the log. */
  readonly text: Message;

  constructor(text: Message) {
    super(english.write(text));
    this.text = text;
  }
}

/** The input is well formed but not acceptable. */
export class InvalidInputError extends UserError {
  override name = 'InvalidInputError';
  /** Where the fault is, such as `['email']`. */
  readonly path: string[];

  constructor(path: string[], text: Message) {
    super(text);
    this.path = path;
  }
}

/** Email or password is wrong; which of the two is not told. */
export class InvalidCredentialsError extends UserError {
  override name = 'InvalidCredentialsError';

  constructor(text: Message = { key: 'error.wrongEmailOrPassword' }) {
    super(text);
  }
}

export class EmailTakenError extends UserError {
  override name = 'EmailTakenError';

  constructor() {
    super({ key: 'error.emailTaken' });
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
    super({ key: 'error.rateLimited', values: { seconds } });
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
    super({ key: 'error.sessionLimitReached', values: { limit } });
    this.sessions = sessions;
  }
}

/** The password was right, and the account is disabled. */
export class AccountDisabledError extends UserError {
  override name = 'AccountDisabledError';

  constructor() {
    super({ key: 'error.accountDisabled' });
  }
}

/** For administrators and trusted backends, to whom this may be told. */
export class UserNotFoundError extends UserError {
  override name = 'UserNotFoundError';

  constructor() {
    super({ key: 'error.noSuchUser' });
  }
}

/** No such session, or not one of the viewer's; which of the two is not told. */
export class SessionNotFoundError extends UserError {
  override name = 'SessionNotFoundError';

  constructor(text: Message = { key: 'error.notYourSession' }) {
    super(text);
  }
}

/** The session was confirmed too long ago to end others. */
export class ReauthenticationRequiredError extends UserError {
  override name = 'ReauthenticationRequiredError';

  constructor() {
    super({ key: 'error.reauthenticationRequired' });
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

/** More passwords are to be checked than there is time for. */
export class ServerBusyError extends Error {
  override name = 'ServerBusyError';

  constructor() {
    super('Too many people sign in right now. Try again shortly.');
  }
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
