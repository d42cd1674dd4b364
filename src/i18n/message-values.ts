/** Written from src/locales/en.ts by `npm run generate`. Do not edit. */

export interface MessageValues {
  'devices.title': Record<string, never>;
  'error.emailTooLong': { max: number };
  'error.notAnEmail': Record<string, never>;
  'error.passwordMissing': Record<string, never>;
  'error.passwordTooShort': { min: number };
  'error.passwordTooLong': { max: number };
  'error.passwordNotText': Record<string, never>;
  'error.passwordUnchanged': Record<string, never>;
  'error.wrongEmailOrPassword': Record<string, never>;
  'error.wrongPassword': Record<string, never>;
  'error.wrongCurrentPassword': Record<string, never>;
  'error.noPasswordHere': Record<string, never>;
  'error.emailTaken': Record<string, never>;
  'error.rateLimited': { seconds: number };
  'error.sessionLimitReached': { limit: number };
  'error.accountDisabled': Record<string, never>;
  'error.noSuchUser': Record<string, never>;
  'error.notYourSession': Record<string, never>;
  'error.noSuchSession': Record<string, never>;
  'error.noSuchSessionNow': Record<string, never>;
  'error.reauthenticationRequired': Record<string, never>;
  'error.ownAccount': Record<string, never>;
  'error.noCookieHere': Record<string, never>;
  'error.notToReplace': Record<string, never>;
  'error.hasPasswordHere': Record<string, never>;
  'error.notAnExternalId': { max: number };
  'error.deviceIdTooLong': { max: number };
  'error.notAnAddress': Record<string, never>;
  'error.notALanguage': Record<string, never>;
  'error.noSuchLanguage': { languages: string };
  'device.unknown': Record<string, never>;
  'device.on': { program: string; system: string };
  'device.androidBrowser': Record<string, never>;
  'device.googleApp': Record<string, never>;
  'device.headlessChrome': Record<string, never>;
  'mail.unknownDevice': Record<string, never>;
  'mail.unknownAddress': Record<string, never>;
  'mail.newSignInSubject': { device: string };
  'mail.newSignIn': {
    address: string;
    at: string;
    device: string;
    pageUrl: string;
    why: 'newDevice' | 'elsewhere' | 'newDeviceElsewhere' | 'other';
  };
}
