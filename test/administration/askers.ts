/** Those who may act on other people's accounts, as tests need them. */
import type { Core } from '../../src/core.ts';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/global-id.ts';
import { makeServiceKey } from '../../src/service-keys.ts';
import { Device, newEmail, signUp } from '../device.ts';
import type { TestServer } from '../server.ts';

/** The key of a backend called “shop”, and the settings of a server that knows it. */
const shop = makeServiceKey('shop');
export const SHOP_SETTINGS = { CURFEW_SERVICE_KEYS: shop.setting };
export const SHOP_KEY = shop.key;

export const rowId = (globalId: string) => decodeGlobalId(globalId).id;

export interface Account {
  email: string;
  /** The row's id, and the global one. */
  userId: string;
  id: string;
  /** Signed in to it. */
  device: Device;
}

/** A new account, signed in on a device. */
export async function makeAccount(server: TestServer): Promise<Account> {
  const email = newEmail();
  const device = await signUp(server, email);
  const { id: userId } = await server.core.db.user.findUniqueOrThrow({ where: { email } });
  return { email, userId, id: encodeGlobalId('User', userId), device };
}

export async function makeAdministrator(server: TestServer): Promise<Account> {
  const account = await makeAccount(server);
  await setRole(server.core, account.userId, 'ADMIN');
  return account;
}

export async function setRole({ db }: Core, userId: string, role: 'USER' | 'ADMIN'): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { role } });
}

/** Its password was given too long ago. */
export async function makeStale({ db }: Core, { device }: Account): Promise<void> {
  const confirmedAt = new Date(Date.now() - 2 * 60 * 60_000);
  await db.session.update({ where: { id: rowId(device.sessionId) }, data: { confirmedAt } });
}

/** The backend of the shop. */
export function openShop(server: Pick<TestServer, 'endpoint'>, key = SHOP_KEY): Device {
  const backend = new Device(server, 'shop-backend/1.0');
  backend.headers['authorization'] = `Bearer ${key}`;
  return backend;
}
