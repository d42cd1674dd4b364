/** The trail’s filters: they find what they say, page by page, and by an index that holds it in order. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRetention } from '../../src/audit/retention.ts';
import { type AuditFilter, listAuditEvents } from '../../src/audit/trail.ts';
import type { Core } from '../../src/core.ts';
import type { AuditEvent, AuditEventType } from '../../src/db/generated/prisma/client.ts';
import type { Page, Position } from '../../src/db/keyset.ts';
import { connectExplainer } from '../explain.ts';
import { userFactory } from '../factories/user.ts';
import { createDatabase, MINUTE, startTestServer } from '../server.ts';

const DATABASE_URL = await createDatabase();
const server = await startTestServer({ DATABASE_URL });
const { client, db, explain } = await connectExplainer(DATABASE_URL);
const core: Core = { ...server.core, db };

const [ADA, GRACE] = [randomUUID(), randomUUID()];
const NOW = Date.now();
const minutesAgo = (minutes: number) => new Date(NOW - minutes * MINUTE);

/** So few of each that to PostgreSQL any of them looks common. */
const TYPES: AuditEventType[] = ['SIGN_IN_FAILED', 'SESSION_STARTED', 'SESSION_ENDED'];
const ADDRESSES = ['203.0.113.7', '2001:db8::7'];

let all: AuditEvent[] = [];

beforeAll(async () => {
  // Three at each instant.
  await client.query(
    `INSERT INTO audit_events (id, type, user_id, ip_address, occurred_at)
     SELECT gen_random_uuid(), ($1::audit_event_type[])[1 + n % 3], ($2::uuid[])[1 + n % 2],
       ($3::inet[])[1 + n / 2 % 2], $4::timestamptz - n / 3 * interval '1 minute'
     FROM generate_series(0, 2999) n`,
    [TYPES, [ADA, GRACE], ADDRESSES, new Date(NOW)],
  );
  const user = await userFactory.create({}, { transient: { db } });
  await client.query(
    `INSERT INTO sessions (id, user_id, kind, secret_hash, created_at, last_active_at, confirmed_at, expires_at, ended_at, end_reason)
     SELECT gen_random_uuid(), $1, 'API', decode(repeat('00', 32), 'hex'), now(), now(), now(), now(), now(), 'REVOKED'
     FROM generate_series(1, 1000)`,
    [user.id],
  );
  await client.query('ANALYZE');
  all = await db.auditEvent.findMany({ orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }] });
});

const filters: Record<string, { filter: AuditFilter; index: string }> = {
  nothing: { filter: {}, index: 'audit_events_occurred_at_id_idx' },
  'a time': {
    filter: { since: minutesAgo(900), until: minutesAgo(20) },
    index: 'audit_events_occurred_at_id_idx',
  },
  'a user': { filter: { userId: ADA }, index: 'audit_events_user_id_occurred_at_id_idx' },
  'a type': { filter: { types: ['SESSION_ENDED'] }, index: 'audit_events_type_occurred_at_id_idx' },
  'several types, one of them twice': {
    filter: { types: ['SESSION_ENDED', 'SESSION_STARTED', 'SESSION_ENDED', 'ROLE_CHANGED'] },
    index: 'audit_events_type_occurred_at_id_idx',
  },
  'a type that there is not': {
    filter: { types: ['ROLE_CHANGED'] },
    index: 'audit_events_type_occurred_at_id_idx',
  },
  'no type at all': { filter: { types: [] }, index: 'audit_events_type_occurred_at_id_idx' },
  'an address': {
    filter: { ipAddress: '203.0.113.7' },
    index: 'audit_events_ip_address_type_occurred_at_id_idx',
  },
  'an address in another spelling': {
    filter: { ipAddress: '2001:0DB8:0::0007' },
    index: 'audit_events_ip_address_type_occurred_at_id_idx',
  },
  'an address and types': {
    filter: { ipAddress: '203.0.113.7', types: ['SESSION_ENDED', 'SIGN_IN_FAILED'] },
    index: 'audit_events_ip_address_type_occurred_at_id_idx',
  },
  'a user and a type': {
    filter: { userId: GRACE, types: ['SIGN_IN_FAILED'] },
    index: 'audit_events_user_id_type_occurred_at_id_idx',
  },
  'a user, types and a time': {
    filter: { userId: GRACE, types: ['SIGN_IN_FAILED', 'SESSION_ENDED'], since: minutesAgo(900) },
    index: 'audit_events_user_id_type_occurred_at_id_idx',
  },
  'a user, an address and a time': {
    filter: { userId: ADA, ipAddress: '203.0.113.7', until: minutesAgo(20) },
    index: 'audit_events_user_id_type_occurred_at_id_idx',
  },
};

function matches(event: AuditEvent, { userId, types, ipAddress, since, until }: AuditFilter): boolean {
  const address = ipAddress?.includes(':') ? '2001:db8::7' : ipAddress;
  return (
    (userId === undefined || event.userId === userId) &&
    (types === undefined || types.includes(event.type)) &&
    (address === undefined || event.ipAddress === address) &&
    (since === undefined || event.occurredAt >= since) &&
    (until === undefined || event.occurredAt < until)
  );
}

const positionOf = ({ id, occurredAt }: AuditEvent): Position => ({ rank: 0, at: occurredAt, id });

const firstPage: Page = { limit: 100, after: null, before: null, fromEnd: false };

describe.each(Object.entries(filters))('by %s,', (_what, { filter, index }) => {
  const idsOf = (events: AuditEvent[]) => events.map(({ id }) => id);
  const expected = () => idsOf(all.filter((event) => matches(event, filter)));

  test('each event that matches is on one page, in order, from either end', async () => {
    const forth: AuditEvent[] = [];
    const back: AuditEvent[] = [];
    for (let events: AuditEvent[]; ; forth.push(...events)) {
      const last = forth.at(-1);
      events = await listAuditEvents(core, filter, { ...firstPage, after: last ? positionOf(last) : null });
      if (events.length === 0) break;
    }
    for (let events: AuditEvent[]; ; back.push(...events)) {
      const last = back.at(-1);
      const before = last ? positionOf(last) : null;
      events = await listAuditEvents(core, filter, { ...firstPage, fromEnd: true, before });
      if (events.length === 0) break;
    }
    expect(idsOf(forth)).toEqual(expected());
    expect(idsOf(back)).toEqual(expected().reverse());
  });

  test.each([
    ['the first page', firstPage],
    ['the last page', { ...firstPage, fromEnd: true }],
    ['a page deep inside', { ...firstPage, after: { rank: 0, at: minutesAgo(700), id: randomUUID() } }],
    [
      'a page back from deep inside',
      { ...firstPage, fromEnd: true, before: { rank: 0, at: minutesAgo(700), id: randomUUID() } },
    ],
  ] satisfies [string, Page][])('%s is read in its order, and no more of it', async (_which, page) => {
    const list = () => listAuditEvents(core, filter, page);
    const { indexes, nodes } = await explain(list, (query) => query.includes('audit_events'));
    expect(indexes).toEqual([index]);
    // What is read ends with the page: nothing between sorts or gathers it.
    expect(nodes.slice(-2)).toEqual(['Limit', 'Index Scan']);
  });
});

test.each([
  ['audit_events', 'audit_events_occurred_at_id_idx'],
  ['sessions', 'sessions_ended_at_idx'],
  ['mails', 'mails_over_idx'],
  ['rate_limits', 'rate_limits_expire_idx'],
])('retention finds what is old in %s by an index, the oldest first', async (table, index) => {
  const round = async () => {
    const retention = startRetention(core);
    await retention.round();
    await retention.close();
  };
  const { indexes, nodes } = await explain(round, (query) => query.includes(`DELETE FROM ${table} `));
  expect(indexes).toEqual([index, `${table}_pkey`].sort());
  expect(nodes).not.toContain('Sort');
  expect(nodes).not.toContain('Seq Scan');
});
