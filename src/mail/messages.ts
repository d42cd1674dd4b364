/**
 * The words of mails. Whoever signs in chooses the User-Agent, and whoever signs
 * up chooses where mail goes: so what is taken from a User-Agent is cut to
 * short names that can neither begin a line nor become a link, before they are
 * put into words. The only link is that to the server itself, which no request
 * has a say in; nor has one in the language, which is that of the account.
 */
import { nameDevice } from '../i18n/device-name.ts';
import type { Languages } from '../i18n/languages.ts';
import type { Translator } from '../i18n/translator.ts';
import { describeDevice } from '../sessions/device.ts';
import type { NewMail, SignInNotice } from './notice.ts';

export interface Text {
  subject: string;
  /** Lines end with LF. */
  text: string;
  /** A BCP 47 tag. */
  language: string;
}

/** @param origin of this server, such as `https://auth.example.com`; never what a request says. */
export function writeMail(
  { details }: Pick<NewMail, 'kind' | 'details'>,
  origin: string,
  languages: Languages,
): Text {
  const translator = languages.translatorOf(details.language ?? null);
  const device = namePlainly(translator, details.userAgent) ?? translator.translate('mail.unknownDevice');
  return {
    subject: translator.translate('mail.newSignInSubject', { device }),
    text: translator.translate('mail.newSignIn', {
      device,
      address: details.ipAddress ?? translator.translate('mail.unknownAddress'),
      at: writeInstant(translator, new Date(details.signedInAt)),
      why: findWhy(details),
      pageUrl: `${origin}/`,
    }),
    language: translator.language,
  };
}

/** Why a sign-in is told of. */
function findWhy({ isNewDevice, isSuspicious }: SignInNotice) {
  if (isNewDevice) return isSuspicious ? 'newDeviceElsewhere' : 'newDevice';
  return isSuspicious ? 'elsewhere' : 'other';
}

/** In UTC, and by 24 hours: whoever reads it may be anywhere. */
function writeInstant({ language }: Translator, instant: Date): string {
  return new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(instant);
}

/** Of each of the two. */
const MAX_PROGRAM_LENGTH = 28;
const MAX_SYSTEM_LENGTH = 14;

/** Null when the User-Agent tells nothing. */
function namePlainly(translator: Translator, userAgent: string | null): string | null {
  const { name, type } = describeDevice(userAgent);
  const program = writePlainly(name.program, MAX_PROGRAM_LENGTH);
  const system = writePlainly(name.system, MAX_SYSTEM_LENGTH);
  if (type === 'UNKNOWN' || (program === null && system === null)) return null;
  return nameDevice(translator, { program, system });
}

function writePlainly(name: string | null, maxLength: number): string | null {
  const plain = (name ?? '')
    // Programs that read mail make links of what looks like a domain. None ends in “.js”, and Node.js is well known.
    .replaceAll(/\.(?!js\b)/g, ' ')
    .replaceAll(/[^A-Za-z\d .+-]+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .slice(0, maxLength)
    .trim();
  return plain || null;
}
