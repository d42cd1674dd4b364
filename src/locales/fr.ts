/** Every text that people read, in French. Spaces that must not break are escaped, to be seen. */
import type { Messages } from '../i18n/messages.ts';

export default {
  'page.name': 'Curfew',
  'page.loading': 'Chargement…',
  'page.language': 'Langue',
  'page.skip': 'Aller au contenu',
  'page.unreachable': 'Curfew est injoignable',
  'page.broken': 'Une erreur est survenue',
  'page.brokenText': 'Cette page a rencontré un problème. Rien n’a changé dans vos sessions.',
  'page.reload': 'Recharger la page',

  'nav.label': 'Pages',
  'nav.devices': 'Appareils',
  'nav.history': 'Historique',
  'nav.activity': 'Activité',
  'nav.account': 'Compte',

  'live.live': 'En direct',
  'live.offline': 'Vous êtes hors ligne. Ceci n’est peut-être plus à jour.',
  'live.reconnecting': 'Reconnexion… Ceci n’est peut-être plus à jour.',

  'fault.network': 'Le serveur est injoignable. Vérifiez votre connexion, puis réessayez.',
  'fault.unavailable': 'Le serveur ne peut pas répondre pour le moment. Réessayez dans un instant.',
  'fault.signed-out': 'Vous êtes déconnecté.',
  'fault.refused': 'Le serveur n’a pas pu le faire. Réessayez ; si cela se reproduit, rechargez la page.',

  'field.required': 'Veuillez remplir ce champ.',
  'field.show': 'Afficher « {label} »',
  'wait.tooMany': 'Trop de tentatives.',
  'wait.in': 'Vous pourrez réessayer dans {time}.',
  'wait.over': 'Vous pouvez réessayer.',

  'list.more': 'Afficher plus',
  'list.again': 'Réessayer',
  'list.failed': 'Le chargement a échoué. {fault}',
  'list.old': 'Ceci n’est peut-être plus à jour. {fault}',

  'signIn.title': 'Se connecter',
  'signIn.again': 'Se reconnecter',
  'signIn.email': 'Adresse e-mail',
  'signIn.password': 'Mot de passe',
  'signIn.submit': 'Se connecter',
  'signIn.other': 'Pas encore de compte ?',
  'signIn.otherLink': 'Créer un compte',
  'signIn.motto': 'Sachez où vous êtes connecté. Coupez court à ce qui n’est pas vous.',

  'signUp.title': 'Créer un compte',
  'signUp.passwordHint': 'Au moins 8 caractères. Plus il est long, mieux c’est.',
  'signUp.submit': 'Créer le compte',
  'signUp.other': 'Déjà un compte ?',
  'signUp.otherLink': 'Se connecter',

  'replace.title': 'Choisissez un appareil à déconnecter',
  'replace.text':
    '{count, plural, one {Vous êtes connecté sur # appareil, le maximum permis. Pour vous connecter ici, déconnectez-le.} other {Vous êtes connecté sur # appareils, le maximum permis. Pour vous connecter ici, déconnectez l’un d’eux.}}',
  'replace.legend': 'Appareil à déconnecter',
  'replace.submit': 'Le déconnecter et se connecter ici',
  'replace.back': 'Retour',

  'signedOut.title': 'Vous êtes déconnecté',
  'signedOut.at': 'Déconnexion : {when}',
  'signedOut.unknown': 'Votre session sur cet appareil est terminée.',
  'signedOut.SIGNED_OUT': 'Vous vous êtes déconnecté sur cet appareil.',
  'signedOut.REVOKED': 'Cet appareil a été déconnecté depuis un autre de vos appareils.',
  'signedOut.SIGNED_OUT_EVERYWHERE':
    'Vous vous êtes déconnecté partout à la fois, y compris sur cet appareil.',
  'signedOut.EXPIRED':
    'Votre session a atteint sa durée maximale. Reconnectez-vous pour en ouvrir une nouvelle.',
  'signedOut.IDLE': 'Cet appareil n’a pas servi depuis un moment : il a été déconnecté.',
  'signedOut.EVICTED':
    'Une autre connexion a pris la place de celle-ci : vous aviez atteint le nombre maximal d’appareils connectés.',
  'signedOut.PASSWORD_CHANGED':
    'Votre mot de passe a été changé, ce qui déconnecte tous les autres appareils.',
  'signedOut.REVOKED_BY_ADMIN': 'Un administrateur a mis fin à votre session sur cet appareil.',
  'signedOut.REVOKED_BY_SERVICE':
    'L’application par laquelle vous vous étiez connecté a mis fin à votre session sur cet appareil.',

  'devices.title': 'Vos appareils',
  'devices.lede': 'Partout où vous êtes connecté. Si vous ne reconnaissez pas un appareil, déconnectez-le.',
  'devices.quota':
    '{used, plural, one {# session de navigateur} other {# sessions de navigateur}} sur {max, number}',
  'devices.thisDevice': 'Cet appareil',
  'devices.others': 'Autres appareils',
  'devices.noOthers': 'Vous n’êtes connecté sur aucun autre appareil.',
  'devices.new': 'Nouvel appareil',
  'devices.suspicious': 'Lieu inhabituel',
  'devices.suspiciousText':
    'Il s’est connecté depuis un autre réseau peu après l’appareil précédent. Si ce n’était pas vous, déconnectez-le, puis changez votre mot de passe.',
  'devices.api': 'Application ou script',
  'devices.address': 'Adresse',
  'devices.noAddress': 'Adresse inconnue',
  'devices.startedFrom': '(d’abord depuis {address})',
  'devices.lastActive': 'Dernière activité',
  'devices.active': 'Actif {ago}',
  'devices.activeNow': 'Actif en ce moment',
  'devices.signedIn': 'Connexion',
  'devices.sinceToday': 'Connecté aujourd’hui à {time}',
  'devices.sinceYesterday': 'Connecté hier à {time}',
  'devices.since': 'Connecté le {day}',
  'devices.end': 'Déconnecter',
  'devices.endOf': 'Déconnecter {device}',
  'devices.endingOf': 'Déconnexion… {device}',
  'devices.endThis': 'Déconnecter cet appareil',
  'devices.ending': 'Déconnexion…',
  'devices.ended': '{device} est déconnecté.',
  'devices.endedBefore': '{device} était déjà déconnecté.',
  'devices.endFailed': 'Cet appareil est toujours connecté. {fault}',
  'devices.endOthers': 'Déconnecter tous les autres',
  'devices.othersEnded':
    '{count, plural, =0 {Aucun autre appareil n’était connecté.} one {# appareil est déconnecté.} other {# appareils sont déconnectés.}}',
  'devices.endAllFailed': 'Vos appareils sont toujours connectés. {fault}',
  'devices.endAllTitle': 'Se déconnecter partout',
  'devices.endAllText': 'Déconnecte tous les appareils, y compris celui-ci.',
  'devices.endAll': 'Se déconnecter partout',
  'devices.newsStarted': '{device} vient de se connecter.',
  'devices.newsEnded': '{device} a été déconnecté.',

  'dialog.cancel': 'Annuler',
  'dialog.othersTitle': 'Déconnecter tous les autres appareils ?',
  'dialog.othersText':
    '{count, plural, one {# autre appareil sera déconnecté aussitôt. Vous restez connecté ici.} other {# autres appareils seront déconnectés aussitôt. Vous restez connecté ici.}}',
  'dialog.othersConfirm': '{count, plural, one {Déconnecter # appareil} other {Déconnecter # appareils}}',
  'dialog.allTitle': 'Se déconnecter partout ?',
  'dialog.allText':
    '{count, plural, one {Cet appareil et # autre seront déconnectés aussitôt. Vous devrez vous reconnecter.} other {Cet appareil et # autres seront déconnectés aussitôt. Vous devrez vous reconnecter.}}',
  'dialog.allConfirm': 'Se déconnecter partout',

  'confirm.title': 'Confirmez que c’est bien vous',
  'confirm.text': 'Pour déconnecter d’autres appareils, saisissez à nouveau votre mot de passe.',
  'confirm.submit': 'Confirmer',

  'history.title': 'Sessions passées',
  'history.lede': 'Les sessions terminées, et pourquoi. Les dernières utilisées viennent d’abord.',
  'history.empty': 'Aucune de vos sessions n’a encore pris fin.',
  'history.lastActive': 'Dernière activité\u00a0: {when}',
  'history.ended': 'Fin : {when}',
  'history.started': 'Connexion : {when}',

  'reason.SIGNED_OUT': 'Déconnexion sur l’appareil lui-même',
  'reason.REVOKED': 'Déconnexion depuis un autre appareil',
  'reason.SIGNED_OUT_EVERYWHERE': 'Déconnexion de plusieurs appareils à la fois',
  'reason.EXPIRED': 'Durée maximale atteinte',
  'reason.IDLE': 'Inactivité prolongée',
  'reason.EVICTED': 'A laissé la place à une connexion plus récente',
  'reason.PASSWORD_CHANGED': 'Changement du mot de passe',
  'reason.REVOKED_BY_ADMIN': 'Fin décidée par un administrateur',
  'reason.REVOKED_BY_SERVICE': 'Fin décidée par l’application',

  'activity.title': 'Activité',
  'activity.lede': 'Ce qui est arrivé à votre compte, et par qui.',

  'event.someDevice': 'Un appareil',
  'event.SIGNED_UP': 'Le compte a été créé',
  'event.SESSION_STARTED': '{device} s’est connecté',
  'event.SIGN_IN_FAILED': 'Un mot de passe erroné a été saisi',
  'event.SESSION_ENDED': '{device} a été déconnecté',
  'event.IP_CHANGED': '{device} est passé de {before} à {after}',
  'event.PASSWORD_CHANGED': 'Le mot de passe a été changé',
  'event.PASSWORD_CONFIRMED': 'Le mot de passe a été saisi à nouveau',
  'event.SUSPICIOUS_SIGN_IN': 'Une connexion depuis un lieu inhabituel',
  'event.ENDED_TOKEN_USED': 'Une session terminée a été réutilisée',
  'event.LIMIT_EXCEEDED': 'Tentatives refusées : il y en avait eu trop',
  'event.SESSION_CONFIRMED': 'L’application a confirmé que c’était vous',
  'event.ROLE_CHANGED': 'Votre rôle a été changé',
  'event.USER_DISABLED': 'Le compte a été désactivé',
  'event.USER_ENABLED': 'Le compte a été réactivé',
  'event.ALL_SESSIONS_ENDED': 'Un administrateur a mis fin à toutes les sessions',
  'event.LANGUAGE_CHANGED': 'La langue des e-mails a été modifiée',

  'actor.USER': 'Vous, ou quelqu’un en votre nom',
  'actor.ADMINISTRATOR': 'Un administrateur',
  'actor.SERVICE': 'L’application {name}',
  'actor.SYSTEM': 'Curfew',

  'limit.address': 'Tentatives refusées : trop depuis une même adresse',
  'limit.account': 'Tentatives refusées : trop pour ce compte',
  'limit.device': 'Tentatives refusées : trop sur un même appareil',
  'limit.network': 'Tentatives refusées : trop depuis un même réseau',
  'limit.session': 'Tentatives refusées : trop dans une même session',

  'account.title': 'Compte',
  'account.since': 'Inscrit depuis le {day}',
  'account.signOut': 'Se déconnecter',
  'account.signOutFailed': 'Vous êtes toujours connecté. {fault}',
  'account.mailsKeepLanguage': 'Les courriels gardent leur langue. {reason}',

  'password.title': 'Changer de mot de passe',
  'password.text': 'Un nouveau mot de passe déconnecte tous vos autres appareils.',
  'password.current': 'Mot de passe actuel',
  'password.new': 'Nouveau mot de passe',
  'password.submit': 'Changer de mot de passe',
  'password.changed':
    '{count, plural, =0 {Votre mot de passe est changé.} one {Votre mot de passe est changé. # autre appareil est déconnecté.} other {Votre mot de passe est changé. # autres appareils sont déconnectés.}}',

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
