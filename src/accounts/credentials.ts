/** What an email and a password may be, and their one spelling. */
import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/** Characters (code points) after NFKC, as NIST SP 800-63B counts them. */
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 256;
/** RFC 5321, section 4.5.3.1.3, less the angle brackets. */
const MAX_EMAIL_LENGTH = 254;

const emailAddress = z.email();

/**
 * The address in lower case. Only ASCII addresses are taken, so that every
 * database's idea of lower case is the same.
 *
 * @throws InvalidInputError
 */
export function parseEmail(email: string, path: string[]): string {
  if (email.length > MAX_EMAIL_LENGTH) {
    throw new InvalidInputError(path, { key: 'error.emailTooLong', values: { max: MAX_EMAIL_LENGTH } });
  }
  const trimmed = email.trim();
  if (!emailAddress.safeParse(trimmed).success) {
    throw new InvalidInputError(path, { key: 'error.notAnEmail' });
  }
  return trimmed.toLowerCase();
}

/** A password to be set. @throws InvalidInputError */
export function parseNewPassword(password: string, path: string[]): string {
  const normalized = parsePassword(password, path);
  if ([...normalized].length < MIN_PASSWORD_LENGTH) {
    throw new InvalidInputError(path, {
      key: 'error.passwordTooShort',
      values: { min: MIN_PASSWORD_LENGTH },
    });
  }
  return normalized;
}

/** A password to be checked: in NFKC, so that it is the same typed on any keyboard. @throws InvalidInputError */
export function parsePassword(password: string, path: string[]): string {
  if (password === '') throw new InvalidInputError(path, { key: 'error.passwordMissing' });
  if (!password.isWellFormed() || password.includes('\0')) {
    throw new InvalidInputError(path, { key: 'error.passwordNotText' });
  }
  // Each code point takes one or two UTF-16 units; the long way only for what may pass.
  const normalized = password.length > 2 * MAX_PASSWORD_LENGTH ? null : password.normalize('NFKC');
  if (normalized === null || [...normalized].length > MAX_PASSWORD_LENGTH) {
    throw new InvalidInputError(path, { key: 'error.passwordTooLong', values: { max: MAX_PASSWORD_LENGTH } });
  }
  return normalized;
}
