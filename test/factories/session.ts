import { Factory } from 'fishery';
import type { Core } from '../../src/core.ts';
import type { Session } from '../../src/db/generated/prisma/client.ts';
import { BEARER_PREFIX } from '../../src/http/credentials.ts';
import { hashSecret, makeSecret, writeToken } from '../../src/sessions/token.ts';
import { DAY, HOUR } from '../server.ts';
import { userFactory } from './user.ts';

type SessionParams = Omit<Session, 'id' | 'userId' | 'secretHash'>;

interface SessionTransients {
  core: Core;
  /** A new one when left out. */
  userId: string;
}

export interface MadeSession {
  session: Session;
  /** As the cookie carries it. */
  token: string;
  /** Headers that resume it. */
  headers: Record<string, string>;
}

export const USER_AGENTS = {
  desktop:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  mobile:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  tablet:
    'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
  cli: 'curl/8.4.0',
};

class SessionFactory extends Factory<SessionParams, SessionTransients, MadeSession> {
  mobile() {
    return this.params({ userAgent: USER_AGENTS.mobile });
  }

  tablet() {
    return this.params({ userAgent: USER_AGENTS.tablet });
  }

  cli() {
    return this.params({ userAgent: USER_AGENTS.cli, kind: 'API' });
  }

  /** Carried as a Bearer token. */
  api() {
    return this.params({ kind: 'API' });
  }

  /** Past its absolute lifetime, and not yet written down as ended. */
  expired() {
    return this.params({
      createdAt: new Date(Date.now() - 31 * DAY),
      expiresAt: new Date(Date.now() - DAY),
    });
  }

  /** Not used for longer than the idle timeout, and not yet written down as ended. */
  idle() {
    return this.params({
      createdAt: new Date(Date.now() - 16 * DAY),
      lastActiveAt: new Date(Date.now() - 15 * DAY),
    });
  }

  /** Ended by the user from another session. */
  ended() {
    return this.params({ endedAt: new Date(Date.now() - HOUR), endReason: 'REVOKED' });
  }

  /** Its password was given too long ago to end others. */
  unconfirmed() {
    return this.params({ confirmedAt: new Date(Date.now() - 2 * HOUR) });
  }
}

/** `sessionFactory.mobile().create({}, { transient: { core, userId } })` */
export const sessionFactory = SessionFactory.define(({ transientParams, onCreate }): SessionParams => {
  onCreate(async (params) => {
    const { core } = transientParams;
    if (!core) throw new Error('sessionFactory.create needs { transient: { core } }');
    const userId =
      transientParams.userId ?? (await userFactory.create({}, { transient: { db: core.db } })).id;
    const secret = makeSecret();
    const session = await core.db.session.create({
      data: { ...params, userId, secretHash: hashSecret(secret) },
    });
    const token = writeToken(core.keys, session.id, secret);
    const headers: Record<string, string> =
      session.kind === 'API'
        ? { authorization: `Bearer ${BEARER_PREFIX}${token}` }
        : { cookie: `session=${token}` };
    return { session, token, headers };
  });
  const now = new Date();
  return {
    kind: 'BROWSER',
    userAgent: USER_AGENTS.desktop,
    ipAddress: '203.0.113.7',
    lastIpAddress: '203.0.113.7',
    deviceId: null,
    isNewDevice: false,
    isSuspicious: false,
    createdAt: now,
    lastActiveAt: now,
    confirmedAt: now,
    expiresAt: new Date(now.getTime() + 30 * DAY),
    endedAt: null,
    endReason: null,
    endedById: null,
  };
});
