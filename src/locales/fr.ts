/** Every text that people read, in French. Spaces that must not break are escaped, to be seen. */
import type { Messages } from '../i18n/messages.ts';

export default {
  'devices.title': 'Vos appareils',

  'error.emailTooLong': 'Une adresse e-mail compte au plus {max, number} caractères.',
  'error.notAnEmail': 'Ce n’est pas une adresse e-mail, comme ada@example.com.',
  'error.passwordMissing': 'Il faut un mot de passe.',
  'error.passwordTooShort': 'Un mot de passe compte au moins {min, number} caractères.',
  'error.passwordTooLong': 'Un mot de passe compte au plus {max, number} caractères.',
  'error.passwordNotText': 'Un mot de passe est un texte Unicode sans caractère NUL.',
  'error.passwordUnchanged': 'Le nouveau mot de passe est déjà le vôtre. Choisissez-en un autre.',
  'error.wrongEmailOrPassword': 'L’adresse e-mail ou le mot de passe est incorrect.',
  'error.wrongPassword': 'Le mot de passe est incorrect.',
  'error.wrongCurrentPassword': 'Le mot de passe actuel est incorrect.',
  'error.noPasswordHere': 'Ce compte n’a pas de mot de passe ici.',
  'error.emailTaken': 'Un compte existe déjà avec cette adresse e-mail. Connectez-vous.',
  'error.rateLimited':
    'Trop de tentatives. Réessayez dans {seconds, plural, one {# seconde} other {# secondes}}.',
  'error.sessionLimitReached':
    'Ce compte a {limit, plural, one {# session ouverte} other {# sessions ouvertes}}, et n’en permet pas plus. Choisissez une session à fermer.',
  'error.accountDisabled': 'Ce compte est désactivé. Adressez-vous à l’administration de ce service.',
  'error.noSuchUser': 'Cet utilisateur n’existe pas.',
  'error.notYourSession': 'Vous n’avez pas de telle session.',
  'error.noSuchSession': 'Cette session n’existe pas.',
  'error.noSuchSessionNow': 'Cette session n’existe pas, ou elle est terminée.',
  'error.reauthenticationRequired': 'Saisissez de nouveau votre mot de passe, puis réessayez.',
  'error.ownAccount': 'Vous ne pouvez pas désactiver votre propre compte.',
  'error.noCookieHere':
    'Un cookie ne peut pas être posé ici. Demandez BEARER, ou envoyez cette mutation par HTTP.',
  'error.notToReplace':
    'Vous n’avez pas de telle session. Choisissez l’une de celles qu’énumère SessionLimitReachedError.',
  'error.hasPasswordHere':
    'L’utilisateur de cette session a un mot de passe ici\u00a0: utilisez confirmPassword.',
  'error.notAnExternalId':
    'Un identifiant externe compte de 1 à {max, number} caractères imprimables, sans espaces autour, comme user-1815.',
  'error.deviceIdTooLong': 'L’identifiant d’un appareil compte au plus {max, number} caractères.',
  'error.notAnAddress': 'Ce n’est pas une adresse IP, comme 203.0.113.7 ou 2001:db8::7.',
  'error.notALanguage': 'Ce n’est pas le code d’une langue, comme fr ou pt-BR.',
  'error.noSuchLanguage': 'Il n’y a pas de textes dans cette langue. Il y en a en\u00a0: {languages}.',

  'device.unknown': 'Appareil inconnu',
  'device.on': '{program} sur {system}',
  'device.androidBrowser': 'Navigateur Android',
  'device.googleApp': 'Application Google',
  'device.headlessChrome': 'Chrome sans interface',

  'mail.unknownDevice': 'un appareil inconnu',
  'mail.unknownAddress': 'inconnue',
  'mail.newSignInSubject': 'Nouvelle connexion depuis {device}',
  'mail.newSignIn': `{why, select,
newDevice {Quelqu’un s’est connecté à votre compte depuis un appareil qui n’y avait jamais servi\u00a0:}
elsewhere {Quelqu’un s’est connecté à votre compte moins d’une heure après une connexion depuis une autre adresse\u00a0:}
newDeviceElsewhere {Quelqu’un s’est connecté à votre compte depuis un appareil qui n’y avait jamais servi, et moins d’une heure après une connexion depuis une autre adresse\u00a0:}
other {Quelqu’un vient de se connecter à votre compte\u00a0:}}

    Appareil  {device}
    Adresse   {address}
    Date      {at}

Si c’était vous, il n’y a rien à faire.

Sinon, quelqu’un connaît votre mot de passe. Regardez où vous êtes connecté,
fermez les sessions qui ne sont pas les vôtres, et changez votre mot de passe\u00a0:

    {pageUrl}
`,
} satisfies Messages;
