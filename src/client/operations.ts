/**
 * All that the watch sends. The texts are constants, so that a server with
 * persisted operations (`CURFEW_OPERATIONS`) can list them.
 */

/** Over HTTP: is there still a session, and if not, how did it end? */
export const CHECK_SESSION =
  'query CheckSession { currentSession { id } currentSessionEnd { reason endedAt } }';

/** Over each new socket: whose is it? */
export const IDENTIFY_SOCKET = 'query IdentifySocket { currentSession { id } }';

export const WATCH_REVOKED =
  'subscription WatchRevoked { sessionRevoked { isCurrent reason revokedAt session { id device { name } } } }';

export const WATCH_STARTED =
  'subscription WatchStarted { sessionStarted { session { id device { name } } } }';
