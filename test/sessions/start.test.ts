/** What is told of a session that was just started is what its row says from then on. */
import { expect, test } from 'vitest';
import { signUp } from '../../src/accounts/sign-up.ts';
import { parseAddress } from '../../src/networks.ts';
import { MAX_USER_AGENT_LENGTH } from '../../src/sessions/device.ts';
import { makeDeviceId } from '../../src/sessions/device-id.ts';
import { findSessionById } from '../../src/sessions/find.ts';
import type { SignInPlace } from '../../src/sessions/start.ts';
import { newEmail, PASSWORD } from '../device.ts';
import { startTestServer } from '../server.ts';

const { core } = await startTestServer();

const NOWHERE: SignInPlace = {
  kind: 'API',
  client: { ipAddress: null, userAgent: null },
  deviceId: null,
  presented: null,
  replaceId: null,
};

async function start(place: Partial<SignInPlace>) {
  const account = { email: newEmail(), password: PASSWORD, language: null };
  const { session } = await signUp(core, account, { ...NOWHERE, ...place });
  return { session, row: await findSessionById(core.query, session.id) };
}

test.each([
  ['an app of which nothing is known', NOWHERE],
  ['a browser', { kind: 'BROWSER' as const, deviceId: makeDeviceId() }],
  ['a long User-Agent', { client: { ipAddress: null, userAgent: 'é'.repeat(MAX_USER_AGENT_LENGTH) } }],
])('%s', async (_, place) => {
  const { session, row } = await start(place);
  expect({ ...session, secretHash: Buffer.from(session.secretHash) }).toEqual(row);
});

test.each([
  '203.0.113.7',
  '::ffff:203.0.113.7',
  '::FFFF:CB00:7107',
  '::1',
  '::',
  '2001:DB8:0:0::0001',
  '2001:db8:0:1:1:1:1:1',
  '2001:db8:0:0:1:0:0:1',
  '2001:0db8:0:0:0:1:0:0',
  '64:ff9b::203.0.113.7',
  'fe80::A',
])('an address that is written as %s', async (written) => {
  const ipAddress = parseAddress(written);
  const { session, row } = await start({ client: { ipAddress, userAgent: null } });
  expect(row).toMatchObject({ ipAddress: session.ipAddress, lastIpAddress: session.lastIpAddress });
  expect(session.ipAddress).toEqual(ipAddress);
});
