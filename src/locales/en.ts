/**
 * Every text that people read, in English, as ICU messages
 * (https://unicode-org.github.io/icu/userguide/format_parse/messages/).
 * The other languages have the same keys; to add one, add a file beside this one
 * named by its BCP 47 tag, such as `pt-BR.ts`. See docs/translations.md.
 */
export default {
  'page.name': 'Curfew',
  'page.loading': 'Loading…',
  'page.language': 'Language',
  'page.skip': 'Skip to the content',
  'page.unreachable': 'Curfew can’t be reached',
  'page.broken': 'Something went wrong',
  'page.brokenText': 'This page ran into a fault of its own. Nothing about your sessions has changed.',
  'page.reload': 'Load the page again',

  'nav.label': 'Pages',
  'nav.devices': 'Devices',
  'nav.history': 'History',
  'nav.activity': 'Activity',
  'nav.account': 'Account',

  'live.live': 'Live',
  'live.offline': 'You are offline. What you see may be out of date.',
  'live.reconnecting': 'Reconnecting… What you see may be out of date.',

  'fault.network': 'The server can’t be reached. Check your connection, then try again.',
  'fault.unavailable': 'The server can’t answer right now. Try again in a moment.',
  'fault.signed-out': 'You are signed out.',
  'fault.refused': 'The server couldn’t do this. Try again; if it happens again, load the page again.',

  'field.required': 'Please fill this in.',
  'field.show': 'Show “{label}”',
  'wait.tooMany': 'There were too many tries.',
  'wait.in': 'You can try again in {time}.',
  'wait.over': 'You can try again now.',

  'list.more': 'Show more',
  'list.again': 'Try again',
  'list.failed': 'This couldn’t be loaded. {fault}',
  'list.old': 'This may be out of date. {fault}',

  'signIn.title': 'Sign in',
  'signIn.again': 'Sign in again',
  'signIn.email': 'Email',
  'signIn.password': 'Password',
  'signIn.submit': 'Sign in',
  'signIn.other': 'New here?',
  'signIn.otherLink': 'Create an account',
  'signIn.motto': 'Know where you are signed in. End what isn’t you, at once.',

  'signUp.title': 'Create an account',
  'signUp.passwordHint': 'At least 8 characters. Longer is better.',
  'signUp.submit': 'Create account',
  'signUp.other': 'Have an account?',
  'signUp.otherLink': 'Sign in',

  'replace.title': 'Choose a device to sign out',
  'replace.text':
    '{count, plural, one {You are signed in on # device, as many as you may be. To sign in here, sign it out.} other {You are signed in on # devices, as many as you may be. To sign in here, sign one of them out.}}',
  'replace.legend': 'Device to sign out',
  'replace.submit': 'Sign it out and sign in here',
  'replace.back': 'Back',

  'signedOut.title': 'You are signed out',
  'signedOut.at': 'Signed out on {when}',
  'signedOut.unknown': 'Your session on this device has ended.',
  'signedOut.SIGNED_OUT': 'You signed out on this device.',
  'signedOut.REVOKED': 'This device was signed out from another one of your devices.',
  'signedOut.SIGNED_OUT_EVERYWHERE': 'You signed out everywhere at once, this device included.',
  'signedOut.EXPIRED': 'Your session reached the end of its lifetime. Signing in again starts a new one.',
  'signedOut.IDLE': 'This device wasn’t used for a while, so it was signed out.',
  'signedOut.EVICTED':
    'Another sign-in took the place of this one: you had as many devices signed in as you may.',
  'signedOut.PASSWORD_CHANGED': 'Your password was changed, which signs out all other devices.',
  'signedOut.REVOKED_BY_ADMIN': 'An administrator ended your session on this device.',
  'signedOut.REVOKED_BY_SERVICE': 'The app that you signed in with ended your session on this device.',

  'devices.title': 'Your devices',
  'devices.lede': 'Everywhere you are signed in. If you don’t recognize a device, sign it out.',
  'devices.quota': '{used, plural, other {#}} of {max, number} browser sessions',
  'devices.thisDevice': 'This device',
  'devices.others': 'Other devices',
  'devices.noOthers': 'You are signed in on no other device.',
  'devices.new': 'New device',
  'devices.suspicious': 'Unusual place',
  'devices.suspiciousText':
    'It signed in from another network shortly after the device before it. If that wasn’t you, sign it out, then change your password.',
  'devices.api': 'App or script',
  'devices.address': 'Address',
  'devices.noAddress': 'Unknown address',
  'devices.startedFrom': '(first from {address})',
  'devices.lastActive': 'Last active',
  'devices.active': 'Active {ago}',
  'devices.activeNow': 'Active now',
  'devices.signedIn': 'Signed in',
  'devices.sinceToday': 'Signed in today at {time}',
  'devices.sinceYesterday': 'Signed in yesterday at {time}',
  'devices.since': 'Signed in on {day}',
  'devices.end': 'Sign out',
  'devices.endOf': 'Sign out {device}',
  'devices.endingOf': 'Signing out {device}…',
  'devices.endThis': 'Sign out this device',
  'devices.ending': 'Signing out…',
  'devices.ended': '{device} is signed out.',
  'devices.endedBefore': '{device} was signed out already.',
  'devices.endFailed': 'This device is still signed in. {fault}',
  'devices.endOthers': 'Sign out all others',
  'devices.othersEnded':
    '{count, plural, =0 {No other device was signed in.} one {# device is signed out.} other {# devices are signed out.}}',
  'devices.endAllFailed': 'Your devices are still signed in. {fault}',
  'devices.endAllTitle': 'Sign out everywhere',
  'devices.endAllText': 'Signs out every device, this one too.',
  'devices.endAll': 'Sign out everywhere',
  'devices.newsStarted': '{device} just signed in.',
  'devices.newsEnded': '{device} was signed out.',

  'dialog.cancel': 'Cancel',
  'dialog.othersTitle': 'Sign out all other devices?',
  'dialog.othersText':
    '{count, plural, one {# other device is signed out at once. You stay signed in here.} other {# other devices are signed out at once. You stay signed in here.}}',
  'dialog.othersConfirm': '{count, plural, one {Sign out # device} other {Sign out # devices}}',
  'dialog.allTitle': 'Sign out everywhere?',
  'dialog.allText':
    '{count, plural, one {This device and # other are signed out at once. You will have to sign in again.} other {This device and # others are signed out at once. You will have to sign in again.}}',
  'dialog.allConfirm': 'Sign out everywhere',

  'confirm.title': 'Confirm that it’s you',
  'confirm.text': 'To sign out other devices, give your password again.',
  'confirm.submit': 'Confirm',

  'history.title': 'Past sessions',
  'history.lede': 'Sessions that have ended, and why. Those used last come first.',
  'history.empty': 'No session of yours has ended yet.',
  'history.lastActive': 'Last active on {when}',
  'history.ended': 'Ended on {when}',
  'history.started': 'Signed in on {when}',

  'reason.SIGNED_OUT': 'Signed out on the device itself',
  'reason.REVOKED': 'Signed out from another device',
  'reason.SIGNED_OUT_EVERYWHERE': 'Signed out with many devices at once',
  'reason.EXPIRED': 'Reached the end of its lifetime',
  'reason.IDLE': 'Not used for too long',
  'reason.EVICTED': 'Made room for a newer sign-in',
  'reason.PASSWORD_CHANGED': 'The password was changed',
  'reason.REVOKED_BY_ADMIN': 'Ended by an administrator',
  'reason.REVOKED_BY_SERVICE': 'Ended by the app',

  'activity.title': 'Activity',
  'activity.lede': 'What happened to your account, and who did it.',

  'event.someDevice': 'A device',
  'event.SIGNED_UP': 'The account was created',
  'event.SESSION_STARTED': '{device} signed in',
  'event.SIGN_IN_FAILED': 'A wrong password was given',
  'event.SESSION_ENDED': '{device} was signed out',
  'event.IP_CHANGED': '{device} moved from {before} to {after}',
  'event.PASSWORD_CHANGED': 'The password was changed',
  'event.PASSWORD_CONFIRMED': 'The password was given again',
  'event.SUSPICIOUS_SIGN_IN': 'A sign-in from an unusual place',
  'event.ENDED_TOKEN_USED': 'A session that had ended was used again',
  'event.LIMIT_EXCEEDED': 'Tries were refused: there had been too many',
  'event.SESSION_CONFIRMED': 'The app confirmed that it was you',
  'event.ROLE_CHANGED': 'Your role was changed',
  'event.USER_DISABLED': 'The account was disabled',
  'event.USER_ENABLED': 'The account was enabled again',
  'event.ALL_SESSIONS_ENDED': 'An administrator ended everybody’s sessions',
  'event.LANGUAGE_CHANGED': 'The language of mails was changed',

  'actor.USER': 'You, or somebody in your name',
  'actor.ADMINISTRATOR': 'An administrator',
  'actor.SERVICE': 'The app {name}',
  'actor.SYSTEM': 'Curfew',

  'limit.address': 'Tries were refused: too many from one address',
  'limit.account': 'Tries were refused: too many for this account',
  'limit.device': 'Tries were refused: too many on one device',
  'limit.network': 'Tries were refused: too many from one network',
  'limit.session': 'Tries were refused: too many in one session',

  'account.title': 'Account',
  'account.since': 'Here since {day}',
  'account.signOut': 'Sign out',
  'account.signOutFailed': 'You are still signed in. {fault}',
  'account.mailsKeepLanguage': 'Mails to you keep their language. {reason}',

  'password.title': 'Change password',
  'password.text': 'A new password signs out all your other devices.',
  'password.current': 'Current password',
  'password.new': 'New password',
  'password.submit': 'Change password',
  'password.changed':
    '{count, plural, =0 {Your password is changed.} one {Your password is changed. # other device is signed out.} other {Your password is changed. # other devices are signed out.}}',

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
