/**
 * The words of mails. Whoever signs in chooses the User-Agent, and whoever signs
 * up chooses where mail goes: so what is taken from a User-Agent is cut to a
 * short name that can neither begin a line nor become a link. The only link is
 * that to the server itself, which no request has a say in.
 */
import { describeDevice } from '../sessions/device.ts';
import type { NewMail, SignInNotice } from './notice.ts';

export interface Text {
  subject: string;
  /** Lines end with LF. */
  text: string;
}

/** What there is to say, in one language. */
interface Language {
  someDevice: string;
  someAddress: string;
  formatInstant(instant: Date): string;
  newSignIn(facts: { device: string; address: string; at: string; why: string; pageUrl: string }): Text;
  /** Why a sign-in is told of. */
  why(notice: SignInNotice): string;
}

const englishInstant = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});

const ENGLISH: Language = {
  someDevice: 'an unknown device',
  someAddress: 'unknown',
  formatInstant: (instant) => `${englishInstant.format(instant)} UTC`,
  why({ isNewDevice, isSuspicious }) {
    if (isNewDevice && isSuspicious) {
      return 'on a device that it was not used on before, and within an hour of a sign-in from another address';
    }
    if (isNewDevice) return 'on a device that it was not used on before';
    if (isSuspicious) return 'within an hour of a sign-in from another address';
    return 'just now';
  },
  newSignIn: ({ device, address, at, why, pageUrl }) => ({
    subject: `New sign-in on ${device}`,
    text: `Somebody signed in to your account ${why}:

    Device   ${device}
    Address  ${address}
    Time     ${at}

If it was you, there is nothing to do.

If it was not, somebody knows your password. See where you are signed in,
end the sessions that are not yours, and change your password:

    ${pageUrl}
`,
  }),
};

/** @param origin of this server, such as `https://auth.example.com`; never what a request says. */
export function writeMail({ details }: Pick<NewMail, 'kind' | 'details'>, origin: string): Text {
  const language = ENGLISH;
  return language.newSignIn({
    device: nameDevice(details.userAgent) ?? language.someDevice,
    address: details.ipAddress ?? language.someAddress,
    at: language.formatInstant(new Date(details.signedInAt)),
    why: language.why(details),
    pageUrl: `${origin}/`,
  });
}

const MAX_NAME_LENGTH = 40;

/** Null when the User-Agent tells nothing. */
function nameDevice(userAgent: string | null): string | null {
  const { name, type } = describeDevice(userAgent);
  if (type === 'UNKNOWN') return null;
  const plain = name
    // Programs that read mail make links of what looks like a domain. None ends in “.js”, and Node.js is well known.
    .replaceAll(/\.(?!js\b)/g, ' ')
    .replaceAll(/[^A-Za-z\d .+-]+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .slice(0, MAX_NAME_LENGTH)
    .trim();
  return plain || null;
}
