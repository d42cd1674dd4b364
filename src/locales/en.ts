/**
 * Every text that people read, in English, as ICU messages
 * (https://unicode-org.github.io/icu/userguide/format_parse/messages/).
 * The other languages have the same keys; to add one, add a file beside this one
 * named by its BCP 47 tag, such as `pt-BR.ts`. See docs/translations.md.
 */
export default {
  'devices.title': 'Your devices',

  'error.emailTooLong': 'An email has at most {max, number} characters.',
  'error.notAnEmail': 'This is not an email address, such as ada@example.com.',
  'error.passwordMissing': 'A password is needed.',
  'error.passwordTooShort': 'A password has at least {min, number} characters.',
  'error.passwordTooLong': 'A password has at most {max, number} characters.',
  'error.passwordNotText': 'A password is Unicode text without NUL characters.',
  'error.passwordUnchanged': 'The new password is the current one. Choose another.',
  'error.wrongEmailOrPassword': 'The email or the password is wrong.',
  'error.wrongPassword': 'The password is wrong.',
  'error.wrongCurrentPassword': 'The current password is wrong.',
  'error.noPasswordHere': 'This account has no password here.',
  'error.emailTaken': 'There is an account with this email already. Sign in instead.',
  'error.rateLimited': 'Too many tries. Try again in {seconds, plural, one {# second} other {# seconds}}.',
  'error.sessionLimitReached':
    'This account is signed in {limit, plural, one {# time} other {# times}}, which is its limit. Choose a session to end.',
  'error.accountDisabled': 'This account is disabled. Ask whoever runs this service.',
  'error.noSuchUser': 'There is no such user.',
  'error.notYourSession': 'You have no such session.',
  'error.noSuchSession': 'There is no such session.',
  'error.noSuchSessionNow': 'There is no such session, or it has ended.',
  'error.reauthenticationRequired': 'Give your password again, then try again.',
  'error.ownAccount': 'You can’t disable your own account.',
  'error.noCookieHere': 'A cookie can’t be set here. Ask for BEARER, or send this mutation over HTTP.',
  'error.notToReplace': 'You have no such session. Choose one of those that SessionLimitReachedError lists.',
  'error.hasPasswordHere': 'The user of this session has a password here: use confirmPassword.',
  'error.notAnExternalId':
    'An external id has from 1 to {max, number} printable characters, without spaces around it, such as user-1815.',
  'error.deviceIdTooLong': 'A device’s id has at most {max, number} characters.',
  'error.notAnAddress': 'This is not an IP address, such as 203.0.113.7 or 2001:db8::7.',
  'error.notALanguage': 'This is not the tag of a language, such as fr or pt-BR.',
  'error.noSuchLanguage': 'There are no texts in this language. There are in: {languages}.',

  'device.unknown': 'Unknown device',
  'device.on': '{program} on {system}',
  'device.androidBrowser': 'Android Browser',
  'device.googleApp': 'Google app',
  'device.headlessChrome': 'Headless Chrome',

  'mail.unknownDevice': 'an unknown device',
  'mail.unknownAddress': 'unknown',
  'mail.newSignInSubject': 'New sign-in on {device}',
  'mail.newSignIn': `{why, select,
newDevice {Somebody signed in to your account on a device that it was not used on before:}
elsewhere {Somebody signed in to your account within an hour of a sign-in from another address:}
newDeviceElsewhere {Somebody signed in to your account on a device that it was not used on before, and within an hour of a sign-in from another address:}
other {Somebody signed in to your account just now:}}

    Device   {device}
    Address  {address}
    Time     {at}

If it was you, there is nothing to do.

If it was not, somebody knows your password. See where you are signed in,
end the sessions that are not yours, and change your password:

    {pageUrl}
`,
} as const;
