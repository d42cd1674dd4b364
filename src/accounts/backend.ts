/**
 * Sessions of users who sign in elsewhere: at an app's own backend, which has a
 * service key and says who its user is.
 *
 * Such users have a name space of their own. What a backend tells of a user never
 * leads to an account that signs in here: an email is for mail, and signs nobody in.
 */
import { v5 as uuidv5 } from 'uuid';
import type { Actor } from '../audit/trail.ts';
import type { Client, Core } from '../core.ts';
import { Prisma, type SessionKind, type User } from '../db/generated/prisma/client.ts';
import type { QueryPrepared } from '../db/prepared.ts';
import { AccountDisabledError, InvalidInputError, SessionNotFoundError } from '../errors.ts';
import { parseAddress } from '../networks.ts';
import type { Service } from '../sessions/authority.ts';
import { MAX_USER_AGENT_LENGTH } from '../sessions/device.ts';
import { findSessionById } from '../sessions/find.ts';
import { findEnd } from '../sessions/policy.ts';
import { renewSession } from '../sessions/renew.ts';
import { NOTHING_KNOWN, readKnown, startSession } from '../sessions/start.ts';
import { type Change, transact, transactOn } from '../sessions/transact.ts';
import { parseEmail } from './credentials.ts';
import type { Confirmed } from './reauthenticate.ts';
import { insertUser, isTaken, updateUser } from './rows.ts';
import type { SignedIn } from './sign-up.ts';

/** Code points, as PostgreSQL counts them. */
const MAX_EXTERNAL_ID_LENGTH = 255;

const MAX_DEVICE_NAME_LENGTH = 255;
const DEVICE_NAMESPACE = '0d4dbb4c-7d36-4a2f-9e53-5b5d0f0b8c1e';

/** What a backend tells of a sign-in. */
export interface BackendSignIn {
  /** What it calls its user. */
  externalId: string;
  kind: SessionKind;
  /** Null: as it was told before. */
  contactEmail: string | null;
  /** Of the user's mails, as a BCP 47 tag; null: as it was told before. */
  language: string | null;
  /** The device of the user. */
  ipAddress: string | null;
  userAgent: string | null;
  /** What the backend knows the device by; null when it doesn't. */
  deviceName: string | null;
  /** The id of one of the user's sessions that makes room for this one. */
  replaceId: string | null;
}

/**
 * Starts a session for a user whom the backend signed in; one that is not known yet is made.
 *
 * @throws InvalidInputError, AccountDisabledError, SessionLimitReachedError
 */
export async function signInForBackend(
  core: Core,
  service: Service,
  signIn: BackendSignIn,
): Promise<SignedIn> {
  const externalId = parseExternalId(signIn.externalId);
  const contactEmail =
    signIn.contactEmail === null ? null : parseEmail(signIn.contactEmail, ['contactEmail']);
  const client: Client = {
    ipAddress: signIn.ipAddress === null ? null : readAddress(signIn.ipAddress),
    userAgent: signIn.userAgent ? cutUserAgent(signIn.userAgent) : null,
  };
  const { kind, replaceId, deviceName, language } = signIn;
  const deviceId = deviceName ? nameDevice(deviceName) : null;
  const given = { externalId, contactEmail, language, kind, client, deviceId, replaceId };
  const actor = { kind: 'SERVICE', name: service.name } as const;
  try {
    return await startFor(core, actor, given);
  } catch (error) {
    if (!isTaken(error)) throw error;
    // Another sign-in made the same user meanwhile.
    return startFor(core, actor, given);
  }
}

interface Given {
  externalId: string;
  contactEmail: string | null;
  language: string | null;
  kind: SessionKind;
  client: Client;
  deviceId: string | null;
  replaceId: string | null;
}

async function startFor(core: Core, actor: Actor, given: Given): Promise<SignedIn> {
  const { externalId, kind, client, deviceId, replaceId } = given;
  const known = await core.db.user.findUnique({ where: { externalId }, select: { id: true } });
  const place = { kind, client, deviceId, replaceId, presented: null };
  const read = async (query: QueryPrepared) =>
    known ? readKnown(core, query, known.id, place) : NOTHING_KNOWN;
  return transactOn(core, known ? [known.id] : [], read, async (change, found) => {
    const user = known ? await takeOver(change, known.id, given) : makeUser(change, actor, given);
    return { user, ...(await startSession(core, change, { ...place, userId: user.id, actor }, found)) };
  });
}

async function takeOver(change: Change, id: string, given: Given): Promise<User> {
  const user = change.users.get(id);
  if (user?.disabledAt) throw new AccountDisabledError();
  // What it does not say stays.
  const contactEmail = given.contactEmail ?? user?.contactEmail ?? null;
  const language = given.language ?? user?.language ?? null;
  if (contactEmail !== user?.contactEmail || language !== user?.language) {
    change.announce({ type: 'changed', userId: id }, []);
  }
  return updateUser(change, id, Prisma.sql`contact_email = ${contactEmail}, language = ${language}`);
}

function makeUser(change: Change, actor: Actor, given: Given): User {
  const { externalId, contactEmail, language, client } = given;
  const user = insertUser(change, { externalId, contactEmail, language });
  change.record({ type: 'SIGNED_UP', userId: user.id, sessionId: null, actor, client });
  return user;
}

/**
 * The backend vouches anew that its user is there, since these have no password here. The session gets a new token.
 *
 * @throws SessionNotFoundError for one that has ended, InvalidInputError for one of a user with a password here.
 */
export async function confirmForBackend(core: Core, service: Service, id: string): Promise<Confirmed> {
  const owner = await core.db.session.findUnique({ where: { id }, select: { userId: true } });
  return transact(core, owner ? [owner.userId] : [], async (change) => {
    const { query, now } = change;
    const row = owner && (await findSessionById(query, id));
    // It may have been used since, which some process has yet to write down; its backend says that it is.
    if (!row || row.endedAt || findEnd(row, core.policy, now)?.reason === 'EXPIRED') {
      throw new SessionNotFoundError({ key: 'error.noSuchSessionNow' });
    }
    if (change.users.get(row.userId)?.externalId === null) {
      throw new InvalidInputError(['id'], { key: 'error.hasPasswordHere' });
    }
    const renewed = await renewSession(core, change, row);
    const { name, client } = service;
    const actor = { kind: 'SERVICE', name } as const;
    change.record({ type: 'SESSION_CONFIRMED', userId: row.userId, sessionId: id, actor, client });
    return { ...renewed, confirmedUntil: new Date(now.getTime() + core.policy.confirmationWindowMs) };
  });
}

/** @throws InvalidInputError */
function parseExternalId(text: string): string {
  const length = [...text].length;
  // Unassigned, private, control and format characters, and halves of pairs: nobody sees what they are.
  if (length < 1 || length > MAX_EXTERNAL_ID_LENGTH || /[\p{C}\p{Zl}\p{Zp}]|^\s|\s$/u.test(text)) {
    throw new InvalidInputError(['userExternalId'], {
      key: 'error.notAnExternalId',
      values: { max: MAX_EXTERNAL_ID_LENGTH },
    });
  }
  return text;
}

/** In a name space of the backends' own, apart from what device cookies say. @throws InvalidInputError */
function nameDevice(name: string): string {
  if (name.length > MAX_DEVICE_NAME_LENGTH) {
    throw new InvalidInputError(['deviceId'], {
      key: 'error.deviceIdTooLong',
      values: { max: MAX_DEVICE_NAME_LENGTH },
    });
  }
  return uuidv5(name, DEVICE_NAMESPACE);
}

/** @throws InvalidInputError */
function readAddress(text: string): string {
  const address = parseAddress(text.trim());
  if (address === null) throw new InvalidInputError(['ipAddress'], { key: 'error.notAnAddress' });
  return address;
}

/** Null for one that says nothing. */
function cutUserAgent(text: string): string | null {
  const printable = text
    .slice(0, MAX_USER_AGENT_LENGTH)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ');
  return printable.trim() || null;
}
